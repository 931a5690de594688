// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.rooms;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.eclipse.jface.viewers.ArrayContentProvider;
import org.eclipse.jface.viewers.LabelProvider;
import org.eclipse.jface.window.Window;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.FileTransfer;
import org.eclipse.swt.dnd.ImageTransfer;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.FileDialog;
import org.eclipse.swt.widgets.Monitor;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.dialogs.ListDialog;
import org.vaultsync.Invite;
import org.vaultsync.OpenRoomAddress;
import org.vaultsync.SyncException;
import org.vaultsync.ui.measure.PictureSize;
import org.vaultsync.ui.qr.QrReader;
import org.vaultsync.ui.qr.RegionPicker;
import org.vaultsync.ui.text.Messages;

/**
 * Where an invite, or a text that links by hand, may be got from besides the keyboard. UI thread; pictures are read and searched
 * by a job.
 */
final class InviteSources {
    private static final long LARGEST_FILE = 64L << 20;

    /** In characters, of an invite. */
    private static final int LONGEST = 8192;

    private InviteSources() {}

    /**
     * The text on the clipboard, or what the QR codes in the picture there say, as far as it is wanted; the picture may be a
     * copied file. Fails with a {@link SyncException}.
     */
    static CompletionStage<List<String>> clipboard(Shell shell, Predicate<String> wanted) {
        Clipboard clipboard = new Clipboard(shell.getDisplay());
        try {
            // Beside a file there is its name as a text, too.
            Object files = clipboard.getContents(FileTransfer.getInstance());
            if (files instanceof String[] paths && paths.length > 0) {
                return file(shell, paths[0], wanted);
            }
            Object text = clipboard.getContents(TextTransfer.getInstance());
            if (text instanceof String line && !line.isBlank()) {
                return CompletableFuture.completedStage(List.of(line));
            }
            Object picture = clipboard.getContents(ImageTransfer.getInstance());
            return picture instanceof ImageData data
                    ? PictureSearch.start(shell, () -> data, QrReader::read, wanted)
                    : failed(Messages.clipboardEmpty);
        } finally {
            clipboard.dispose();
        }
    }

    /** What is wanted of what the QR codes in a picture file say; empty if the person chose none. */
    static Optional<CompletionStage<List<String>>> file(Shell shell, Predicate<String> wanted) {
        FileDialog dialog = new FileDialog(shell, SWT.OPEN);
        dialog.setText(Messages.inviteFromFileTitle);
        dialog.setFilterExtensions(new String[] {"*.png;*.jpg;*.jpeg;*.gif;*.bmp", "*.*"});
        return Optional.ofNullable(dialog.open()).map(path -> file(shell, path, wanted));
    }

    private static CompletionStage<List<String>> file(Shell shell, String path, Predicate<String> wanted) {
        return PictureSearch.start(shell, () -> read(Path.of(path)), QrReader::read, wanted);
    }

    /** Reads a picture whose file says of itself that it is not too large. */
    private static ImageData read(Path file) throws IOException {
        if (Files.size(file) > LARGEST_FILE) {
            throw new IOException("too large: " + Files.size(file) + " bytes");
        }
        byte[] bytes = Files.readAllBytes(file);
        long pixels =
                PictureSize.pixels(bytes).orElseThrow(() -> new IOException("no picture of a kind that is known"));
        if (pixels > PictureSearch.LARGEST_PICTURE) {
            throw new IOException("too large: " + pixels + " pixels");
        }
        return new ImageData(new ByteArrayInputStream(bytes));
    }

    /**
     * What is wanted of what QR codes on the screen say; the windows of this application that are in front of it step aside.
     * Where nothing is found, the person points at a part of the screen.
     */
    static CompletionStage<List<String>> screen(Shell inFront, Predicate<String> wanted) {
        Display display = inFront.getDisplay();
        inFront.setVisible(false);
        CompletableFuture<ImageData> taken = new CompletableFuture<>();
        // Until what was behind is painted.
        display.timerExec(400, () -> {
            try {
                taken.complete(picture(display));
            } catch (RuntimeException | Error noPicture) {
                taken.completeExceptionally(noPicture);
            } finally {
                if (!inFront.isDisposed()) {
                    inFront.setVisible(true);
                }
            }
        });
        return taken.thenCompose(seen -> PictureSearch.start(inFront, () -> seen, QrReader::read, wanted)
                .exceptionallyComposeAsync(none -> part(inFront, seen, wanted, none), display::asyncExec));
    }

