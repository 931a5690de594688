// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.eclipse.core.commands.common.EventManager;
import org.eclipse.core.runtime.IAdaptable;
import org.eclipse.jface.action.IToolBarManager;
import org.eclipse.swt.widgets.Control;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.service.component.annotations.Component;
import org.vaultsync.ui.SyncControls;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Put;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;
import org.vaultsync.vault.Vault;
import org.vaultsync.vault.VaultListener;

/** The code in docs/host-guide.md, as it stands there. */
class HostGuideTest {
    private static final Path GUIDE = Path.of("../../docs/host-guide.md");
    private static final Path NOTES =
            Path.of("../../releng/org.vaultsync.notes/src/main/java/org/vaultsync/notes/NotesVault.java");
    private static final String IMPORTS = """
            import java.io.*;
            import java.nio.file.*;
            import java.util.*;
            import java.util.concurrent.*;
            import java.util.function.Consumer;
            import java.util.stream.*;
            import org.osgi.service.component.annotations.Component;
            import org.vaultsync.vault.*;
            """;
    /** What the statements of the guide stand in: a host has all of it. */
    private static final String HOST = """
            import java.util.Collection;
            import org.eclipse.core.runtime.IAdaptable;
            import org.eclipse.jface.action.IToolBarManager;
            import org.eclipse.swt.widgets.*;
            import org.vaultsync.ui.*;
            abstract class Host implements IAdaptable {
                SyncControls controls; IToolBarManager toolBarManager; Composite editorComposite; Text tonnageText;
                Shell shell; String itemId; String id; Collection<String> ids;
                abstract void delete(Collection<String> ids);
            """;

    @TempDir
    Path folder;

    @Test
    void theWholeGuideCompilesAndItsVaultKeepsTheRules() throws Exception {
        List<String> blocks = new ArrayList<>();
        Matcher block = Pattern.compile("(?s)```java\\n(.*?)```").matcher(Files.readString(GUIDE));
        while (block.find()) {
            blocks.add(block.group(1));
        }
        StringBuilder host = new StringBuilder(HOST);
        String vault = null;
        for (String code : blocks) {
            if (code.contains("class NotesVault")) {
                vault = code;
            } else if (code.startsWith("public ")) {
                host.append("@Override ").append(code);
            } else {
                host.append("void step").append(blocks.indexOf(code)).append("() {\n" + code + "}\n");
            }
        }
        assertTrue(blocks.size() >= 5, "so few pieces of code: " + blocks.size());
        assertTrue(Files.readString(NOTES).endsWith(vault), "the vault of Notes is not that of the guide");
        compile("NotesVault", IMPORTS + vault);
        compile("Host", host + "}\n");

        System.setProperty("notes", folder.resolve("notes").toString());
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            Class<?> type = loader.loadClass("NotesVault");
            Vault notes = (Vault) type.getConstructor().newInstance();
            keepsTheRules(
                    notes,
                    (item, startedFrom) ->
                            type.getMethod("save", Item.class, Revision.class).invoke(notes, item, startedFrom));
        } finally {
            System.clearProperty("notes");
        }
    }

    private interface Save {
        void accept(Item item, Revision startedFrom) throws ReflectiveOperationException;
    }

    private void keepsTheRules(Vault notes, Save save) throws ReflectiveOperationException, IOException {
        List<Stored> told = new ArrayList<>();
        notes.addListener(new VaultListener() {
            @Override
            public void saved(Stored stored) {
                told.add(stored);
            }

            @Override
            public void deleted(String id, Revision revision) {
                throw new AssertionError("nobody deleted " + id);
            }
        });
        Item first = new Item("a", "note", "Monday", "{\"text\":\"bread\\nand butter\"}");
        Revision one = new Revision("one");
        assertEquals(new Put.Taken(first), notes.put(first, one, Optional.empty()));
        assertEquals(Optional.of(new Stored(first, one)), notes.get("a"));
        assertEquals(List.of("a"), notes.ids());
        assertEquals(List.of(), told, "what sync put is not told");

        // Saved by an editor that was opened before this put: under the revision that it was opened with.
        Item second = new Item("a", "note", "Monday", "{\"text\":\"milk\"}");
        assertEquals(new Put.Taken(second), notes.put(second, new Revision("two"), Optional.of(one)));
        Item mine = new Item("a", "note", "Monday", "{\"text\":\"bread, jam\"}");
        save.accept(mine, one);
        Revision saved = notes.get("a").orElseThrow().revision();
        assertEquals("one", saved.lineage().get(1));
        assertEquals(List.of(new Stored(mine, saved)), told);

        assertInstanceOf(Put.Newer.class, notes.put(second, new Revision("three"), Optional.of(new Revision("two"))));
        assertFalse(notes.remove("a", one));
        assertEquals(mine, notes.get("a").orElseThrow().item());
        assertInstanceOf(Put.Refused.class, notes.put(new Item("../b", "note", "B", "{}"), one, Optional.empty()));
        assertTrue(notes.remove("a", saved));
        assertEquals(List.of(), notes.ids());
        try (Stream<Path> left = Files.list(folder.resolve("notes"))) {
            assertEquals(List.of(), left.toList());
        }
    }

    private void compile(String name, String source) throws IOException {
        Path file = Files.writeString(folder.resolve(name + ".java"), source);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        String classes = Stream.of(
                        Vault.class,
                        SyncControls.class,
                        Component.class,
                        IAdaptable.class,
                        IToolBarManager.class,
                        EventManager.class,
                        Control.class)
                .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
                .map(place -> Path.of(URI.create(place.toString())).toString())
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(
                            said,
                            files,
                            null,
                            List.of("-proc:none", "-d", folder.toString(), "-classpath", classes),
                            null,
                            files.getJavaFileObjects(file))
                    .call();
            assertTrue(compiled, said::toString);
        }
    }
}
