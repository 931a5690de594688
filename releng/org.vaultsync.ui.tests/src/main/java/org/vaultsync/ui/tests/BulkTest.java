// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.core.runtime.Platform;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.ToolItem;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.ui.IWorkbench;
import org.eclipse.ui.IWorkbenchCommandConstants;
import org.eclipse.ui.IWorkbenchListener;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.commands.ICommandService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Put;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

/**
 * Many items of Hangar at once. The file of one of them is a pipe at times: whoever reads it waits until the test writes into
 * it, as on a disk that is very slow.
 */
class BulkTest extends HangarTest {
    private static final String PROGRESS = "org.eclipse.ui.views.ProgressView";
    /** Of which a window shows a few. */
    private static final int MANY = 1000;

    private static final String MANY_TYPE = "bulk";

    private static final String DELETE = "org.eclipse.ui.edit.delete";

    private Optional<Path> pipe = Optional.empty(); // test thread
    private byte[] inPipe = {}; // test thread

    @AfterEach
    void theVaultAsItWas() throws Exception {
        if (pipe.filter(BulkTest::isPipe).isPresent()) {
            // Whoever waits for it gets the item from it, and whoever comes later from a file.
            try (RandomAccessFile writer = new RandomAccessFile(pipe.get().toFile(), "rw")) {
                Files.delete(pipe.get());
                Files.write(pipe.get(), inPipe);
                writer.write(inPipe);
            }
        }
        screen.closeDialogs();
        search("");
        screen.run(() -> Stream.of(navigator().getItems()).forEach(shelf -> shelf.setExpanded(true)));
        for (String id : here()) {
            Stored stored = vault().get(id).orElseThrow();
            assertTrue(vault().remove(id, stored.revision()), id);
        }
    }

    @Test
    void theWindowGoesOnWhileItemsAreDeletedAndWhatIsAskedMeanwhileComesAfterwards() throws Exception {
        put(3);
        byte[] second = toPipe("bulk-1");
        delete(3);
        awaitDeleted("bulk-0");
        // Of a UI thread that waits for the disk there would be no answer.
        CompletableFuture.supplyAsync(() -> screen.ask(this::rows)).get(20, TimeUnit.SECONDS);
        assertEquals(Set.of("bulk-1", "bulk-2"), here());
        screen.run(() -> {
            activate(NAVIGATOR);
            execute(UNDO);
        });
        fromPipe(second);
        screen.await("all to be back", () -> here().equals(Set.of("bulk-0", "bulk-1", "bulk-2")));
        assertEquals("Bulk 1", vault().get("bulk-1").orElseThrow().item().name());
        inNavigator(REDO);
        screen.await("all to be gone", () -> here().isEmpty());
        inNavigator(UNDO);
        screen.await("all to be back", () -> here().size() == 3);
    }

    @Test
    void deletingIsCancelledAfterTheItemThatItIsAt() throws Exception {
        put(3);
        byte[] second = toPipe("bulk-1");
        delete(3);
        awaitDeleted("bulk-0");
        open(PROGRESS);
        try {
            ToolItem cancel = screen.find(ToolItem.class, "Cancel Operation");
            screen.run(() -> cancel.notifyListeners(SWT.Selection, new Event()));
            fromPipe(second);
            screen.await("two to be deleted", () -> here().equals(Set.of("bulk-2")));
        } finally {
            screen.run(() -> page().hideView(page().findView(PROGRESS)));
        }
        inNavigator(UNDO);
        screen.await("all to be back", () -> here().size() == 3);
    }