    /** What is wanted of a part of the screen that the person frames; fails as before if they do not. */
    private static CompletionStage<List<String>> part(
            Shell inFront, ImageData seen, Predicate<String> wanted, Throwable none) {
        if (isBlank(seen) || PictureSearch.isCancelled(none)) {
            return CompletableFuture.failedStage(none);
        }
        return RegionPicker.pick(inFront, seen)
                .thenCompose(framed -> framed.map(
                                part -> PictureSearch.start(inFront, () -> part, QrReader::readClosely, wanted))
                        .orElseGet(() -> CompletableFuture.failedStage(none)));
    }

    /** Whether it is one colour everywhere: what a desktop gives that lets no application see the screen. */
    private static boolean isBlank(ImageData picture) {
        int first = picture.getPixel(0, 0);
        int[] row = new int[picture.width];
        for (int y = 0; y < picture.height; y++) {
            picture.getPixels(0, y, row.length, row, 0);
            if (!Arrays.stream(row).allMatch(pixel -> pixel == first)) {
                return false;
            }
        }
        return true;
    }

    private static ImageData picture(Display display) {
        Rectangle all = display.getBounds();
        Image image = new Image(display, all.width, all.height);
        GC gc = new GC(display);
        try {
            gc.copyArea(image, all.x, all.y);
            // As many dots as the screen has, unless that is too many to search.
            int zoom = Arrays.stream(display.getMonitors())
                    .mapToInt(Monitor::getZoom)
                    .max()
                    .orElse(100);
            long dots = (long) all.width * zoom / 100 * all.height * zoom / 100;
            return image.getImageData(dots <= PictureSearch.LARGEST_PICTURE ? zoom : 100);
        } finally {
            gc.dispose();
            image.dispose();
        }
    }

    /** Keeps out of a field what is longer than any invite: to wrap it as one word would take the toolkit seconds. */
    static void limit(Text field, Consumer<String> refused) {
        field.addVerifyListener(event -> {
            int length = field.getCharCount() - (event.end - event.start) + event.text.length();
            if (length > LONGEST) {
                event.doit = false;
                refused.accept(NLS.bind(Messages.pastedTooLong, "%,d".formatted(length)));
            }
        });
    }

    /** Whether a text links by hand, by its looks. */
    static boolean isByHand(String text) {
        return text.matches("[A-Za-z0-9_-]{60,1000}");
    }

    /** Whether a text leads into a room. */
    static boolean isInvite(String text) {
        try {
            if (text.indexOf('@') >= 0) {
                OpenRoomAddress.parse(text);
            } else {
                Invite.parse(text);
            }
            return true;
        } catch (SyncException another) {
            return false;
        }
    }

    /** The only one of the texts that were found, or the one that the person chooses; empty if none. */
    static Optional<String> one(Shell shell, List<String> found) {
        if (found.size() == 1) {
            return Optional.of(found.getFirst());
        }
        ListDialog dialog = new ListDialog(shell);
        dialog.setTitle(Messages.severalFoundTitle);
        dialog.setMessage(Messages.severalFound);
        dialog.setContentProvider(ArrayContentProvider.getInstance());
        dialog.setLabelProvider(LabelProvider.createTextProvider(text -> label((String) text)));
        dialog.setInput(found);
        dialog.setInitialSelections(found.getFirst());
        return dialog.open() == Window.OK
                ? Arrays.stream(dialog.getResult()).map(String.class::cast).findFirst()
                : Optional.empty();
    }

    private static String label(String text) {
        try {
            return text.indexOf('@') >= 0
                    ? NLS.bind(Messages.severalCode, OpenRoomAddress.parse(text).code())
                    : NLS.bind(
                            Messages.severalInvite, Invite.parse(text).inviter().brief());
        } catch (SyncException byHand) {
            return text;
        }
    }

    private static CompletionStage<List<String>> failed(String sentence) {
        return CompletableFuture.failedStage(new SyncException(sentence));
    }
}
