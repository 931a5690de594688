// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.eclipse.jface.viewers.ILabelProviderListener;
import org.eclipse.jface.viewers.LabelProviderChangedEvent;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.CLabel;
import org.eclipse.swt.custom.CTabFolder;
import org.eclipse.swt.custom.CTabItem;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.dnd.FileTransfer;
import org.eclipse.swt.dnd.ImageTransfer;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.ImageLoader;
import org.eclipse.swt.graphics.PaletteData;
import org.eclipse.swt.graphics.RGB;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Canvas;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableItem;
import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.ToolItem;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.ui.IDecoratorManager;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.commands.ICommandService;
import org.eclipse.ui.forms.IMessage;
import org.eclipse.ui.forms.widgets.Form;
import org.eclipse.ui.forms.widgets.FormToolkit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.vaultsync.Badge;
import org.vaultsync.Fingerprint;
import org.vaultsync.Presence;
import org.vaultsync.vault.Attachment;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Put;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

/** Hangar itself, operated as people do: its navigator, the form and the JSON page of its editor. */
class HangarEditorTest extends HangarTest {
    private static final String SAVE = "org.eclipse.ui.file.save";
    private static final String DUPLICATE = "org.vaultsync.hangar.duplicate";

    private static final String ROOK = "test-unit-rook";
    private static final String NAME = "Rook RK-8";
    private static final String CONTENT =
            "{\"id\":\"test-unit-rook\",\"model\":\"RK-8\",\"year\":3050,\"tonnage\":35,\"notes\":\"\"}";

    /** As mistakes are marked, in the margin and below the text. */
    private static final RGB MISTAKE = new RGB(217, 83, 79);

    private static final RGB GREEN = new RGB(12, 200, 34);

    @TempDir
    private Path folder;

    private Set<String> before; // test thread
    private int revisions; // test thread

    @BeforeEach
    void aUnitToEdit() {
        before = Set.copyOf(vault().ids());
        put(new Item(ROOK, "unit", NAME, CONTENT));
    }

    @AfterEach
    void theVaultAsItWas() {
        screen.closeDialogs();
        screen.run(() -> page().closeAllEditors(false));
        search("");
        List<String> names = added().stream().map(id -> item(id).name()).toList();
        for (String id : added()) {
            assertTrue(vault().remove(id, stored(id).revision()), id);
        }
        // Else their rows move under what the next test selects.
        screen.await("them to be gone from the tree", () -> rows().stream().noneMatch(names::contains));
    }

    // The navigator

    @Test
    void duplicatesAnItemWithItsPictures() throws Exception {
        byte[] picture = {1, 2, 3};
        String sha256 = sha256(picture);
        vault().putAttachment(sha256, new ByteArrayInputStream(picture));
        Attachment rook = new Attachment("k1", "rook.png", sha256, picture.length, "image/png");
        put(new Item(ROOK, "unit", NAME, CONTENT, List.of(rook), List.of()));
        select(NAME);
        screen.run(() -> execute(DUPLICATE));
        awaitField("Name", NAME + " (copy)");
        Item copy = item(only(added(), ROOK));
        assertEquals(CONTENT.replace(ROOK, copy.id()), copy.content());
        assertEquals("unit", copy.type());
        assertEquals(sha256, copy.attachments().getFirst().sha256());
        assertNotEquals("k1", copy.attachments().getFirst().key());

        type("Year", "3061");
        save();
        assertTrue(item(copy.id()).content().contains("3061"));
        assertEquals(CONTENT, item(ROOK).content());
        inNavigator(UNDO);
        screen.awaitText("\"Rook RK-8 (copy)\" was changed since, so it is left as it is.");
        screen.click("OK");
        screen.awaitNoText("was changed since");
        assertTrue(item(copy.id()).content().contains("3061"));
    }

    @Test
    void takesADuplicateBackAndMakesItAgain() {
        select(NAME);
        screen.run(() -> execute(DUPLICATE));
        awaitField("Name", NAME + " (copy)");
        String copy = only(added(), ROOK);
        inNavigator(UNDO);
        screen.await("it to be gone", () -> !vault().ids().contains(copy));
        screen.await("its editor to be closed", () -> page().getEditorReferences().length == 0);
        inNavigator(REDO);
        screen.await("it to be back", () -> vault().ids().contains(copy));
        awaitRow(NAME + " (copy)");
    }

    @Test
    void findsItemsByAllWordsOfASearch() {
        int shelves = screen.ask(() -> navigator().getItemCount());
        search("rk-8  rOOk");
        screen.await("it alone", () -> rows().equals(List.of("Units (1)", NAME)));
        put(new Item("test-unit-other", "unit", "Old rook, not an RK-8", "{}"));
        screen.await(
                "what has come meanwhile", () -> rows().equals(List.of("Units (2)", "Old rook, not an RK-8", NAME)));
        search("rook nowhere");
        screen.await("nothing", () -> rows().isEmpty());
        screen.run(() -> {
            Event escape = new Event();
            escape.keyCode = SWT.ESC;
            searchField().notifyListeners(SWT.KeyDown, escape);
        });
        screen.await("all shelves", () -> navigator().getItemCount() == shelves);
        awaitRow(NAME);
        awaitRow("Old rook, not an RK-8");
    }