    @Test
    void theHostClosesOnceEverythingIsDone() throws Exception {
        put(3);
        byte[] second = toPipe("bulk-1");
        delete(3);
        awaitDeleted("bulk-0");
        List<Set<String>> atTheEnd = new ArrayList<>();
        IWorkbench workbench = PlatformUI.getWorkbench();
        IWorkbenchListener stays = new IWorkbenchListener() {
            @Override
            public boolean preShutdown(IWorkbench closing, boolean forced) {
                atTheEnd.add(here());
                return false; // there are more tests
            }

            @Override
            public void postShutdown(IWorkbench closed) {}
        };
        screen.run(() -> workbench.addWorkbenchListener(stays));
        try {
            inNavigator(UNDO);
            screen.start(workbench::close);
            screen.awaitText("Hangar closes as soon as this is done");
            assertEquals(List.of(), atTheEnd);
            fromPipe(second);
            screen.await("it to close", () -> !atTheEnd.isEmpty());
            assertEquals(List.of(Set.of("bulk-0", "bulk-1", "bulk-2")), atTheEnd);
            assertEquals(Set.of("bulk-0", "bulk-1", "bulk-2"), here());
        } finally {
            screen.run(() -> workbench.removeWorkbenchListener(stays));
        }
    }

    @Test
    void theHostStaysWhereSomethingCannotBeBroughtBack() throws Exception {
        put(3);
        delete(3);
        screen.await("all to be gone", () -> here().isEmpty());
        // Where the second is to come back there is a pipe, and then nothing that can be written over.
        Path file = folder().resolve("bulk-1.json");
        makePipe(file);
        inNavigator(UNDO);
        screen.await("the first to be back", () -> here().contains("bulk-0"));
        List<Boolean> closed = new ArrayList<>();
        screen.start(() -> closed.add(PlatformUI.getWorkbench().close()));
        screen.awaitText("Hangar closes as soon as this is done");
        fromPipe("no item".getBytes());
        screen.awaitText("cannot be read");
        screen.click("OK");
        screen.await("the host to stay", () -> closed.equals(List.of(false)));
        Files.delete(file);
        inNavigator(UNDO);
        screen.await("all to be back", () -> here().size() == 3);
    }

    @Test
    void everythingThatIsShownAsSelectedIsSharedDeletedAndBroughtBack() throws Exception {
        sync.withHome();
        selectAllOfMany();
        Set<String> all = Set.copyOf(vault().ids());
        screen.start(() -> execute("org.vaultsync.ui.toggle"));
        screen.await(
                "them to be shared",
                () -> sync.calls.stream()
                        .filter(call -> call.startsWith("share "))
                        .anyMatch(call -> call.split(",").length == MANY));
        withdraw(); // of what is shared, deleting asks more

        // In the middle of them: whoever selected everything has not seen it.
        put("bulk-late", MANY_TYPE, "Bulk 2 that comes late");
        screen.await("it in the list", () -> count() == MANY + 1);
        assertEquals(MANY, screen.ask(this::selected));
        screen.awaitPainted();
        screen.keepPicture("hangar-everything-selected");
        inNavigator(DELETE);
        awaitQuestion(MANY);
        screen.click("Delete");
        screen.await("all but that to be gone", () -> here().equals(Set.of("bulk-late")));
        assertEquals(all.size() - MANY + 1, vault().ids().size());
        inNavigator(UNDO);
        screen.await("all to be back", () -> here().size() == MANY + 1);
        assertTrue(vault().ids().containsAll(all));
    }

    /** What a row is told to be lags behind what it is: rows are brought up to date after their marks. */
    @Test
    void whatIsMarkedStaysSelectedWhereRowsMove() {
        put(0, 9, MANY_TYPE);
        screen.await("its shelf", () -> count() == 9);
        screen.run(() -> {
            navigator().deselectAll();
            shelf().orElseThrow().setExpanded(true);
        });
        awaitNames(List.of());
        mark(5, 6, 7);
        put("bulk-late", MANY_TYPE, "Bulk 2 that comes late");
        awaitNames(List.of("Bulk 5", "Bulk 6", "Bulk 7"));
        awaitDeleting(3, Set.of("bulk-0", "bulk-1", "bulk-2", "bulk-3", "bulk-4", "bulk-8", "bulk-late"));

        awaitNames(List.of());
        mark(4, 5);
        put("bulk-later", MANY_TYPE, "Bulk 1 that comes later");
        put("bulk-shelf", "shelf", "Bulk 1 on a shelf of its own"); // all rows are told anew
        screen.await("that shelf", () -> navigator().getItemCount() == 5);
        awaitNames(List.of("Bulk 3", "Bulk 4"));
        awaitDeleting(2, Set.of("bulk-0", "bulk-1", "bulk-2", "bulk-8", "bulk-late", "bulk-later", "bulk-shelf"));
    }

