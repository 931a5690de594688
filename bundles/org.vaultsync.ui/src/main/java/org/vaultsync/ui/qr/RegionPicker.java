// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.qr;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.accessibility.AccessibleAdapter;
import org.eclipse.swt.accessibility.AccessibleEvent;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.graphics.Region;
import org.eclipse.swt.layout.FillLayout;
import org.eclipse.swt.widgets.Canvas;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Listener;
import org.eclipse.swt.widgets.Shell;
import org.vaultsync.ui.text.Messages;

/**
 * Shows a picture of the screen over the whole screen, for a person to put a frame around a part of it, by mouse or by
 * keyboard. UI thread.
 */
public final class RegionPicker {
    private static final int STEP = 16;
    /** A drag of less than this is a click, and no side of the frame is shorter. */
    private static final int LEAST = 16;

    private static final int BORDER = 4;
    private static final int DIMMED = 110; // of 255

    private final CompletableFuture<Optional<ImageData>> answer = new CompletableFuture<>();
    private final ImageData picture;
    private final Image image;
    private final Shell shell;
    private final Canvas canvas;
    private final Composite hint;
    private final Rectangle monitor; // in the canvas
    private Rectangle frame; // in the canvas
    private Optional<Point> anchor = Optional.empty(); // while it is dragged

    private RegionPicker(Shell over, ImageData picture) {
        this.picture = picture;
        Display display = over.getDisplay();
        Rectangle all = display.getBounds();
        monitor = over.getMonitor().getBounds();
        monitor.x -= all.x;
        monitor.y -= all.y;
        int side = Math.min(monitor.width, monitor.height) / 3;
        frame = new Rectangle(
                monitor.x + (monitor.width - side) / 2, monitor.y + (monitor.height - side) / 2, side, side);
        image = new Image(display, picture);
        shell = new Shell(over, SWT.NO_TRIM | SWT.APPLICATION_MODAL);
        shell.setText(Messages.regionTitle);
        shell.setLayout(new FillLayout());
        canvas = new Canvas(shell, SWT.DOUBLE_BUFFERED | SWT.NO_BACKGROUND);
        canvas.setCursor(display.getSystemCursor(SWT.CURSOR_CROSS));
        hint = hint();
        canvas.getAccessible().addAccessibleListener(new AccessibleAdapter() {
            @Override
            public void getName(AccessibleEvent event) {
                event.result = Messages.regionHint;
            }
        });
        canvas.addListener(SWT.Paint, event -> paint(event.gc));
        canvas.addListener(SWT.MouseDown, this::press);
        canvas.addListener(SWT.MouseMove, this::drag);
        canvas.addListener(SWT.MouseUp, this::release);
        canvas.addListener(SWT.KeyDown, this::key);
        shell.addListener(SWT.Dispose, gone -> {
            image.dispose();
            answer.complete(Optional.empty());
        });
        shell.setBounds(all);
        // Over panels, too; with several screens it would be over one of them.
        shell.setFullScreen(display.getMonitors().length == 1);
    }

    /**
     * The part of the picture that the person frames; empty if they give up, or the window that it lies over is closed.
     *
     * @param picture of the whole screen, with as many dots as it really has
     */
    public static CompletionStage<Optional<ImageData>> pick(Shell over, ImageData picture) {
        if (over.isDisposed()) {
            return CompletableFuture.completedStage(Optional.empty());
        }
        RegionPicker picker = new RegionPicker(over, picture);
        picker.shell.open();
        picker.canvas.forceFocus();
        return picker.answer;
    }

    /** What to do; it steps aside for the pointer. */
    private Composite hint() {
        Composite box = new Composite(canvas, SWT.BORDER | SWT.NO_FOCUS); // the keys are for the frame
        GridLayoutFactory.swtDefaults().margins(14, 10).applyTo(box);
        Label said = new Label(box, SWT.CENTER | SWT.WRAP);
        said.setText(Messages.regionHint);
        int widest = monitor.width * 3 / 4;
        GridDataFactory.fillDefaults()
                .hint(Math.min(widest, said.computeSize(SWT.DEFAULT, SWT.DEFAULT).x), SWT.DEFAULT)
                .applyTo(said);
        box.pack();
        int top = monitor.y + 24;
        int bottom = monitor.y + monitor.height - box.getSize().y - 24;
        box.setLocation(monitor.x + (monitor.width - box.getSize().x) / 2, top);
        Listener aside = entered -> box.setLocation(box.getLocation().x, box.getLocation().y == top ? bottom : top);
        box.addListener(SWT.MouseEnter, aside);
        said.addListener(SWT.MouseEnter, aside);
        return box;
    }

    /** How large a dot of the picture is in the canvas, which a window manager may have made smaller. */
    private double scale() {
        Rectangle area = canvas.getClientArea();
        return Math.min((double) area.width / picture.width, (double) area.height / picture.height);
    }