    @Test
    void itemsStandWherePeopleLookForThem() {
        for (String number : List.of("10", "2", "1")) {
            put(new Item("test-unit-" + number, "unit", "Örtel " + number, "{}"));
        }
        put(new Item("test-unit-z", "unit", "Zortel 1", "{}"));
        List<String> order = List.of("Örtel 1", "Örtel 2", "Örtel 10", "Zortel 1");
        search("rtel");
        screen.await(
                "them in order",
                () -> rows().equals(Stream.concat(Stream.of("Units (4)"), order.stream())
                        .toList()));

        put(new Item("test-force", "force", "Nightwatch", "{}"));
        search("");
        open("Nightwatch", "Name", "Nightwatch");
        screen.press(screen.find(ToolItem.class, "Add to Units..."));
        screen.find(Shell.class, "Add Units");
        screen.type(false, "*rtel");
        screen.await(
                "them in order to choose from",
                () -> screen.all(Table.class)
                        .filter(table -> table.getShell().getText().equals("Add Units"))
                        .anyMatch(table -> Arrays.stream(table.getItems())
                                .map(TableItem::getText)
                                .toList()
                                .equals(order)));
    }

    @Test
    void aDecorationThatComesLateBringsNoFormerStateBack() {
        search("rk-8 rook");
        screen.await("it alone", () -> rows().equals(List.of("Units (1)", NAME)));
        Object[] former = screen.ask(() -> {
            TreeItem shelf = navigator().getItem(0);
            return new Object[] {shelf.getData(), shelf.getItem(0).getData()};
        });
        put(new Item("test-unit-other", "unit", "Rook RK-8 of old", "{}"));
        put(new Item(ROOK, "unit", "The Rook RK-8", CONTENT));
        List<String> now = List.of("Units (2)", "Rook RK-8 of old", "The Rook RK-8");
        screen.await("both", () -> rows().equals(now));
        Set<Object> decorated = ConcurrentHashMap.newKeySet();
        IDecoratorManager decorators = PlatformUI.getWorkbench().getDecoratorManager();
        ILabelProviderListener listener = event -> decorated.addAll(List.of(event.getElements()));
        decorators.getLabelDecorator().addListener(listener);
        try {
            ((ILabelProviderListener) decorators)
                    .labelProviderChanged(new LabelProviderChangedEvent(decorators.getLabelDecorator(), former));
            screen.await("their decoration", () -> decorated.containsAll(List.of(former)));
        } finally {
            decorators.getLabelDecorator().removeListener(listener);
        }
        assertEquals(now, screen.ask(this::rows));
    }

    @Test
    void takesNoNameWithControlCharactersInTheNavigator() {
        select(NAME);
        screen.start(() -> execute("org.eclipse.ui.edit.rename"));
        screen.awaitText("New name:");
        screen.type(false, "Bell\u0007tower");
        screen.awaitText("A name has no control characters.");
        Button ok = screen.find(Button.class, "OK");
        assertFalse(screen.ask(ok::isEnabled));
        screen.type(false, " ");
        screen.awaitText("An item needs a name.");
        assertFalse(screen.ask(ok::isEnabled));
        screen.type(false, "Belltower");
        screen.click("OK");
        awaitRow("Belltower");
        assertEquals("Belltower", item(ROOK).name());
        inNavigator(UNDO);
        awaitRow(NAME);
        assertEquals(NAME, item(ROOK).name());
    }

    @Test
    void anEndlessNameStopsNothing() {
        String name = "Rook" + "x".repeat(40_000);
        long before = screen.busyMillis();
        put(new Item(ROOK, "unit", name, CONTENT));
        open(name, "Name", name);
        select(name);
        screen.start(() -> execute("org.eclipse.ui.edit.delete"));
        screen.awaitText("Delete \"Rookxxx");
        screen.awaitPainted();
        long millis = screen.busyMillis() - before;
        System.out.println("a name of 40,000 letters in Hangar: " + millis + " ms of the UI thread");
        assertTrue(millis < 5000, "the UI thread was busy for " + millis + " ms");
        screen.click("Cancel");
        screen.awaitNoText("Delete \"Rookxxx");
        assertEquals(name, item(ROOK).name());
    }

    // The form

    @Test
    void takesNoNameWithControlCharactersInTheEditor() {
        open(NAME, "Name", NAME);
        type("Model", "RK-9");
        type("Name", "Bell\u0007tower");
        awaitMessage("Name must not have control characters.");
        inEditor(SAVE);
        screen.awaitText("Correct this first: Name.");
        screen.click("OK");
        screen.awaitNoText("Correct this first");
        assertEquals(CONTENT, item(ROOK).content());
        assertEquals("RK-9", text("Model"));
        type("Name", "Belltower");
        screen.await("no message", () -> messages().isEmpty());
        save();
        assertEquals("Belltower", item(ROOK).name());
        assertEquals(CONTENT.replace("RK-8", "RK-9"), item(ROOK).content());
    }