    @Test
    void whatIsTakenOutOfASelectionOrNoLongerShownIsLeftAlone() {
        selectAllOfMany();
        screen.run(() -> {
            navigator().deselect(shelf().orElseThrow().getItem(MANY - 1));
            navigator().notifyListeners(SWT.Selection, new Event());
        });
        inNavigator(DELETE);
        awaitQuestion(MANY - 1);
        screen.click("Cancel");
        screen.await("no question", () -> !screen.dialogOpen());
        search("bulk 1");
        screen.await("fewer", () -> count() < MANY / 2 && selected() == count());
        int fewer = screen.ask(this::selected);
        inNavigator(DELETE);
        awaitQuestion(fewer);
        screen.click("Delete");
        screen.await("them to be gone", () -> here().size() == MANY - fewer);
        assertTrue(here().stream().noneMatch(id -> id.startsWith("bulk-1")), here().toString());
    }

    // Test thread

    /**
     * Presses Ctrl+A in a tree with many items of a type of its own, which have come since its shelf was opened: the tree asks only
     * for the rows that fit onto the screen. All other shelves are closed.
     */
    private void selectAllOfMany() {
        put(0, 1, MANY_TYPE);
        screen.await("its shelf", () -> count() == 1);
        screen.run(() -> {
            activate(NAVIGATOR);
            Stream.of(navigator().getItems()).forEach(each -> each.setExpanded(each == shelf().orElseThrow()));
        });
        put(1, MANY, MANY_TYPE);
        screen.await("all", () -> count() == MANY);
        int neverShown = screen.ask(this::neverShown);
        assertTrue(neverShown > MANY / 2, "only " + neverShown + " have never been on the screen");
        screen.await("its shelf to be open", () -> shelf().orElseThrow().getExpanded());
        Tree tree = screen.ask(this::navigator);
        screen.focus(tree);
        screen.await(
                "Select All to be possible",
                () -> PlatformUI.getWorkbench()
                        .getService(ICommandService.class)
                        .getCommand(IWorkbenchCommandConstants.EDIT_SELECT_ALL)
                        .isEnabled());
        screen.run(() -> {
            Event key = new Event();
            key.keyCode = 'a';
            key.character = 'a' & 0x1f; // as Ctrl makes it
            key.stateMask = SWT.MOD1;
            tree.notifyListeners(SWT.KeyDown, key);
        });
        screen.await("everything to be selected", () -> selected() == MANY);
    }

    /** Selects rows of the shelf that has many, in which all are on the screen. */
    private void mark(int... rows) {
        screen.run(() -> {
            activate(NAVIGATOR);
            TreeItem shelf = shelf().orElseThrow();
            navigator().setSelection(IntStream.of(rows).mapToObj(shelf::getItem).toArray(TreeItem[]::new));
            navigator().notifyListeners(SWT.Selection, new Event());
        });
    }

    /** Waits until all rows say what is there, and these are marked. */
    private void awaitNames(List<String> marked) {
        screen.await("the rows", () -> {
            List<String> names = shelf().stream()
                    .flatMap(shelf -> Stream.of(shelf.getItems()))
                    .map(TreeItem::getText)
                    .toList();
            return Set.copyOf(names)
                            .equals(vault().ids().stream()
                                    .map(id -> vault().get(id).orElseThrow().item())
                                    .filter(item -> item.type().equals(MANY_TYPE))
                                    .map(Item::name)
                                    .collect(Collectors.toSet()))
                    && Stream.of(navigator().getSelection())
                            .map(TreeItem::getText)
                            .toList()
                            .equals(marked);
        });
    }

    private void awaitDeleting(int count, Set<String> left) {
        inNavigator(DELETE);
        awaitQuestion(count);
        screen.click("Delete");
        screen.await(count + " to be gone", () -> here().size() <= left.size());
        assertEquals(left, here());
    }

