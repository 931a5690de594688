// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.editor;

import java.util.Optional;
import org.eclipse.swt.SWT;
import org.eclipse.swt.accessibility.AccessibleAdapter;
import org.eclipse.swt.accessibility.AccessibleEvent;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.layout.RowData;
import org.eclipse.swt.widgets.Canvas;
import org.eclipse.swt.widgets.Composite;
import org.vaultsync.Transfers.Progress;
import org.vaultsync.hangar.look.Words;
import org.vaultsync.hangar.picture.Picture;
import org.vaultsync.vault.Attachment;

/** One picture, small, with its name below. */
final class Thumbnail {
    /** As many each way are shown, where a point has two each way. */
    static final int PIXELS = 208;

    private static final int SIDE = 112;
    private static final int CAPTION = 18;
    private static final int FRAME = 4;

    private final Attachment attachment;
    private final Image placeholder;
    private final Canvas canvas;
    private Optional<Image> image = Optional.empty();
    private boolean missing = true;
    private String lacking = "";
    private boolean selected;

    Thumbnail(Composite parent, Attachment attachment, Image placeholder, Runnable chosen, Runnable opened) {
        this.attachment = attachment;
        this.placeholder = placeholder;
        canvas = new Canvas(parent, SWT.DOUBLE_BUFFERED);
        canvas.setBackground(parent.getBackground());
        canvas.setLayoutData(new RowData(SIDE, SIDE + CAPTION));
        tell("");
        canvas.getAccessible().addAccessibleListener(new AccessibleAdapter() {
            @Override
            public void getName(AccessibleEvent asked) {
                asked.result = attachment.name();
            }
        });
        canvas.setData("label", attachment.name());
        canvas.addListener(SWT.Paint, event -> paint(event.gc));
        canvas.addListener(SWT.MouseDown, event -> {
            canvas.setFocus();
            chosen.run();
        });
        canvas.addListener(SWT.MouseDoubleClick, event -> opened.run());
        canvas.addListener(SWT.KeyDown, event -> {
            if (event.character == SWT.CR) {
                opened.run();
            } else if (event.character == ' ') {
                chosen.run();
            }
        });
        canvas.addListener(SWT.Traverse, event -> event.doit = true);
        canvas.addListener(SWT.FocusIn, event -> canvas.redraw());
        canvas.addListener(SWT.FocusOut, event -> canvas.redraw());
        canvas.addListener(SWT.Dispose, event -> image.ifPresent(Image::dispose));
    }

    Attachment attachment() {
        return attachment;
    }

    /** Whether the picture is not here, or not yet. */
    boolean isEmpty() {
        return missing;
    }

    void show(Picture picture) {
        if (canvas.isDisposed()) {
            return;
        }
        image.ifPresent(Image::dispose);
        image = Optional.empty();
        missing = picture instanceof Picture.Missing;
        lacking = "";
        tell("");
        switch (picture) {
            case Picture.Fitted(ImageData pixels) -> image = Optional.of(new Image(canvas.getDisplay(), pixels));
            case Picture.Missing none -> lacking = Words.of("not here yet");
            case Picture.Unfit unfit -> {
                lacking = Words.of("cannot be shown");
                tell(Words.of("It cannot be shown: it is damaged, of another kind, or too large."));
            }
        }
        canvas.redraw();
    }

    /** Says how far the picture has come that is not here. */
    void lacks(Optional<Progress> progress) {
        if (canvas.isDisposed()) {
            return;
        }
        if (progress.isPresent()) {
            lacking = switch (progress.get()) {
                case Progress.Nothing() -> "";
                case Progress.OnDemand(long size) -> Words.of("Fetch %s", megabytes(size));
                case Progress.Waiting waiting -> Words.of("waits for a device");
                case Progress.Coming(long bytes, long size) -> "%d %%".formatted(size == 0 ? 0 : 100 * bytes / size);
                case Progress.Failed failed -> Words.of("failed");
            };
            tell(
                    switch (progress.get()) {
                        case Progress.Nothing() -> "";
                        case Progress.OnDemand(long size) ->
                            Words.of(
                                    "It is large and not fetched by itself. Double-click to fetch %s.",
                                    megabytes(size));
                        case Progress.Waiting waiting ->
                            Words.of("Nobody who has it is linked now. It comes when somebody is.");
                        case Progress.Coming(long bytes, long size) ->
                            Words.of("Coming: %s of %s", megabytes(bytes), megabytes(size));
                        case Progress.Failed(String why) ->
                            Words.of("It cannot be stored: %s Double-click to try again.", why);
                    });
        }
        canvas.redraw();
    }

    private void tell(String sentence) {
        canvas.setToolTipText(Words.of("%s, %,d bytes\n%s", attachment.name(), attachment.size(), sentence)
                .replace("&", "&&")
                .strip());
    }

    private static String megabytes(long bytes) {
        return "%.1f MB".formatted(bytes / 1e6);
    }

    void setSelected(boolean now) {
        if (selected != now) {
            selected = now;
            canvas.redraw();
        }
    }

    void dispose() {
        canvas.dispose();
    }

    private void paint(GC gc) {
        gc.setAntialias(SWT.ON);
        gc.setInterpolation(SWT.HIGH);
        if (selected) {
            gc.setBackground(canvas.getDisplay().getSystemColor(SWT.COLOR_LIST_SELECTION));
            gc.fillRoundRectangle(0, 0, SIDE, SIDE + CAPTION, 8, 8);
        }
        int room = SIDE - 2 * FRAME;
        String caption = attachment.name();
        if (image.isPresent()) {
            Rectangle bounds = image.get().getBounds();
            double scale = Math.min(1, Math.min((double) room / bounds.width, (double) room / bounds.height));
            int width = Math.max(1, (int) (bounds.width * scale));
            int height = Math.max(1, (int) (bounds.height * scale));
            gc.drawImage(
                    image.get(),
                    0,
                    0,
                    bounds.width,
                    bounds.height,
                    (SIDE - width) / 2,
                    (SIDE - height) / 2,
                    width,
                    height);
        } else {
            gc.setForeground(canvas.getDisplay().getSystemColor(SWT.COLOR_WIDGET_NORMAL_SHADOW));
            gc.drawRoundRectangle(FRAME, FRAME, room - 1, room - 1, 8, 8);
            gc.drawImage(placeholder, (SIDE - 16) / 2, (SIDE - 16) / 2);
            caption = lacking.isEmpty() ? caption : lacking;
        }
        gc.setForeground(
                selected ? canvas.getDisplay().getSystemColor(SWT.COLOR_LIST_SELECTION_TEXT) : canvas.getForeground());
        String shown = caption;
        while (shown.length() > 4 && gc.textExtent(shown).x > SIDE - 4) {
            shown = shown.substring(0, shown.length() - 4) + "...";
        }
        gc.drawText(shown, (SIDE - gc.textExtent(shown).x) / 2, SIDE, true);
        if (canvas.isFocusControl()) {
            gc.drawFocus(1, 1, SIDE - 2, SIDE + CAPTION - 2);
        }
    }
}