    @Test
    void undoesAndRedoesWhatThePersonDidAndNothingElse() {
        open(NAME, "Name", NAME);
        assertFalse(enabled(UNDO));
        type("Model", "RK-9");
        type("Year", "3061");
        put(new Item(ROOK, "unit", NAME, CONTENT.replace("35", "40")));
        awaitField("Tonnage", "40");
        inEditor(UNDO);
        awaitField("Year", "3050");
        assertEquals("RK-9", text("Model"));
        inEditor(UNDO);
        awaitField("Model", "RK-8");
        assertEquals("40", text("Tonnage"));
        assertFalse(dirty());
        assertFalse(enabled(UNDO));
        inEditor(REDO);
        awaitField("Model", "RK-9");
        inEditor(REDO);
        awaitField("Year", "3061");
        assertFalse(enabled(REDO));
        save();
        assertEquals(
                CONTENT.replace("RK-8", "RK-9").replace("3050", "3061").replace("35", "40"),
                item(ROOK).content());
    }

    @Test
    void pastesShowsAndRemovesPictures() throws IOException {
        open(NAME, "Name", NAME);
        screen.copy(green(40, 30), ImageTransfer.getInstance());
        screen.click("Paste");
        awaitThumbnails("Pasted.png");
        screen.run(() -> FormToolkit.ensureVisible(thumbnail("Pasted.png")));
        screen.await("it to be painted", () -> painted(GREEN, thumbnail("Pasted.png")) > 1000);
        save();
        Attachment pasted = item(ROOK).attachments().getFirst();
        assertEquals("image/png", pasted.mediaType());
        try (InputStream bytes = vault().openAttachment(pasted.sha256()).orElseThrow()) {
            ImageData kept = new ImageData(bytes);
            assertEquals(new Rectangle(0, 0, 40, 30), new Rectangle(0, 0, kept.width, kept.height));
        }

        screen.start(() -> thumbnail("Pasted.png").notifyListeners(SWT.MouseDoubleClick, new Event()));
        screen.find(Shell.class, "Pasted.png");
        screen.click("Close");
        screen.await("it to close", () -> !screen.dialogOpen());

        Button remove = screen.find(Button.class, "Remove");
        screen.run(() -> thumbnail("Pasted.png").notifyListeners(SWT.MouseDown, new Event()));
        screen.click("Remove");
        awaitThumbnails();
        assertFalse(screen.ask(remove::isEnabled));
        inEditor(UNDO);
        awaitThumbnails("Pasted.png");
        inEditor(REDO);
        awaitThumbnails();
        save();
        assertEquals(List.of(), item(ROOK).attachments());
    }

    @Test
    void addsPicturesFromFilesAndSaysWhatIsNone() throws IOException {
        Path one = picture("one.png", SWT.IMAGE_PNG);
        Path two = picture("two.jpg", SWT.IMAGE_JPEG);
        Path notes = Files.writeString(folder.resolve("notes.png"), "my notes");
        open(NAME, "Name", NAME);
        screen.copy("my notes", TextTransfer.getInstance());
        screen.click("Paste");
        screen.awaitText("There is no picture in the clipboard.");
        screen.click("OK");
        screen.awaitNoText("There is no picture");
        assertFalse(dirty());
        screen.copy(new String[] {one.toString(), notes.toString(), two.toString()}, FileTransfer.getInstance());
        screen.click("Paste");
        screen.awaitText("\"notes.png\" is not a picture that can be shown here.");
        screen.click("OK");
        awaitThumbnails("one.png", "two.jpg");
        save();
        assertEquals(
                Set.of("one.png image/png", "two.jpg image/jpeg"),
                Set.copyOf(item(ROOK).attachments().stream()
                        .map(each -> each.name() + " " + each.mediaType())
                        .toList()));
    }