    /** Looks at no row of the tree, which would bring it onto the screen. */
    private void awaitQuestion(int count) {
        screen.find(Label.class, "Delete these %,d items?".formatted(count));
    }

    private void put(String id, String type, String name) {
        Put put = vault().put(new Item(id, type, name, "{}"), new Revision("late"), Optional.empty());
        assertEquals(Put.Taken.class, put.getClass(), put.toString());
    }

    private void put(int count) {
        put(0, count, "unit");
    }

    private void put(int from, int to, String type) {
        for (int i = from; i < to; i++) {
            Item item = new Item("bulk-" + i, type, "Bulk " + i, "{\"model\":\"B-" + i + "\"}");
            Put put = vault().put(item, new Revision("bulk" + i), Optional.empty());
            assertEquals(Put.Taken.class, put.getClass(), put.toString());
        }
    }

    /** Those of this test that the vault has. Any thread. */
    private static Set<String> here() {
        return vault().ids().stream()
                .filter(id -> id.startsWith("bulk-"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Path folder() {
        return Path.of(Platform.getInstanceLocation().getURL().getPath()).resolve("vault");
    }

    private static boolean isPipe(Path file) {
        return Files.exists(file) && !Files.isRegularFile(file);
    }

    private void makePipe(Path file) throws Exception {
        pipe = Optional.of(file);
        assertEquals(
                0,
                new ProcessBuilder("mkfifo", file.toString())
                        .inheritIO()
                        .start()
                        .waitFor());
    }

    /** Puts a pipe in the place of the file of an item; what was in it. */
    private byte[] toPipe(String item) throws Exception {
        Path file = folder().resolve(item + ".json");
        inPipe = Files.readAllBytes(file);
        Files.delete(file);
        makePipe(file);
        return inPipe;
    }

    /** Whoever reads the pipe goes on; waits until somebody does. */
    private void fromPipe(byte[] bytes) throws IOException {
        try (OutputStream writer = new FileOutputStream(pipe.orElseThrow().toFile())) {
            writer.write(bytes);
        }
    }

    /** Selects so many items of this test, and deletes them. */
    private void delete(int count) {
        search(count);
        selectAll(count);
        inNavigator(DELETE);
        screen.awaitText("Delete these %,d items?".formatted(count));
        screen.click("Delete");
    }

    private void awaitDeleted(String id) {
        screen.await(id + " to be gone", () -> !here().contains(id));
    }

    private void search(int count) {
        search("bulk");
        screen.await("them alone", () -> rows().size() == count + 1);
        // A row that was never on the screen is no item of the viewer yet.
        screen.await(
                "their names",
                () -> Stream.of(navigator().getItem(0).getItems())
                        .allMatch(row -> row.getText().startsWith("Bulk") && row.getData() != null));
    }

    private void selectAll(int count) {
        screen.run(() -> {
            activate(NAVIGATOR);
            TreeItem units = navigator().getItem(0);
            navigator()
                    .setSelection(
                            IntStream.range(0, count).mapToObj(units::getItem).toArray(TreeItem[]::new));
            navigator().notifyListeners(SWT.Selection, new Event());
        });
    }

    // UI thread

    private Optional<TreeItem> shelf() {
        return Stream.of(navigator().getItems())
                .filter(each -> each.getText().startsWith("Bulk ("))
                .findFirst();
    }

    private int count() {
        return shelf().map(TreeItem::getItemCount).orElse(0);
    }

    /** How many items the tree has never been asked to show. */
    private int neverShown() {
        return (int) Stream.of(shelf().orElseThrow().getItems())
                .filter(row -> row.getData() == null)
                .count();
    }

    /** How many rows are marked. */
    private int selected() {
        return navigator().getSelectionCount();
    }

    private List<String> rows() {
        return Stream.of(navigator().getItems())
                .flatMap(shelf -> Stream.concat(
                        Stream.of(shelf.getText()),
                        IntStream.range(0, shelf.getItemCount()).mapToObj(row -> "")))
                .toList();
    }
}
