// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.qr;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.DecodeHintType;
import com.google.zxing.NotFoundException;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.Result;
import com.google.zxing.common.GlobalHistogramBinarizer;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.multi.qrcode.QRCodeMultiReader;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.RGB;

/** Finds QR codes in pictures: photos, pictures of a screen. */
public final class QrReader {
    private QrReader() {}

    /** The texts of all QR codes in a picture, in no particular order. Takes up to a second for a large one. */
    public static List<String> read(ImageData picture) {
        int[] pixels = new int[picture.width * picture.height];
        for (int y = 0; y < picture.height; y++) {
            for (int x = 0; x < picture.width; x++) {
                RGB colour = picture.palette.getRGB(picture.getPixel(x, y));
                // What is transparent is seen on white.
                boolean clear = picture.alphaData != null && picture.getAlpha(x, y) < 128;
                pixels[y * picture.width + x] = clear ? 0xffffff : colour.red << 16 | colour.green << 8 | colour.blue;
            }
        }
        RGBLuminanceSource light = new RGBLuminanceSource(picture.width, picture.height, pixels);
        Set<String> texts = new LinkedHashSet<>();
        for (BinaryBitmap bitmap : List.of(
                new BinaryBitmap(new HybridBinarizer(light)),
                new BinaryBitmap(new GlobalHistogramBinarizer(light)),
                new BinaryBitmap(new HybridBinarizer(light.invert())))) {
            try {
                for (Result found : new QRCodeMultiReader()
                        .decodeMultiple(bitmap, Map.of(DecodeHintType.TRY_HARDER, Boolean.TRUE))) {
                    texts.add(found.getText());
                }
            } catch (NotFoundException none) {
                continue;
            }
        }
        return new ArrayList<>(texts);
    }
}