    @Test
    void tellsAPictureThatCannotBeShownFromOneThatIsNotHere() throws Exception {
        byte[] huge = ByteBuffer.allocate(33)
                .put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R'})
                .putInt(1_000_000)
                .putInt(1_000_000)
                .put(new byte[] {8, 2})
                .array();
        byte[] large = Files.readAllBytes(picture("large.png", SWT.IMAGE_PNG, 3000, 2000));
        List<Attachment> pictures = new ArrayList<>();
        for (byte[] bytes : List.of(huge, large)) {
            String name = bytes == huge ? "huge.png" : "large.png";
            vault().putAttachment(sha256(bytes), new ByteArrayInputStream(bytes));
            pictures.add(new Attachment(name, name, sha256(bytes), bytes.length, "image/png"));
        }
        pictures.add(new Attachment("none.png", "none.png", sha256(new byte[] {7, 7}), 2, "image/png"));
        put(new Item(ROOK, "unit", NAME, CONTENT, pictures, List.of()));
        open(NAME, "Name", NAME);
        awaitThumbnails("huge.png", "large.png", "none.png");
        String why = "It cannot be shown: it is damaged, of another kind, or too large.";
        screen.await(
                "why it is not shown",
                () -> thumbnail("huge.png").getToolTipText().endsWith(why));
        screen.run(() -> FormToolkit.ensureVisible(thumbnail("large.png")));
        screen.await("it to be painted", () -> painted(GREEN, thumbnail("large.png")) > 5000);
        assertFalse(screen.ask(() -> thumbnail("large.png").getToolTipText().contains(why)));
        assertFalse(screen.ask(() -> thumbnail("none.png").getToolTipText().contains(why)));

        screen.start(() -> thumbnail("huge.png").notifyListeners(SWT.MouseDoubleClick, new Event()));
        screen.awaitText("\"huge.png\" is not a picture that can be shown here.");
        screen.click("OK");
        screen.awaitNoText("is not a picture");
        screen.start(() -> thumbnail("large.png").notifyListeners(SWT.MouseDoubleClick, new Event()));
        screen.find(Shell.class, "large.png");
        screen.click("Close");
        screen.await("it to close", () -> !screen.dialogOpen());
    }

    @Test
    void theEditorOfAnItemThatSomebodyElseDeletesSaysSoAndShowsItWhenItIsBack() {
        open(NAME, "Name", NAME);
        showPage("JSON");
        screen.await("the content", () -> json().getText().contains("\"year\": 3050"));
        assertTrue(vault().remove(ROOK, stored(ROOK).revision()));
        screen.awaitText("\"Rook RK-8\" was deleted by somebody else.");
        screen.await(
                "nothing else",
                () -> screen.all(StyledText.class).noneMatch(text -> "JSON".equals(text.getData("label"))));
        assertFalse(dirty());
        assertFalse(enabled(UNDO));
        assertEquals(1, screen.<Integer>ask(() -> page().getEditorReferences().length));
        put(new Item(ROOK, "unit", "Rook RK-9", CONTENT));
        awaitField("Name", "Rook RK-9");
        screen.awaitNoText("was deleted by somebody else");
        type("Year", "3061");
        save();
        assertTrue(item(ROOK).content().contains("3061"));
    }

    @Test
    void whatCanOnlyBeReadIsLookedAtAndNotChanged() throws Exception {
        byte[] bytes = Files.readAllBytes(picture("rook.png", SWT.IMAGE_PNG));
        vault().putAttachment(sha256(bytes), new ByteArrayInputStream(bytes));
        Attachment picture = new Attachment("k1", "rook.png", sha256(bytes), bytes.length, "image/png");
        String quirks = CONTENT.replace("\"notes\"", "\"quirks\":[\"Rugged\",\"Slow\"],\"notes\"");
        put(new Item(ROOK, "unit", NAME, quirks, List.of(picture), List.of()));
        sync.readOnly.add(ROOK);
        sync.put(ROOK, Badge.SYNCED);
        open(NAME, "Name", NAME);
        awaitList("Quirks", "Rugged", "Slow");
        screen.await("it to be for reading", () -> !field("Name").getEditable());
        awaitThumbnails("rook.png");
        assertTrue(screen.ask(() -> list("Quirks").isEnabled()));
        doubleClick("Quirks");
        screen.run(() -> {
            Event delete = new Event();
            delete.keyCode = SWT.DEL;
            list("Quirks").notifyListeners(SWT.KeyDown, delete);
            thumbnail("rook.png").notifyListeners(SWT.MouseDown, new Event());
        });
        ToolItem removal = screen.find(ToolItem.class, "Remove from Quirks");
        assertFalse(screen.ask(() -> removal.getParent().isEnabled()));
        assertFalse(screen.dialogOpen());
        assertFalse(dirty());
        assertTrue(screen.ask(() -> thumbnail("rook.png").isEnabled()));
        for (String button : List.of("Add...", "Paste", "Remove")) {
            screen.awaitEnabled(button, false);
        }
        screen.start(() -> thumbnail("rook.png").notifyListeners(SWT.MouseDoubleClick, new Event()));
        screen.find(Shell.class, "rook.png");
        screen.click("Close");
        screen.await("it to close", () -> !screen.dialogOpen());

        sync.readOnly.clear();
        sync.put(ROOK, Badge.SYNCED);
        screen.await("it to be for writing", () -> field("Name").getEditable());
        screen.awaitEnabled("Paste", true);
        choose("Quirks");
        screen.press(removal);
        awaitList("Quirks", "Slow");
        save();
    }

