// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.qr;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.EncodeHintType;
import com.google.zxing.WriterException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.QRCodeWriter;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import java.util.Map;
import java.util.Optional;
import org.eclipse.swt.SWT;
import org.eclipse.swt.accessibility.AccessibleAdapter;
import org.eclipse.swt.accessibility.AccessibleEvent;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Canvas;
import org.eclipse.swt.widgets.Composite;

/** Draws a text as a QR code, black on white in every theme, as large as it has room. UI thread. */
public final class QrCanvas extends Canvas {
    /** A square of the code is at least so many pixels wide. */
    private static final int LEAST = 3;

    private Optional<BitMatrix> squares = Optional.empty();

    /** @param name what a screen reader says */
    public QrCanvas(Composite parent, String name) {
        super(parent, SWT.DOUBLE_BUFFERED);
        setBackground(getDisplay().getSystemColor(SWT.COLOR_WHITE));
        // The theme leaves it alone.
        setData("org.eclipse.e4.ui.css.disabled", Boolean.TRUE);
        addPaintListener(event -> paint(event.gc));
        getAccessible().addAccessibleListener(new AccessibleAdapter() {
            @Override
            public void getName(AccessibleEvent event) {
                event.result = name;
            }
        });
    }

    /** Shows a text; an empty one shows nothing. */
    public void show(String text) {
        checkWidget();
        squares = text.isEmpty() ? Optional.empty() : Optional.of(encode(text));
        redraw();
    }

    /** The squares, dark where set, with the white border that readers need. */
    static BitMatrix encode(String text) {
        try {
            return new QRCodeWriter()
                    .encode(
                            text,
                            BarcodeFormat.QR_CODE,
                            0,
                            0,
                            Map.of(EncodeHintType.ERROR_CORRECTION, ErrorCorrectionLevel.M, EncodeHintType.MARGIN, 4));
        } catch (WriterException tooLong) {
            throw new IllegalArgumentException("too long for a QR code: " + text.length() + " characters", tooLong);
        }
    }

    @Override
    public Point computeSize(int wide, int high, boolean changed) {
        int side = squares.map(BitMatrix::getWidth).orElse(70) * LEAST;
        return new Point(Math.max(side, wide), Math.max(side, high));
    }

    private void paint(GC gc) {
        Rectangle area = getClientArea();
        gc.setBackground(getDisplay().getSystemColor(SWT.COLOR_WHITE));
        gc.fillRectangle(area);
        if (squares.isEmpty()) {
            return;
        }
        BitMatrix code = squares.get();
        int size = Math.max(1, Math.min(area.width, area.height) / code.getWidth());
        int left = (area.width - size * code.getWidth()) / 2;
        int top = (area.height - size * code.getHeight()) / 2;
        gc.setBackground(getDisplay().getSystemColor(SWT.COLOR_BLACK));
        for (int y = 0; y < code.getHeight(); y++) {
            for (int x = 0; x < code.getWidth(); x++) {
                if (code.get(x, y)) {
                    gc.fillRectangle(left + x * size, top + y * size, size, size);
                }
            }
        }
    }
}
