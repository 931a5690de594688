// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.jface.dialogs.TitleAreaDialog;
import org.eclipse.swt.SWT;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.FileTransfer;
import org.eclipse.swt.dnd.ImageTransfer;
import org.eclipse.swt.dnd.RTFTransfer;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.ImageLoader;
import org.eclipse.swt.graphics.PaletteData;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.ToolItem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.Member;
import org.vaultsync.Reach;
import org.vaultsync.Room;
import org.vaultsync.SyncException;

class RoomDialogTest extends ViewsTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void open() {
        openPeers();
        screen.awaitText("Share with a friend");
    }

    @Test
    void saysWhatIsWrongWithANameAsItIsTyped() {
        screen.click("Create Room…");
        screen.awaitText("A room is private");
        assertFalse(enabled("Create"));
        screen.type(false, "x".repeat(70));
        screen.awaitText("A name has at most 64 characters; this one has 70.");
        assertFalse(enabled("Create"));
        screen.type(false, "bell \u0007");
        screen.awaitText("other control characters");
        assertFalse(enabled("Create"));
        screen.type(false, "   ");
        screen.awaitNoText("other control characters");
        assertFalse(enabled("Create"));
        screen.type(false, "Friday");
        screen.awaitText("A room is private");
        assertTrue(enabled("Create"));
    }

    @Test
    void leadsFromANewRoomToItsInviteAndTheClipboard() {
        screen.click("Create Room…");
        screen.type(false, " Friday ");
        screen.click("Create");
        awaitCall("createRoom Friday");
        String line = ScriptedSync.inviteBy(ScriptedSync.SELF).line();
        screen.awaitText(line);
        screen.awaitText("It can be used once, within a week.");
        screen.click("Copy Invite");
        screen.awaitText("Copied.");
        String copied = screen.ask(() -> {
            Clipboard clipboard = new Clipboard(Display.getCurrent());
            try {
                return (String) clipboard.getContents(TextTransfer.getInstance());
            } finally {
                clipboard.dispose();
            }
        });
        assertTrue(line.equals(copied), copied);
        sync.put(new Room(
                ScriptedSync.HOME,
                "Friday",
                List.of(),
                List.of(new Member(ScriptedSync.ANNA, "Anna's laptop", new Reach.Dialling(1, 5), 0))));
        screen.awaitText("Anna's laptop has joined.");
    }

    @Test
    void saysWhatIsWrongWithAnInvite() {
        String line = ScriptedSync.inviteBy(ScriptedSync.ANNA).line();
        screen.click("Join with Invite…");
        screen.awaitText("Paste the line");
        screen.type(true, "hello, have a look at this line");
        screen.awaitText("This is not an invite");
        screen.type(true, line.substring(0, line.length() - 9));
        screen.awaitText("Copy the whole line again");
        screen.type(true, ScriptedSync.inviteBy(ScriptedSync.SELF).line());
        screen.awaitText("This is your own invite");
        assertFalse(enabled("Join"));
        screen.type(true, line.substring(0, 40) + "\n  " + line.substring(40));
        screen.awaitText("This is an invite by the device " + ScriptedSync.ANNA.brief());
        assertTrue(enabled("Join"));
    }

    @Test
    void showsWhyJoiningFailedWhereThePersonLooks() {
        join();
        screen.awaitText("Waiting for the other device");
        sync.joining.completeExceptionally(new SyncException("The other device could not be reached."));
        screen.awaitText("The other device could not be reached.");
        assertTrue(enabled("Join"));
        sync.put(new Room(ScriptedSync.HOME, "Home", List.of(), List.of()));
        screen.awaitText("Home"); // the dialog has heard of it, too, and still says why
        screen.awaitText("The other device could not be reached.");
        screen.type(true, ScriptedSync.inviteBy(ScriptedSync.SELF).line());
        screen.awaitText("This is your own invite");
    }

    @Test
    void afterAnInviteThatHasExpiredANewOneCanBePasted() {
        join();
        screen.awaitText("Waiting for the other device");
        sync.joining.completeExceptionally(new SyncException("This invite has expired. Ask for a new one."));
        screen.awaitText("This invite has expired. Ask for a new one.");
        screen.awaitText(ScriptedSync.inviteBy(ScriptedSync.ANNA).line());
        sync.calls.clear();
        sync.joining = new CompletableFuture<>();
        screen.type(true, ScriptedSync.inviteBy(ScriptedSync.fingerprint(3)).line());
        screen.awaitNoText("This invite has expired");
        screen.click("Join");
        awaitCall("join");
        sync.withFriday();
        sync.joining.complete(ScriptedSync.FRIDAY);
        screen.await("the dialog to close", () -> !screen.dialogOpen());
    }

    @Test
    void whoCancelsWhileItJoinsIsAskedAboutNoMore() {
        givesUpJoining(() -> screen.click("Cancel"));
    }

    @Test
    void whoPressesEscWhileItJoinsIsAskedAboutNoMore() {
        givesUpJoining(() -> {
            Shell dialog = screen.find(Shell.class, "Room");
            screen.start(() -> dialog.traverse(SWT.TRAVERSE_ESCAPE));
        });
    }

    @Test
    void whoClosesTheWindowWhileItJoinsIsAskedAboutNoMore() {
        givesUpJoining(screen::closeDialogs);
    }

    private void givesUpJoining(Runnable giveUp) {
        join();
        screen.awaitText("Waiting for the other device");
        giveUp.run();
        screen.await("the dialog to close", () -> !screen.dialogOpen());
        assertTrue(sync.joining.isCancelled());
        assertEquals(List.of("join"), sync.calls);
    }

    @Test
    void whoCancelsWhileItEntersAnOpenRoomIsNotInItLater() {
        enterOpen();
        screen.click("Cancel");
        screen.await("the dialog to close", () -> !screen.dialogOpen());
        String entered = sync.calls.getLast();
        sync.withFriday();
        sync.joining.complete(ScriptedSync.FRIDAY);
        assertEquals(List.of(entered, "leave " + ScriptedSync.FRIDAY.hex()), sync.calls);
    }

    @Test
    void nothingIsLeftWhereEnteringFailsAfterItWasGivenUp() {
        enterOpen();
        screen.click("Cancel");
        screen.await("the dialog to close", () -> !screen.dialogOpen());
        String entered = sync.calls.getLast();
        sync.joining.completeExceptionally(new SyncException("The disk is full."));
        assertEquals(List.of(entered), sync.calls);
    }

    private void enterOpen() {
        screen.click("Join with Invite…");
        screen.awaitText("Paste the line");
        screen.type(true, ScriptedSync.openLine());
        screen.click("Join");
        screen.await("the call", () -> sync.calls.stream().anyMatch(call -> call.startsWith("joinOpenRoom")));
    }

    @Test
    void showsTheRoomThatWasJoined() {
        join();
        awaitCall("join");
        sync.withFriday();
        sync.joining.complete(ScriptedSync.FRIDAY);
        screen.await("the dialog to close", () -> !screen.dialogOpen());
        screen.awaitText("Friday & friends");
        assertEquals(List.of("join"), sync.calls);
    }

    private void join() {
        screen.click("Join with Invite…");
        screen.awaitText("Paste the line");
        screen.type(true, ScriptedSync.inviteBy(ScriptedSync.ANNA).line());
        screen.click("Join");
        awaitCall("join");
    }

    /** Of the dialog, which is on top of the view that has a button with the same words. */
    private boolean enabled(String button) {
        Button found = screen.find(Button.class, button);
        return screen.ask(found::isEnabled);
    }

    /** Opens the dialog to join, after it has taken a picture of the code of an invite. */
    private ImageData pictureOfAnInvite() {
        screen.click("Create Room…");
        screen.type(false, "Friday");
        screen.click("Create");
        screen.awaitText(ownLine());
        ImageData picture = screen.pictureOfCode();
        screen.closeDialogs();
        screen.press(screen.find(ToolItem.class, "Join with Invite"));
        screen.awaitText("Paste the line");
        return picture;
    }

    private static String ownLine() {
        return ScriptedSync.inviteBy(ScriptedSync.SELF).line();
    }

    private static void save(ImageData picture, Path file) {
        ImageLoader loader = new ImageLoader();
        loader.data = new ImageData[] {picture};
        loader.save(file.toString(), SWT.IMAGE_PNG);
    }

    @Test
    void readsTheCodeOfAnInviteInAPictureOnTheClipboard() {
        screen.copy(pictureOfAnInvite(), ImageTransfer.getInstance());
        screen.click("From Clipboard");
        screen.awaitText(ownLine());
        screen.awaitText("This is your own invite");
    }

    @Test
    void aSearchForACodeIsCancelledAndTheDialogStays() {
        screen.copy(pictureOfAnInvite(), ImageTransfer.getInstance());
        Job.getJobManager().suspend(); // so that it does not end before
        try {
            screen.click("From Clipboard");
            screen.awaitText("Searching the picture for a QR code…");
            screen.click("Cancel");
            screen.awaitText("The search was cancelled.");
            screen.awaitNoText("Searching the picture for a QR code…");
        } finally {
            Job.getJobManager().resume();
        }
        screen.click("From Clipboard");
        screen.awaitText(ownLine());
        Job.getJobManager().suspend();
        try {
            screen.click("From Clipboard");
            screen.awaitText("Searching the picture for a QR code…");
            screen.closeDialogs();
            assertEquals(
                    0,
                    Stream.of(Job.getJobManager().find(null))
                            .filter(job -> job.getName().startsWith("Searching the picture"))
                            .count());
        } finally {
            Job.getJobManager().resume();
        }
    }

    @Test
    void readsTheCodeOfAnInviteInAPictureFileThatWasCopied() throws IOException {
        Path file = folder.resolve("invite.png");
        save(pictureOfAnInvite(), file);
        screen.copy(new String[] {file.toString()}, FileTransfer.getInstance());
        screen.click("From Clipboard");
        screen.awaitText(ownLine());
        Files.writeString(file, "no picture");
        screen.type(true, "");
        screen.click("From Clipboard");
        screen.awaitText("This is not a picture that can be read");
    }

    @Test
    void aSmallFileThatIsAHugePictureIsNotDecoded() throws IOException {
        Path file = folder.resolve("bomb.png");
        Files.write(file, bomb(40_000));
        assertTrue(Files.size(file) < 300_000);
        screen.press(screen.find(ToolItem.class, "Join with Invite"));
        screen.awaitText("Paste the line");
        screen.copy(new String[] {file.toString()}, FileTransfer.getInstance());
        screen.click("From Clipboard");
        screen.awaitText("This is not a picture that can be read, or it is far too large.");
    }

    /** A white square so many pixels wide, as a PNG. */
    private static byte[] bomb(int side) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream rows = new DeflaterOutputStream(packed)) {
            byte[] row = new byte[1 + side / 8];
            for (int y = 0; y < side; y++) {
                rows.write(row);
            }
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(file);
        out.writeLong(0x89504e470d0a1a0aL);
        ByteBuffer header = ByteBuffer.allocate(13).putInt(side).putInt(side).put(new byte[] {1, 0, 0, 0, 0});
        for (Map.Entry<String, byte[]> chunk : List.of(
                Map.entry("IHDR", header.array()),
                Map.entry("IDAT", packed.toByteArray()),
                Map.entry("IEND", new byte[0]))) {
            CRC32 sum = new CRC32();
            sum.update(chunk.getKey().getBytes(StandardCharsets.US_ASCII));
            sum.update(chunk.getValue());
            out.writeInt(chunk.getValue().length);
            out.writeBytes(chunk.getKey());
            out.write(chunk.getValue());
            out.writeInt((int) sum.getValue());
        }
        return file.toByteArray();
    }

    @Test
    void readsTheCodeOfAnInviteFromTheScreen() {
        ImageData picture = pictureOfAnInvite();
        Shell elsewhere = screen.show(picture, 40, 40);
        screen.click("From Screen");
        screen.awaitText(ownLine());
        screen.run(elsewhere::dispose);
        screen.type(true, "");
        screen.click("From Screen");
        screen.awaitText("No fitting QR code was found on the screen.");
        screen.run(screen.find(Shell.class, "Where Is the QR Code?")::close);
        screen.awaitText("No QR code was found.");
    }

    @Test
    void whatIsOfNoUseOnTheClipboardLeavesWhatWasTyped() {
        screen.press(screen.find(ToolItem.class, "Join with Invite"));
        screen.awaitText("Paste the line");
        screen.type(true, "qk7m3x");
        screen.copy("{\\rtf1 Hello}", RTFTransfer.getInstance());
        screen.click("From Clipboard");
        screen.awaitText("There is neither a text nor a picture on the clipboard.");
        screen.awaitText("qk7m3x");
        assertTrue(enabled("Join"));
    }

    @Test
    void whatIsLongerThanAnyInviteIsNotTaken() {
        screen.press(screen.find(ToolItem.class, "Join with Invite"));
        screen.awaitText("Paste the line");
        screen.type(true, "qk7m3x");
        screen.copy("x".repeat(40_000), TextTransfer.getInstance());
        long before = screen.busyMillis();
        screen.click("From Clipboard");
        screen.awaitText("What you have there is too long: 40,000 characters.");
        screen.awaitPainted();
        long millis = screen.busyMillis() - before;
        assertTrue(millis < 1000, "the UI thread was busy for " + millis + " ms");
        screen.awaitText("qk7m3x");
        screen.type(true, "qk7m3y");
        screen.awaitNoText("What you have there is too long");
    }

    @Test
    void ofSeveralInvitesInAPictureThePersonChoosesOne() {
        screen.press(screen.find(ToolItem.class, "Join with Invite"));
        screen.awaitText("Paste the line");
        screen.copy(QrPicture.of("0123 4567 89ab"), ImageTransfer.getInstance());
        screen.click("From Clipboard");
        screen.awaitText("There is a QR code, but it is not an invite.");
        screen.copy(QrPicture.of("0123 4567 89ab", ownLine(), ScriptedSync.openLine()), ImageTransfer.getInstance());
        screen.click("From Clipboard");
        screen.awaitText("Several invites were found. Which one do you mean?");
        screen.awaitText("An invite by the device " + ScriptedSync.SELF.brief());
        Table found = screen.find(Table.class, "The code of the open room QK7-M3X");
        assertEquals(2, screen.ask(found::getItemCount));
        screen.click("Cancel");
        screen.awaitNoText("Several invites were found");
        assertFalse(enabled("Join"));
        screen.click("From Clipboard");
        screen.choose("The code of the open room QK7-M3X");
        screen.click("OK");
        screen.awaitText("This is the code of the open room QK7-M3X.");
    }

    @Test
    void saysThatThereIsNoCodeInAPicture() {
        pictureOfAnInvite();
        screen.copy(new ImageData(200, 200, 24, new PaletteData(0xff, 0xff00, 0xff0000)), ImageTransfer.getInstance());
        screen.click("From Clipboard");
        screen.awaitText("No QR code was found.");
    }

    private static final String OPEN = "Open: whoever knows its code gets in, also from a browser";

    @Test
    void createsAnOpenRoomAndShowsItsCode() {
        screen.click("Create Room…");
        screen.type(false, "Friday");
        screen.awaitText("A room is private");
        screen.click(OPEN);
        screen.awaitText("can see and change what is in it");
        screen.typeAfter("Password, if it has one:", "abc");
        screen.awaitText("Weak: easy to guess");
        screen.typeAfter("Password, if it has one:", "correct horse battery staple");
        screen.awaitText("Strong: hard to guess");
        screen.click("Create");
        awaitCall("createOpenRoom Friday FIELDS correct horse battery staple ASK");
        screen.awaitText("QK7-M3X @ wss://meet.example:4444");
        screen.awaitText("They need the password, too.");
        screen.click("Copy Link");
        screen.awaitText("Copied: the code with the server");
        String copied = screen.ask(() -> {
            Clipboard clipboard = new Clipboard(Display.getCurrent());
            try {
                return (String) clipboard.getContents(TextTransfer.getInstance());
            } finally {
                clipboard.dispose();
            }
        });
        assertTrue(copied.equals("vaultsync:QK7-M3X@wss://meet.example:4444"), copied);
    }

    @Test
    void showsThePasswordToWhoWantsToSeeIt() {
        screen.click("Create Room…");
        screen.click(OPEN);
        screen.typeAfter("Password, if it has one:", "correct horse");
        Text password = screen.find(Text.class, "correct horse");
        Button show = screen.find(Button.class, "Show");
        assertFalse(screen.ask(show::getSelection));
        assertTrue(screen.ask(password::getEchoChar) != 0, "it is to be read");
        tick(show, true);
        assertTrue(screen.ask(password::getEchoChar) == 0, "it is hidden");
        tick(show, false);
        assertTrue(screen.ask(password::getEchoChar) != 0, "it is to be read still");
    }

    private void tick(Button box, boolean wanted) {
        screen.run(() -> {
            box.setSelection(wanted);
            box.notifyListeners(SWT.Selection, new Event());
        });
    }

    @Test
    void saysThatNobodyCouldBeMetInAnOpenRoomWithoutAServer() {
        pairing.signaling = Optional.empty();
        screen.click("Create Room…");
        screen.type(false, "Friday");
        screen.click(OPEN);
        screen.awaitText("No signaling server is known, so nobody could be met.");
        assertFalse(enabled("Create"));
        screen.click("Join a room with an invite");
        screen.type(true, "qk7m3x");
        screen.awaitText("With this code alone nobody can be met");
        assertFalse(enabled("Join"));
        pairing.nearbyServers = List.of("ws://192.168.1.9:4444");
        sync.tellRooms();
        screen.awaitText("Others are met at ws://192.168.1.9:4444.");
        assertTrue(enabled("Join"));
        screen.type(true, "qk7m3x @ wss://meet.example:4444");
        screen.awaitText("This is the code of the open room QK7-M3X.");
        assertTrue(enabled("Join"));
    }

    @Test
    void saysWhatIsWrongWithACodeAsItIsTyped() {
        screen.click("Join with Invite…");
        screen.awaitText("Paste the line");
        screen.type(true, "qk7");
        screen.awaitText("A code has 6 characters; this one has 3 so far.");
        assertEquals(Optional.empty(), error(), "who has begun to type has made no mistake yet");
        assertFalse(enabled("Join"));
        screen.type(true, "qk7-m3o");
        screen.awaitText("No code has “O” in it");
        assertTrue(error().isPresent());
        screen.type(true, "qk7-m3xx");
        screen.awaitText("A code has 6 characters; this one has 7.");
        assertFalse(enabled("Join"));
        screen.type(true, "QK7-M3X @ http://meet.example");
        screen.awaitText("is not the address of a signaling server");
        assertFalse(enabled("Join"));
        screen.type(true, " qk7-m3X ");
        screen.awaitText("Others are met at ws://192.168.1.20:4444.");
        assertTrue(enabled("Join"));
    }

    /** What the dialog calls wrong. */
    private Optional<String> error() {
        Shell dialog = screen.ask(screen.find(Button.class, "Join")::getShell);
        return Optional.ofNullable(screen.ask(((TitleAreaDialog) screen.ask(dialog::getData))::getErrorMessage));
    }

    @Test
    void asksForThePasswordBelowTheWayThatItBelongsTo() {
        screen.click("Create Room…");
        screen.type(false, "Friday");
        screen.click(OPEN);
        Label password = screen.find(Label.class, "Password, if it has one:");
        Button join = screen.find(Button.class, "Join a room with an invite");
        screen.await("the password above the other way", () -> isAbove(password, join));
        screen.click("Join a room with an invite");
        screen.type(true, "qk7m3x");
        Text code = screen.find(Text.class, "qk7m3x");
        screen.await("the password below the code", () -> isAbove(code, password));
    }

    private static boolean isAbove(Control upper, Control lower) {
        return lower.isVisible() && upper.toDisplay(0, 0).y < lower.toDisplay(0, 0).y;
    }

    @Test
    void ratesAPasswordForWhoChoosesItAlone() {
        screen.click("Create Room…");
        screen.type(false, "Friday");
        screen.click(OPEN);
        screen.typeAfter("Password, if it has one:", "abc");
        screen.awaitText("Weak: easy to guess");
        screen.click("Join a room with an invite");
        screen.type(true, "qk7m3x");
        screen.awaitText("This is the code of the open room");
        assertFalse(screen.ask(screen::words).contains("Weak: easy to guess"));
        screen.typeAfter("Password, if it has one:", "correct horse battery staple");
        assertFalse(screen.ask(screen::words).contains("Strong: hard to guess"));
    }

    @Test
    void joinsAnOpenRoomWithItsPassword() {
        screen.click("Join with Invite…");
        screen.awaitText("Paste the line");
        screen.type(true, "vaultsync:QK7-M3X@wss://meet.example:4444");
        screen.typeAfter("Password, if it has one:", "sésame");
        Button take = screen.find(Button.class, "Take what others share into my vault at once");
        screen.run(() -> take.setSelection(true));
        screen.click("Join");
        awaitCall("joinOpenRoom QK7-M3X @ wss://meet.example:4444 sésame TAKE");
        sync.put(ScriptedSync.openRoom("QK7-M3X", true));
        sync.joining.complete(ScriptedSync.HOME);
        screen.await("the dialog to close", () -> !screen.dialogOpen());
    }
}