    @Test
    void aForceRefersToItsUnitsAndPilots() {
        String force = "test-force";
        put(new Item(force, "force", "Nightwatch", "{\"units\":[],\"pilots\":[\"pilot-elsewhere\"]}"));
        open("Nightwatch", "Name", "Nightwatch");
        awaitList("Pilots", "pilot-elsewhere  (not here)");
        doubleClick("Pilots");
        screen.awaitText("This item is not in your vault.");
        screen.click("OK");
        screen.awaitNoText("This item is not in your vault.");

        screen.press(screen.find(ToolItem.class, "Add to Units..."));
        screen.find(Shell.class, "Add Units");
        screen.type(false, NAME);
        screen.await(
                "it alone",
                () -> screen.all(Table.class)
                        .filter(table -> table.getShell().getText().equals("Add Units"))
                        .anyMatch(table -> table.getItemCount() == 1
                                && table.getItem(0).getText().equals(NAME)
                                && table.getSelectionCount() == 1));
        screen.click("OK");
        awaitList("Units", NAME);
        save();
        assertEquals(List.of(ROOK, "pilot-elsewhere"), item(force).references());
        assertTrue(
                item(force).content().contains("\"units\":[\"" + ROOK + "\"]"),
                item(force).content());

        put(new Item(ROOK, "unit", "Rook RK-9", CONTENT));
        awaitList("Units", "Rook RK-9");
        choose("Pilots");
        screen.press(screen.find(ToolItem.class, "Remove from Pilots"));
        awaitList("Pilots");
        save();
        assertEquals(List.of(ROOK), item(force).references());
        doubleClick("Units");
        awaitField("Name", "Rook RK-9");
    }

    @Test
    void aLineThatWasTypedIsMeantWithoutEnter() {
        open(NAME, "Name", NAME);
        type("Add to Quirks", "  ");
        assertFalse(dirty());
        type("Add to Quirks", "Improved Sensors");
        assertTrue(dirty());
        save();
        awaitList("Quirks", "Improved Sensors");
        assertEquals("", text("Add to Quirks"));
        assertTrue(
                item(ROOK).content().contains("\"quirks\":[\"Improved Sensors\"]"),
                item(ROOK).content());

        type("Add to Quirks", "Hard to Pilot");
        screen.run(() -> {
            field("Name").setFocus();
            field("Add to Quirks").notifyListeners(SWT.FocusOut, new Event());
        });
        awaitList("Quirks", "Improved Sensors", "Hard to Pilot");
        assertEquals("", text("Add to Quirks"));
        inEditor(UNDO);
        awaitList("Quirks", "Improved Sensors");
        screen.await("nothing to save", () -> !dirtyNow());
    }

    @Test
    void showsAnAmpersandInTheNameOfWhoHasItOpen() {
        Presence.Open there = new Presence.Open(ScriptedSync.ANNA, "Eva & Eve", ROOK, NAME, "/content/tonnage");
        Presence presence = new Presence() {
            @Override
            public void open(String itemId, String field) {}

            @Override
            public void close(String itemId) {}

            @Override
            public List<Open> at(String itemId) {
                return itemId.equals(ROOK) ? List.of(there) : List.of();
            }

            @Override
            public List<Open> by(Fingerprint device) {
                return List.of();
            }
        };
        Dictionary<String, Object> first = new Hashtable<>();
        first.put(Constants.SERVICE_RANKING, 1000);
        ServiceRegistration<Presence> registration = FrameworkUtil.getBundle(HangarEditorTest.class)
                .getBundleContext()
                .registerService(Presence.class, presence, first);
        try {
            open(NAME, "Name", NAME);
            screen.await(
                    "the sentence",
                    () -> labelled(CLabel.class, "Sync")
                            .anyMatch(label -> label.getText().endsWith("Open on Eva && Eve")));
        } finally {
            screen.run(() -> page().closeAllEditors(false));
            registration.unregister();
        }
    }

    @Test
    void showsTheBeginningOfAnEndlessWordAndKeepsIt() {
        showsTheBeginning(
                40_000,
                "Only the beginning is shown: Notes has a word of 40,000 letters. It is edited on the JSON page.");
        showsTheBeginning(
                1_000_000,
                "Only the beginning is shown: Notes has 1,000,004 characters, too many to be edited in one line.");
    }

    private void showsTheBeginning(int letters, String why) {
        String notes = "See " + "x".repeat(letters);
        String content = CONTENT.replace("\"notes\":\"\"", "\"notes\":\"" + notes + "\"");
        put(new Item(ROOK, "unit", NAME, content));
        long before = screen.busyMillis();
        open(NAME, "Name", NAME);
        awaitMessage(why);
        screen.awaitPainted();
        long millis = screen.busyMillis() - before;
        System.out.println("a word of " + letters + " letters in the editor: " + millis + " ms of the UI thread");
        assertTrue(millis < 3000, "the UI thread was busy for " + millis + " ms");
        assertTrue(text("Notes").startsWith("See xxx"), text("Notes"));
        assertFalse(screen.ask(() -> field("Notes").getEditable()));
        type("Year", "3062");
        save();
        String saved = item(ROOK).content();
        assertTrue(
                saved.contains("\"year\":3062")
                        && saved.contains("\"" + notes + "\"")
                        && saved.length() == content.length(),
                "saved something else");
        screen.run(() -> page().closeAllEditors(false));
    }

