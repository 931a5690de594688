// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.rooms;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.core.runtime.ILog;
import org.eclipse.core.runtime.jobs.Job;
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
import org.eclipse.swt.widgets.Shell;
import org.vaultsync.Invite;
import org.vaultsync.OpenRoomAddress;
import org.vaultsync.SyncException;
import org.vaultsync.ui.qr.PictureSize;
import org.vaultsync.ui.qr.QrReader;
import org.vaultsync.ui.text.Messages;

/**
 * Where an invite, or a text that links by hand, may be got from besides the keyboard. UI thread; pictures are read and searched
 * by a job.
 */
final class InviteSources {
    /** In pixels; what they take in memory is several times as much in bytes. */
    private static final int LARGEST_PICTURE = 40_000_000;

    private static final long LARGEST_FILE = 64L << 20;

    private static final ILog LOG = ILog.of(InviteSources.class);
    private static final String BY_HAND = "[A-Za-z0-9_-]{60,1000}";

    private InviteSources() {}

    /**
     * The text on the clipboard, or what the QR code in the picture there says, which may be a copied file. Fails with a
     * {@link SyncException}.
     */
    static CompletionStage<String> clipboard(Display display) {
        Clipboard clipboard = new Clipboard(display);
        try {
            // Beside a file there is its name as a text, too.
            Object files = clipboard.getContents(FileTransfer.getInstance());
            if (files instanceof String[] paths && paths.length > 0) {
                return file(paths[0]);
            }
            Object text = clipboard.getContents(TextTransfer.getInstance());
            if (text instanceof String line && !line.isBlank()) {
                return CompletableFuture.completedStage(line);
            }
            Object picture = clipboard.getContents(ImageTransfer.getInstance());
            return picture instanceof ImageData data ? search(() -> data) : failed(Messages.clipboardEmpty);
        } finally {
            clipboard.dispose();
        }
    }

    /** What the QR code in a picture file says; empty if the person chose none. */
    static Optional<CompletionStage<String>> file(Shell shell) {
        FileDialog dialog = new FileDialog(shell, SWT.OPEN);
        dialog.setText(Messages.inviteFromFileTitle);
        dialog.setFilterExtensions(new String[] {"*.png;*.jpg;*.jpeg;*.gif;*.bmp", "*.*"});
        return Optional.ofNullable(dialog.open()).map(InviteSources::file);
    }

    /** What the QR code in a picture file says. */
    static CompletionStage<String> file(String path) {
        return search(() -> read(Path.of(path)));
    }

    /** Reads a picture whose file says of itself that it is not too large. */
    private static ImageData read(Path file) throws IOException {
        if (Files.size(file) > LARGEST_FILE) {
            throw new IOException("too large: " + Files.size(file) + " bytes");
        }
        byte[] bytes = Files.readAllBytes(file);
        long pixels =
                PictureSize.pixels(bytes).orElseThrow(() -> new IOException("no picture of a kind that is known"));
        if (pixels > LARGEST_PICTURE) {
            throw new IOException("too large: " + pixels + " pixels");
        }
        return new ImageData(new ByteArrayInputStream(bytes));
    }

    /** What a QR code on the screen says; the windows of this application that are in front of it step aside. */
    static CompletionStage<String> screen(Shell inFront) {
        Display display = inFront.getDisplay();
        inFront.setVisible(false);
        CompletableFuture<String> answer = new CompletableFuture<>();
        // Until what was behind is painted.
        display.timerExec(400, () -> {
            ImageData seen;
            try {
                seen = picture(display);
            } finally {
                if (!inFront.isDisposed()) {
                    inFront.setVisible(true);
                }
            }
            search(() -> seen).whenComplete((text, none) -> {
                if (none == null) {
                    answer.complete(text);
                } else {
                    answer.completeExceptionally(none);
                }
            });
        });
        return answer;
    }

    private static ImageData picture(Display display) {
        Rectangle all = display.getBounds();
        Image image = new Image(display, all.width, all.height);
        GC gc = new GC(display);
        try {
            gc.copyArea(image, all.x, all.y);
            return image.getImageData();
        } finally {
            gc.dispose();
            image.dispose();
        }
    }

    /** Where a picture comes from. */
    @FunctionalInterface
    private interface Source {
        ImageData picture() throws IOException;
    }

    private static CompletionStage<String> search(Source source) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        Job job = Job.create(Messages.searchingPicture, monitor -> {
            try {
                answer.complete(search(source.picture()));
            } catch (SyncException none) {
                answer.completeExceptionally(none);
            } catch (IOException | RuntimeException | OutOfMemoryError unreadable) {
                LOG.info("a picture was not read: " + unreadable);
                answer.completeExceptionally(new SyncException(Messages.pictureUnreadable));
            }
        });
        job.schedule();
        return answer;
    }

    private static String search(ImageData picture) throws SyncException {
        if ((long) picture.width * picture.height > LARGEST_PICTURE) {
            throw new SyncException(Messages.pictureUnreadable);
        }
        List<String> texts = QrReader.read(picture);
        return invite(texts)
                .orElseThrow(() -> new SyncException(texts.isEmpty() ? Messages.noQr : Messages.noInviteInQr));
    }

    private static Optional<String> invite(List<String> texts) {
        return texts.stream().filter(InviteSources::isOurs).findFirst();
    }

    private static boolean isOurs(String text) {
        try {
            if (text.matches(BY_HAND)) {
                return true;
            }
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

    private static CompletionStage<String> failed(String sentence) {
        return CompletableFuture.failedStage(new SyncException(sentence));
    }
}
