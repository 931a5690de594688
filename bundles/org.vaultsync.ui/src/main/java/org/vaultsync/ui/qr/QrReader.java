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
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.SubMonitor;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.RGB;

/** Finds QR codes in pictures: photos, pictures of a screen. */
public final class QrReader {
    private static final int ENLARGED = 3;
    private static final int LARGEST_ENLARGED = 1_000_000; // before, in dots

    private QrReader() {}

    /**
     * The texts of all QR codes in a picture, in no particular order. Takes up to some seconds for a large one.
     *
     * @param monitor is looked at between the steps; once it is cancelled, this fails with an
     *     {@link org.eclipse.core.runtime.OperationCanceledException}
     */
    public static List<String> read(ImageData picture, IProgressMonitor monitor) {
        SubMonitor steps = SubMonitor.convert(monitor, 2);
        RGBLuminanceSource light = light(picture, steps.split(1));
        return new ArrayList<>(find(light, steps.split(1)));
    }

    /**
     * The same for a part of a picture that somebody pointed at. A code is found there also where its squares are hardly
     * larger than the dots of the picture.
     */
    public static List<String> readClosely(ImageData part, IProgressMonitor monitor) {
        SubMonitor steps = SubMonitor.convert(monitor, 3);
        RGBLuminanceSource light = light(part, steps.split(1));
        Set<String> texts = find(light, steps.split(1));
        if ((long) part.width * part.height <= LARGEST_ENLARGED) {
            texts.addAll(find(enlarged(light), steps.split(1)));
        }
        return new ArrayList<>(texts);
    }

    private static RGBLuminanceSource light(ImageData picture, SubMonitor monitor) {
        int[] pixels = new int[picture.width * picture.height];
        for (int y = 0; y < picture.height; y++) {
            monitor.checkCanceled();
            for (int x = 0; x < picture.width; x++) {
                RGB colour = picture.palette.getRGB(picture.getPixel(x, y));
                // What is transparent is seen on white.
                boolean clear = picture.alphaData != null && picture.getAlpha(x, y) < 128;
                pixels[y * picture.width + x] = clear ? 0xffffff : colour.red << 16 | colour.green << 8 | colour.blue;
            }
        }
        return new RGBLuminanceSource(picture.width, picture.height, pixels);
    }

    /** Smooth between the middles of the dots: a square that covers one dot and a part of the next has its edge there then. */
    private static RGBLuminanceSource enlarged(RGBLuminanceSource light) {
        byte[] dots = light.getMatrix();
        int width = light.getWidth() * ENLARGED;
        int height = light.getHeight() * ENLARGED;
        int[] pixels = new int[width * height];
        for (int y = 0; y < height; y++) {
            double fromY = Math.clamp((y + 0.5) / ENLARGED - 0.5, 0, light.getHeight() - 1);
            int above = (int) fromY;
            int below = Math.min(above + 1, light.getHeight() - 1);
            for (int x = 0; x < width; x++) {
                double fromX = Math.clamp((x + 0.5) / ENLARGED - 0.5, 0, light.getWidth() - 1);
                int left = (int) fromX;
                int right = Math.min(left + 1, light.getWidth() - 1);
                double upper = between(dots, above * light.getWidth(), left, right, fromX - left);
                double lower = between(dots, below * light.getWidth(), left, right, fromX - left);
                pixels[y * width + x] = (int) Math.round(upper + (lower - upper) * (fromY - above)) * 0x010101;
            }
        }
        return new RGBLuminanceSource(width, height, pixels);
    }

    private static double between(byte[] dots, int row, int left, int right, double share) {
        int from = dots[row + left] & 0xff;
        return from + ((dots[row + right] & 0xff) - from) * share;
    }

    private static Set<String> find(RGBLuminanceSource light, SubMonitor monitor) {
        SubMonitor tries = SubMonitor.convert(monitor, 3);
        Set<String> texts = new LinkedHashSet<>();
        for (BinaryBitmap bitmap : List.of(
                new BinaryBitmap(new HybridBinarizer(light)),
                new BinaryBitmap(new GlobalHistogramBinarizer(light)),
                new BinaryBitmap(new HybridBinarizer(light.invert())))) {
            tries.split(1);
            try {
                for (Result found : new QRCodeMultiReader()
                        .decodeMultiple(bitmap, Map.of(DecodeHintType.TRY_HARDER, Boolean.TRUE))) {
                    texts.add(found.getText());
                }
            } catch (NotFoundException none) {
                continue;
            }
        }
        return texts;
    }
}