    @Test
    void anEndlessWordIsEditedAsJson() {
        String content = CONTENT.replace("\"notes\":\"\"", "\"notes\":\"" + "x".repeat(40_000) + "\"");
        put(new Item(ROOK, "unit", NAME, content));
        open(NAME, "Name", NAME);
        showPage("JSON");
        screen.await("the content", () -> json().getText().contains("x".repeat(40_000)));
        screen.run(() -> {
            int end = json().getText().indexOf("xxx") + 3;
            json().replaceTextRange(end, 39_997, " is short");
        });
        showPage("Form");
        awaitField("Notes", "xxx is short");
        assertTrue(screen.ask(() -> field("Notes").getEditable()));
        screen.await("no message", () -> messages().isEmpty());
        save();
        assertEquals(
                CONTENT.replace("\"notes\":\"\"", "\"notes\":\"xxx is short\""),
                item(ROOK).content());
    }

    @Test
    void takesNoEndlessWordIntoTheNotes() {
        open(NAME, "Name", NAME);
        type("Notes", "Mine");
        for (int letters : new int[] {40_000, 1_000_000}) {
            long before = screen.busyMillis();
            screen.copy("x".repeat(letters), TextTransfer.getInstance());
            screen.run(() -> {
                field("Notes").setFocus();
                field("Notes").setSelection(4);
                field("Notes").paste();
            });
            awaitMessage("Not taken: Notes would have a word of %,d letters.".formatted(letters + 4));
            long millis = screen.busyMillis() - before;
            assertTrue(millis < 1000, "the UI thread was busy for " + millis + " ms");
            assertEquals("Mine", text("Notes"));
        }
        type("Notes", "All mine");
        screen.await("no message", () -> messages().isEmpty());
        save();
        assertEquals(
                CONTENT.replace("\"notes\":\"\"", "\"notes\":\"All mine\""),
                item(ROOK).content());
    }

    // The JSON page

    @Test
    void marksMistakesInTheJson() {
        open(NAME, "Name", NAME);
        showPage("JSON");
        screen.await("the content", () -> json().getText().contains("\"year\": 3050"));
        Control page = screen.ask(() -> json().getParent());
        assertEquals(0, screen.<Integer>ask(() -> painted(MISTAKE, page)));
        mistake("{\n  \"year\": 3062,\n  oops\n}", "JSON page, line 3, column 3: This is not JSON");
        screen.await("a mark", () -> painted(MISTAKE, page) > 20);
        mistake("[1, 2]", "An item needs a JSON object, from { to }; this is a list.");
        mistake("{\"a\":".repeat(200) + "1" + "}".repeat(200), "This is nested too deep");
        mistake("", "There is nothing here.");

        writeJson("{\"year\": 3062}");
        screen.await("no message", () -> messages().isEmpty());
        screen.await("no mark", () -> painted(MISTAKE, page) == 0);
        showPage("Form");
        awaitField("Year", "3062");
        save();
        assertEquals("{\"year\":3062}", item(ROOK).content());
    }

    /** It is said, it is not saved, and the page with it stays. */
    private void mistake(String json, String why) {
        writeJson(json);
        awaitMessage(why);
        inEditor(SAVE);
        screen.awaitText("Correct this first: JSON.");
        screen.click("OK");
        screen.awaitNoText("Correct this first");
        showPage("Form");
        assertEquals(json, screen.ask(() -> json().getText()));
        assertEquals(CONTENT, item(ROOK).content());
        assertTrue(dirty());
    }

    @Test
    void takesNoTenMegabytesAndSaysSoAtOnce() {
        open(NAME, "Name", NAME);
        showPage("JSON");
        screen.await("the content", () -> json().getText().contains("\"year\": 3050"));
        String before = screen.ask(() -> json().getText());
        String megabytes = fields(300_000, "\n");
        assertTrue(megabytes.length() > 10_000_000, megabytes.length() + " characters");
        refused(megabytes, "This is too large: %,d characters", megabytes.length());
        String inOneLine = megabytes.replace("\n", "");
        refused(inOneLine, "This is too large: %,d characters", inOneLine.length());
        refused("{\"a\":\"" + "x".repeat(1_000_000) + "\"}", "A line of this has %,d characters.", 1_000_009);
        refused("x".repeat(1_000_000), "A line of this has %,d characters.", 1_000_000);
        assertEquals(before, screen.ask(() -> json().getText()));
        assertFalse(dirty());

        // What is large in one line, and not too large, is written in lines.
        pasteAsJson(fields(10_000, ""));
        screen.await("it in lines", () -> json().getText().startsWith("{\n  \"field0\": "));
        screen.await("no message", () -> messages().isEmpty());
        showPage("Form");
        awaitField("Year", "3062");
        screen.awaitText("9,950 more are on the JSON page.");
        save();
        assertTrue(item(ROOK).content().contains("\"field9999\":"));
    }

