// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.PaletteData;
import org.eclipse.swt.graphics.RGB;
import org.junit.jupiter.api.Test;

class PictureTest {
    private static final PaletteData DIRECT = new PaletteData(0xff0000, 0xff00, 0xff);

    @Test
    void aPictureIsMadeAsLargeAsTheRoom() {
        ImageData wide = new ImageData(3000, 1000, 24, DIRECT);
        for (int y = 0; y < wide.height; y++) {
            for (int x = 0; x < wide.width; x++) {
                wide.setPixel(x, y, x < 1500 ? 0x0cc822 : 0x102030);
            }
        }
        ImageData small = Picture.fitted(wide, 200, 200);
        assertEquals("200 x 66", small.width + " x " + small.height);
        assertEquals(0x0cc822, small.getPixel(0, 0));
        assertEquals(0x0cc822, small.getPixel(99, 65));
        assertEquals(0x102030, small.getPixel(100, 65));
        assertEquals(255, small.getAlpha(199, 65));
        assertSame(wide, Picture.fitted(wide, 3000, 1000));
        ImageData line = Picture.fitted(new ImageData(5000, 1, 24, DIRECT), 100, 100);
        assertEquals("100 x 1", line.width + " x " + line.height);
    }

    @Test
    void whatIsTransparentDoesNotColourTheRest() {
        ImageData half = new ImageData(4, 2, 8, new PaletteData(new RGB(255, 255, 255), new RGB(10, 20, 30)));
        half.transparentPixel = 0;
        half.setPixel(0, 0, 1);
        half.setPixel(1, 1, 1);
        ImageData small = Picture.fitted(half, 2, 1);
        assertEquals(0x0a141e, small.getPixel(0, 0));
        assertEquals(127, small.getAlpha(0, 0));
        assertEquals(0, small.getAlpha(1, 0));

        ImageData veil = new ImageData(2, 2, 24, DIRECT);
        veil.alphaData = new byte[] {(byte) 255, 0, 0, 0};
        veil.setPixel(0, 0, 0xff8040);
        small = Picture.fitted(veil, 1, 1);
        assertEquals(0xff8040, small.getPixel(0, 0));
        assertEquals(63, small.getAlpha(0, 0));
    }

    @Test
    void aPictureThatIsNotHereIsNotOneThatCannotBeShown() throws IOException {
        assertInstanceOf(Picture.Missing.class, Picture.read(Optional.empty(), 100, 100));
        for (byte[] file : new byte[][] {{}, {1, 2, 3}, png(100_000, 100_000), png(Integer.MAX_VALUE, 2), png(-1, 2)}) {
            assertInstanceOf(Picture.Unfit.class, Picture.read(Optional.of(new ByteArrayInputStream(file)), 100, 100));
        }
    }

    @Test
    void theHeaderSaysWhetherItIsTooLarge() {
        assertEquals(false, Picture.isTooLarge(png(8_000, 5_000)));
        assertEquals(true, Picture.isTooLarge(png(8_000, 5_001)));
        assertEquals(false, Picture.isTooLarge("no picture".getBytes(StandardCharsets.UTF_8)));
    }

    /** The beginning of a file. */
    private static byte[] png(int width, int height) {
        return ByteBuffer.allocate(33)
                .put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'})
                .putInt(13)
                .put("IHDR".getBytes(StandardCharsets.US_ASCII))
                .putInt(width)
                .putInt(height)
                .put(new byte[] {8, 2, 0, 0, 0})
                .array();
    }
}
