// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.WriterException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.QRCodeWriter;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.PaletteData;

/** Pictures with QR codes in them that no dialog of ours has drawn. */
final class QrPicture {
    private static final int SIDE = 400;
    /** How far small codes are from each other. */
    static final int SMALL = 200;

    private QrPicture() {}

    /** The codes of some texts beside each other, on white. */
    static ImageData of(String... texts) {
        ImageData picture = new ImageData(SIDE * texts.length, SIDE, 24, new PaletteData(0xff0000, 0xff00, 0xff));
        for (int i = 0; i < texts.length; i++) {
            BitMatrix code = encode(texts[i], SIDE);
            for (int y = 0; y < SIDE; y++) {
                for (int x = 0; x < SIDE; x++) {
                    picture.setPixel(i * SIDE + x, y, code.get(x, y) ? 0 : 0xffffff);
                }
            }
        }
        return picture;
    }

    /** The codes of some texts beside each other, each square a single dot: too small to be found among other things. */
    static ImageData small(String... texts) {
        ImageData picture = new ImageData(SMALL * texts.length, SMALL, 24, new PaletteData(0xff0000, 0xff00, 0xff));
        for (int i = 0; i < texts.length; i++) {
            BitMatrix code = encode(texts[i], 0);
            for (int y = 0; y < SMALL; y++) {
                for (int x = 0; x < SMALL; x++) {
                    boolean dark = x < code.getWidth() && y < code.getHeight() && code.get(x, y);
                    picture.setPixel(i * SMALL + x, y, dark ? 0 : 0xffffff);
                }
            }
        }
        return picture;
    }

    private static BitMatrix encode(String text, int side) {
        try {
            return new QRCodeWriter().encode(text, BarcodeFormat.QR_CODE, side, side);
        } catch (WriterException tooLong) {
            throw new IllegalArgumentException(tooLong);
        }
    }
}