    @Test
    void showsNoJsonWithAnEndlessLineAndKeepsIt() {
        String content = CONTENT.replace("\"notes\":\"\"", "\"map\":\"" + "x".repeat(1_000_000) + "\"");
        put(new Item(ROOK, "unit", NAME, content));
        open(NAME, "Name", NAME);
        showPage("JSON");
        awaitMessage("Not shown. A line of this has 1,000,011 characters.");
        assertEquals("", screen.ask(() -> json().getText()));
        assertFalse(screen.ask(() -> json().getEditable()));
        showPage("Form");
        type("Year", "3062");
        save();
        String saved = item(ROOK).content();
        assertTrue(saved.contains("\"year\":3062") && saved.length() == content.length(), "saved something else");
        put(new Item(ROOK, "unit", NAME, CONTENT));
        showPage("JSON");
        screen.await("the content", () -> json().getText().contains("\"year\": 3050"));
        assertTrue(screen.ask(() -> json().getEditable()));
        screen.await("no message", () -> messages().isEmpty());
    }

    private static String fields(int count, String before) {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < count; i++) {
            text.append(before).append("\"field" + i + "\":\"some more text " + i + "\",");
        }
        return text.append("\"year\":3062}").toString();
    }

    /** It is said before the person can wonder. */
    private void refused(String pasted, String why, int count) {
        long before = screen.busyMillis();
        pasteAsJson(pasted);
        awaitMessage("Not pasted. " + why.formatted(count));
        long millis = screen.busyMillis() - before;
        assertTrue(millis < 1000, "the UI thread was busy for " + millis + " ms");
    }

    /** Pastes over all that is there. Test thread. */
    private void pasteAsJson(String text) {
        screen.copy(text, TextTransfer.getInstance());
        screen.run(() -> {
            json().selectAll();
            json().paste();
        });
    }

    @Test
    void undoesAndRedoesWhatWasWrittenAsJson() {
        open(NAME, "Name", NAME);
        showPage("JSON");
        screen.await("the content", () -> json().getText().contains("\"year\": 3050"));
        String written = screen.ask(() -> json().getText());
        writeJson("{\"year\": 3062}");
        screen.await("it to be taken", this::dirtyNow);
        inEditor(UNDO);
        screen.await("the text as it was", () -> json().getText().equals(written));
        screen.await("nothing to save", () -> !dirtyNow());
        inEditor(REDO);
        screen.await("it to be back", () -> json().getText().equals("{\"year\": 3062}"));
        save();
        assertEquals("{\"year\":3062}", item(ROOK).content());
    }

    // The vault

    /** As sync does. */
    private void put(Item item) {
        Revision revision = new Revision("test" + ++revisions);
        assertInstanceOf(
                Put.Taken.class,
                vault().put(item, revision, vault().get(item.id()).map(Stored::revision)));
    }

    private static Stored stored(String id) {
        return vault().get(id).orElseThrow();
    }

    private static Item item(String id) {
        return stored(id).item();
    }

    private Set<String> added() {
        Set<String> added = new TreeSet<>(vault().ids());
        added.removeAll(before);
        return added;
    }

    private static String only(Set<String> ids, String but) {
        List<String> others = ids.stream().filter(id -> !id.equals(but)).toList();
        assertEquals(1, others.size(), others::toString);
        return others.getFirst();
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    // The widgets; those without a comment on the UI thread

    private List<String> rows() {
        List<String> rows = new ArrayList<>();
        for (TreeItem shelf : navigator().getItems()) {
            rows.add(shelf.getText());
            Arrays.stream(shelf.getItems()).map(TreeItem::getText).forEach(rows::add);
        }
        return rows;
    }

    private Stream<TreeItem> rows(String name) {
        return Arrays.stream(navigator().getItems())
                .flatMap(shelf -> Arrays.stream(shelf.getItems()))
                .filter(row -> row.getText().equals(name));
    }

    /** Test thread. */
    private void awaitRow(String name) {
        screen.await("the row " + name, () -> rows(name).findAny().isPresent());
    }

    /** Test thread. */
    private void select(String name) {
        awaitRow(name);
        screen.run(() -> {
            activate(NAVIGATOR);
            TreeItem row = rows(name).findFirst().orElseThrow();
            navigator().setSelection(row);
            Event event = new Event();
            event.item = row;
            navigator().notifyListeners(SWT.Selection, event);
        });
    }

    /** Opens an item from the navigator, and waits until a field says something. Test thread. */
    private void open(String name, String field, String value) {
        select(name);
        screen.run(() -> {
            Event event = new Event();
            event.item = navigator().getSelection()[0];
            navigator().notifyListeners(SWT.DefaultSelection, event);
        });
        awaitField(field, value);
    }

    /** Runs a command that may open a dialog. Without a window manager the editor is not active after one. Test thread. */
    private void inEditor(String command) {
        screen.start(() -> {
            page().activate(page().getActiveEditor());
            execute(command);
        });
    }

    /** Test thread. */
    private boolean enabled(String command) {
        return screen.ask(() -> {
            page().activate(page().getActiveEditor());
            return PlatformUI.getWorkbench()
                    .getService(ICommandService.class)
                    .getCommand(command)
                    .isEnabled();
        });
    }

    /** Test thread. */
    private void save() {
        inEditor(SAVE);
        screen.await("it to be saved", () -> !dirtyNow());
    }

    private boolean dirtyNow() {
        return page().getActiveEditor().isDirty();
    }

    /** Test thread. */
    private boolean dirty() {
        return screen.ask(this::dirtyNow);
    }

    private <T extends Control> Stream<T> labelled(Class<T> kind, String label) {
        return screen.all(kind).filter(control -> label.equals(control.getData("label")));
    }

    private Text field(String label) {
        return labelled(Text.class, label).findFirst().orElseThrow();
    }

    /** Test thread. */
    private String text(String label) {
        return screen.ask(() -> field(label).getText());
    }

    /** Test thread. */
    private void awaitField(String label, String value) {
        screen.await(
                label + " to be " + value,
                () -> labelled(Text.class, label)
                        .anyMatch(text -> text.getText().equals(value)));
    }

    /** Types over what is in a field. Test thread. */
    private void type(String label, String typed) {
        screen.run(() -> {
            field(label).setFocus();
            field(label).selectAll();
            field(label).insert(typed);
        });
    }

    private List<String> messages() {
        List<String> messages = new ArrayList<>();
        screen.all(Form.class).filter(form -> form.getMessage() != null).forEach(form -> {
            messages.add(form.getMessage());
            if (form.getChildrenMessages() != null) {
                Arrays.stream(form.getChildrenMessages())
                        .map(IMessage::getMessage)
                        .forEach(messages::add);
            }
        });
        return messages;
    }

    /** Test thread. */
    private void awaitMessage(String text) {
        screen.await("the message " + text, () -> messages().stream().anyMatch(said -> said.contains(text)));
    }

    private Table list(String label) {
        return labelled(Table.class, label).findFirst().orElseThrow();
    }

    /** Test thread. */
    private void awaitList(String label, String... rows) {
        screen.await(
                label + " to be " + List.of(rows),
                () -> Arrays.stream(list(label).getItems())
                        .map(TableItem::getText)
                        .toList()
                        .equals(List.of(rows)));
    }

    /** Selects the first row of a list. Test thread. */
    private void choose(String label) {
        screen.run(() -> {
            list(label).setSelection(0);
            list(label).notifyListeners(SWT.Selection, new Event());
        });
    }

    /** Test thread. */
    private void doubleClick(String label) {
        choose(label);
        screen.start(() -> list(label).notifyListeners(SWT.MouseDoubleClick, new Event()));
    }

    /** Test thread. */
    private void showPage(String title) {
        screen.run(() -> {
            CTabItem tab = screen.all(CTabFolder.class)
                    .flatMap(pages -> Arrays.stream(pages.getItems()))
                    .filter(each -> each.getText().equals(title))
                    .findFirst()
                    .orElseThrow();
            tab.getParent().setSelection(tab);
            Event event = new Event();
            event.item = tab;
            tab.getParent().notifyListeners(SWT.Selection, event);
        });
    }

    private StyledText json() {
        return labelled(StyledText.class, "JSON").findFirst().orElseThrow();
    }

    /** Test thread. */
    private void writeJson(String text) {
        screen.run(() -> json().setText(text));
    }

    private Canvas thumbnail(String name) {
        return labelled(Canvas.class, name).findFirst().orElseThrow();
    }

    /** Test thread. */
    private void awaitThumbnails(String... names) {
        screen.await(
                "the pictures " + List.of(names),
                () -> screen.all(Canvas.class)
                        .filter(canvas -> canvas.getClass() == Canvas.class)
                        .map(canvas -> canvas.getData("label"))
                        .filter(String.class::isInstance)
                        .sorted()
                        .toList()
                        .equals(List.of(names)));
    }

    private static ImageData green(int width, int height) {
        ImageData picture = new ImageData(width, height, 24, new PaletteData(0xff0000, 0xff00, 0xff));
        int pixel = picture.palette.getPixel(GREEN);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                picture.setPixel(x, y, pixel);
            }
        }
        return picture;
    }

    private Path picture(String name, int format) {
        return picture(name, format, 20, 20);
    }

    private Path picture(String name, int format, int width, int height) {
        Path file = folder.resolve(name);
        ImageLoader loader = new ImageLoader();
        loader.data = new ImageData[] {green(width, height)};
        loader.save(file.toString(), format);
        return file;
    }

    /** How many pixels have a colour where a control is on the screen. */
    private static int painted(RGB colour, Control where) {
        Display display = where.getDisplay();
        while (display.readAndDispatch()) {
            // let it be painted
        }
        Rectangle area = display.map(where.getParent(), null, where.getBounds());
        Image image = new Image(display, area.width, area.height);
        GC gc = new GC(display);
        try {
            gc.copyArea(image, area.x, area.y);
            ImageData data = image.getImageData();
            int count = 0;
            for (int y = 0; y < data.height; y++) {
                for (int x = 0; x < data.width; x++) {
                    count += data.palette.getRGB(data.getPixel(x, y)).equals(colour) ? 1 : 0;
                }
            }
            return count;
        } finally {
            gc.dispose();
            image.dispose();
        }
    }
}
