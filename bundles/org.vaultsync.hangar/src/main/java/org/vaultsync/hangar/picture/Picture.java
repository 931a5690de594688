// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.picture;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import org.eclipse.swt.SWTException;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.PaletteData;
import org.eclipse.swt.graphics.RGB;
import org.vaultsync.ui.measure.PictureSize;

/** What can be shown of a picture that an item names. */
public sealed interface Picture {
    /** More pixels are not shown: what they take in memory is several times as much in bytes. */
    int MOST_PIXELS = 40_000_000;

    /** So many bytes of a file are read. */
    int MOST_BYTES = 100_000_000;

    /** It is here, no larger than there is room for it. */
    record Fitted(ImageData pixels) implements Picture {}

    /** It is not in the vault, or not yet. */
    record Missing() implements Picture {}

    /** It is here, and unreadable, of a kind that is not known, or too large. */
    record Unfit() implements Picture {}

    /**
     * Reads a picture. Blocks for up to some seconds.
     *
     * @param roomWidth of what it is shown on, in pixels
     * @param roomHeight of what it is shown on, in pixels
     */
    static Picture read(Optional<InputStream> file, int roomWidth, int roomHeight) throws IOException {
        if (file.isEmpty()) {
            return new Missing();
        }
        try (InputStream in = file.get()) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES || !isKnown(bytes) || isTooLarge(bytes)) {
                return new Unfit();
            }
            return new Fitted(fitted(new ImageData(new ByteArrayInputStream(bytes)), roomWidth, roomHeight));
        } catch (SWTException | IllegalArgumentException | OutOfMemoryError unreadable) {
            return new Unfit();
        }
    }

    /** Whether a file begins as a picture of a kind that is shown: PNG, JPEG, GIF or BMP. */
    static boolean isKnown(byte[] file) {
        return PictureSize.pixels(file).isPresent();
    }

    /** Whether a file says of itself that it has too many pixels. */
    static boolean isTooLarge(byte[] file) {
        return PictureSize.pixels(file).orElse(0) > MOST_PIXELS;
    }

    /** The same picture, as large as the room for it allows; each of its pixels is the mean of those that it stands for. */
    static ImageData fitted(ImageData from, int roomWidth, int roomHeight) {
        double scale = Math.min((double) roomWidth / from.width, (double) roomHeight / from.height);
        if (scale >= 1) {
            return from;
        }
        int width = Math.max(1, (int) (from.width * scale));
        int height = Math.max(1, (int) (from.height * scale));
        ImageData to = new ImageData(width, height, 24, new PaletteData(0xff0000, 0xff00, 0xff));
        to.alphaData = new byte[width * height];
        Optional<ImageData> mask = from.maskData == null ? Optional.empty() : Optional.of(from.getTransparencyMask());
        RGB[] colours = from.palette.isDirect ? new RGB[0] : from.palette.colors;
        int[] line = new int[from.width];
        int[] shown = new int[width];
        byte[] alphas = new byte[from.width];
        long[][] sums = new long[5][width]; // red, green and blue by their alpha, alpha, pixels
        for (int y = 0, row = 0; y < from.height; y++) {
            from.getPixels(0, y, from.width, line, 0);
            from.getAlphas(0, y, from.width, alphas, 0);
            for (int x = 0; x < from.width; x++) {
                int pixel = line[x];
                int alpha = alphas[x] & 0xff;
                if (pixel == from.transparentPixel && from.transparentPixel != -1
                        || mask.isPresent() && mask.get().getPixel(x, y) == 0) {
                    alpha = 0;
                }
                int column = (int) ((long) x * width / from.width);
                if (from.palette.isDirect) {
                    sums[0][column] += (long) alpha * part(pixel, from.palette.redMask, from.palette.redShift);
                    sums[1][column] += (long) alpha * part(pixel, from.palette.greenMask, from.palette.greenShift);
                    sums[2][column] += (long) alpha * part(pixel, from.palette.blueMask, from.palette.blueShift);
                } else if (pixel < colours.length) {
                    sums[0][column] += (long) alpha * colours[pixel].red;
                    sums[1][column] += (long) alpha * colours[pixel].green;
                    sums[2][column] += (long) alpha * colours[pixel].blue;
                }
                sums[3][column] += alpha;
                sums[4][column]++;
            }
            boolean last = y + 1 == from.height || (int) ((long) (y + 1) * height / from.height) > row;
            if (last) {
                for (int x = 0; x < width; x++) {
                    long alpha = Math.max(1, sums[3][x]);
                    shown[x] = (int) (sums[0][x] / alpha << 16 | sums[1][x] / alpha << 8 | sums[2][x] / alpha);
                    to.alphaData[row * width + x] = (byte) (sums[3][x] / sums[4][x]);
                }
                to.setPixels(0, row, width, shown, 0);
                Arrays.stream(sums).forEach(sum -> Arrays.fill(sum, 0));
                row++;
            }
        }
        return to;
    }

    private static int part(int pixel, int mask, int shift) {
        int part = pixel & mask;
        return (shift < 0 ? part >>> -shift : part << shift) & 0xff;
    }
}
