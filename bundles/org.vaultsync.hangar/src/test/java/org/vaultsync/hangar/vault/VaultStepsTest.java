// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

class VaultStepsTest {
    private static final VaultSteps.Course TO_THE_END = upTo(Integer.MAX_VALUE);

    @TempDir
    Path home;

    private FolderVault vault;
    private VaultSteps steps;

    @BeforeEach
    void open() {
        vault = new FolderVault(new Workspace(home.resolve("vault"), List.of()));
        steps = new VaultSteps(vault);
    }

    /** That of a person who cancels after so many items. */
    private static VaultSteps.Course upTo(int most) {
        return new VaultSteps.Course() {
            private int so;

            @Override
            public void at(int done, int all) {
                so = done;
            }

            @Override
            public boolean isCancelled() {
                return so == most;
            }
        };
    }

    private static Item named(String name) {
        return item("one", name);
    }

    private static Item item(String id, String name) {
        return new Item(id, "unit", name, "{}");
    }

    @Test
    void aDeletedItemComesBackAndGoesAgain() throws Exception {
        steps.save(named("Wren"), Revision.NONE);
        steps.delete(List.of("one"), TO_THE_END);
        steps.undo(TO_THE_END);
        assertEquals("Wren", vault.card("one").orElseThrow().name());
        steps.redo(TO_THE_END);
        assertTrue(vault.card("one").isEmpty());
        steps.undo(TO_THE_END);
        steps.undo(TO_THE_END);
        assertTrue(vault.card("one").isEmpty());
        assertFalse(steps.canUndo());
    }

    @Test
    void aRenameIsTakenBackAsAnEdit() throws Exception {
        steps.save(named("Wren"), Revision.NONE);
        Stored stored = vault.open("one").orElseThrow();
        steps.save(named("Robin"), stored.revision());
        steps.undo(TO_THE_END);
        Stored back = vault.open("one").orElseThrow();
        assertEquals("Wren", back.item().name());
        assertTrue(back.revision().lineage().contains(stored.revision().name()));
    }

    @Test
    void whatSomebodyHasChangedSinceIsLeftAlone() throws Exception {
        steps.save(named("Wren"), Revision.NONE);
        Stored stored = vault.open("one").orElseThrow();
        steps.save(named("Robin"), stored.revision());
        vault.save(named("Heron"), vault.open("one").orElseThrow().revision());
        assertEquals(
                "\"Heron\" was changed since, so it is left as it is.",
                assertThrows(IOException.class, () -> steps.undo(TO_THE_END)).getMessage());
        assertEquals("Heron", vault.card("one").orElseThrow().name());
        assertFalse(steps.canRedo());
    }

    @Test
    void whatCouldNotBeReadOnTheWayBackCanBeTriedAgain() throws Exception {
        deleteThree();
        // Where the second is to come back there is something that is no file.
        Path inTheWay = Files.createDirectory(home.resolve("vault").resolve("two.json"));
        assertThrows(IOException.class, () -> steps.undo(TO_THE_END));
        assertEquals(Set.of("one"), Set.copyOf(vault.ids()));
        assertThrows(IOException.class, () -> steps.undo(TO_THE_END));
        Files.delete(inTheWay);
        steps.undo(TO_THE_END);
        assertEquals(Set.of("one", "two", "three"), Set.copyOf(vault.ids()));
        assertEquals("Robin", vault.open("two").orElseThrow().item().name());
        steps.redo(TO_THE_END);
        steps.redo(TO_THE_END);
        assertEquals(List.of(), vault.ids());
    }

    @Test
    void whatCouldNotBeSavedOnTheWayBackCanBeTriedAgain() throws Exception {
        deleteThree();
        // As when the drive of the vault is taken out.
        Path gone = Files.move(home.resolve("vault"), home.resolve("gone"));
        assertThrows(IOException.class, () -> steps.undo(TO_THE_END));
        assertTrue(steps.canUndo());
        assertFalse(steps.canRedo());
        Files.move(gone, home.resolve("vault"));
        steps.undo(TO_THE_END);
        assertEquals(Set.of("one", "two", "three"), Set.copyOf(vault.ids()));
    }

    @Test
    void whatIsCancelledStaysHalfDoneAndCanBeTakenBack() throws Exception {
        vault.save(item("one", "Wren"), Revision.NONE);
        vault.save(item("two", "Robin"), Revision.NONE);
        vault.save(item("three", "Heron"), Revision.NONE);
        steps.delete(List.of("one", "two", "three"), upTo(2));
        assertEquals(List.of("three"), vault.ids());
        steps.undo(upTo(1));
        assertEquals(Set.of("one", "three"), Set.copyOf(vault.ids()));
        assertTrue(steps.canRedo());
        steps.undo(TO_THE_END);
        assertEquals(Set.of("one", "two", "three"), Set.copyOf(vault.ids()));
        assertEquals("Robin", vault.open("two").orElseThrow().item().name());
        assertFalse(steps.canUndo());
    }

    private void deleteThree() throws IOException {
        vault.save(item("one", "Wren"), Revision.NONE);
        vault.save(item("two", "Robin"), Revision.NONE);
        vault.save(item("three", "Heron"), Revision.NONE);
        steps.delete(List.of("one", "two", "three"), TO_THE_END);
        assertEquals(List.of(), vault.ids());
    }
}