    private Rectangle area() {
        return new Rectangle(0, 0, (int) (picture.width * scale()), (int) (picture.height * scale()));
    }

    private void paint(GC gc) {
        Display display = canvas.getDisplay();
        Rectangle all = canvas.getClientArea();
        Rectangle area = area();
        gc.setBackground(display.getSystemColor(SWT.COLOR_BLACK));
        gc.fillRectangle(all);
        if (!area.isEmpty()) {
            gc.drawImage(image, 0, 0, picture.width, picture.height, 0, 0, area.width, area.height);
        }
        Region around = new Region(display);
        around.add(all);
        around.subtract(frame);
        gc.setClipping(around);
        gc.setAlpha(DIMMED);
        gc.fillRectangle(all);
        gc.setAlpha(255);
        gc.setClipping((Region) null);
        around.dispose();
        // In two colours it is seen on everything.
        gc.setForeground(display.getSystemColor(SWT.COLOR_BLACK));
        gc.setLineWidth(3);
        gc.drawRectangle(frame.x - 2, frame.y - 2, frame.width + 3, frame.height + 3);
        gc.setForeground(display.getSystemColor(SWT.COLOR_WHITE));
        gc.setLineWidth(1);
        gc.drawRectangle(frame.x - 2, frame.y - 2, frame.width + 3, frame.height + 3);
    }

    private void press(Event event) {
        if (event.button == 1) {
            anchor = Optional.of(new Point(event.x, event.y));
            hint.setVisible(false);
        }
    }

    private Optional<Rectangle> dragged(Event event) {
        return anchor.map(from -> new Rectangle(
                                Math.min(from.x, event.x),
                                Math.min(from.y, event.y),
                                Math.abs(from.x - event.x),
                                Math.abs(from.y - event.y))
                        .intersection(area()))
                .filter(wanted -> wanted.width >= LEAST && wanted.height >= LEAST);
    }

    private void drag(Event event) {
        dragged(event).ifPresent(this::show);
    }

    private void release(Event event) {
        Optional<Rectangle> wanted = dragged(event);
        if (event.button == 1) {
            anchor = Optional.empty();
            hint.setVisible(true);
            wanted.ifPresent(framed -> {
                show(framed);
                take();
            });
        }
    }

    private void show(Rectangle wanted) {
        Rectangle changed = frame.union(wanted);
        frame = wanted;
        canvas.redraw(
                changed.x - BORDER, changed.y - BORDER, changed.width + 2 * BORDER, changed.height + 2 * BORDER, false);
    }

    private void key(Event event) {
        switch (event.keyCode) {
            case SWT.ARROW_LEFT -> move(event, -STEP, 0);
            case SWT.ARROW_RIGHT -> move(event, STEP, 0);
            case SWT.ARROW_UP -> move(event, 0, -STEP);
            case SWT.ARROW_DOWN -> move(event, 0, STEP);
            case SWT.CR, SWT.KEYPAD_CR -> take();
            case SWT.ESC -> shell.close();
            default -> {}
        }
    }

    /** With Shift it is the right and the lower edge that move. The frame stays within the picture. */
    private void move(Event event, int right, int down) {
        Rectangle area = area();
        if ((event.stateMask & SWT.SHIFT) != 0) {
            show(new Rectangle(
                    frame.x,
                    frame.y,
                    Math.clamp(frame.width + right, LEAST, Math.max(LEAST, area.width - frame.x)),
                    Math.clamp(frame.height + down, LEAST, Math.max(LEAST, area.height - frame.y))));
        } else {
            show(new Rectangle(
                    Math.clamp(frame.x + right, 0, Math.max(0, area.width - frame.width)),
                    Math.clamp(frame.y + down, 0, Math.max(0, area.height - frame.height)),
                    frame.width,
                    frame.height));
        }
    }

    private void take() {
        double scale = scale();
        Rectangle wanted = new Rectangle(
                        (int) Math.floor(frame.x / scale),
                        (int) Math.floor(frame.y / scale),
                        (int) Math.ceil(frame.width / scale),
                        (int) Math.ceil(frame.height / scale))
                .intersection(new Rectangle(0, 0, picture.width, picture.height));
        if (!wanted.isEmpty()) {
            answer.complete(Optional.of(part(wanted)));
        }
        shell.close();
    }

    private ImageData part(Rectangle wanted) {
        ImageData part = new ImageData(wanted.width, wanted.height, picture.depth, picture.palette);
        int[] row = new int[wanted.width];
        for (int y = 0; y < wanted.height; y++) {
            picture.getPixels(wanted.x, wanted.y + y, row.length, row, 0);
            part.setPixels(0, y, row.length, row, 0);
        }
        return part;
    }
}
