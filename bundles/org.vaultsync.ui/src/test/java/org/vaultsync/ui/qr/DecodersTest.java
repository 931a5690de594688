// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.qr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.zxing.common.BitMatrix;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.eclipse.core.runtime.NullProgressMonitor;
import org.eclipse.core.runtime.OperationCanceledException;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.PaletteData;
import org.junit.jupiter.api.Test;
import org.vaultsync.ui.measure.PictureSize;

/** Pictures come from others: whatever is in them, they are read or not, and nothing else happens. */
class DecodersTest {
    private static final boolean SOAK = Boolean.getBoolean("soak");
    private static final PaletteData COLOURS = new PaletteData(0xff0000, 0xff00, 0xff);
    private static final String LINE = "vaultsync:" + "AQIDBAUGBwgJ".repeat(12);

    private final long seed = SOAK ? new Random().nextLong() : 7;
    private final Random random = new Random(seed);

    private static ImageData picture(String text, int square) {
        BitMatrix code = QrCanvas.encode(text);
        ImageData picture = new ImageData(code.getWidth() * square, code.getHeight() * square, 24, COLOURS);
        for (int y = 0; y < picture.height; y++) {
            for (int x = 0; x < picture.width; x++) {
                picture.setPixel(x, y, code.get(x / square, y / square) ? 0 : 0xffffff);
            }
        }
        return picture;
    }

    @Test
    void aSearchEndsOnceItIsCancelled() {
        NullProgressMonitor monitor = new NullProgressMonitor();
        monitor.setCanceled(true);
        ImageData code = picture(LINE, 3);
        assertThrows(OperationCanceledException.class, () -> QrReader.read(code, monitor));
        assertThrows(OperationCanceledException.class, () -> QrReader.readClosely(code, monitor));
    }

    @Test
    void aCodeIsReadAsItWasDrawn() {
        assertEquals(List.of(LINE), QrReader.read(picture(LINE, 3), new NullProgressMonitor()));
    }

    @Test
    void aCodeOfSingleDotsIsReadWhereOneLooksClosely() {
        ImageData part = picture(LINE, 1);
        assertEquals(List.of(), QrReader.read(part, new NullProgressMonitor()));
        assertEquals(List.of(LINE), QrReader.readClosely(part, new NullProgressMonitor()));
    }

    @Test
    void anyPictureHasACodeOrNot() {
        int rounds = SOAK ? 20_000 : 200;
        int read = 0;
        for (int round = 0; round < rounds; round++) {
            ImageData picture =
                    picture(LINE.substring(0, 11 + random.nextInt(LINE.length() - 11)), 1 + random.nextInt(3));
            for (int damages = random.nextInt(6); damages > 0; damages--) {
                damage(picture);
            }
            try {
                read += QrReader.readClosely(picture, new NullProgressMonitor()).isEmpty() ? 0 : 1;
            } catch (RuntimeException fault) {
                throw new AssertionError("seed " + seed + ", round " + round, fault);
            }
        }
        tell("QR CODE", rounds, read);
    }

    /** Blackens, whitens or inverts a part, or strews dots over it. */
    private void damage(ImageData picture) {
        int left = random.nextInt(picture.width);
        int top = random.nextInt(picture.height);
        int right = Math.min(picture.width, left + random.nextInt(picture.width / 2 + 1));
        int bottom = Math.min(picture.height, top + random.nextInt(picture.height / 2 + 1));
        int how = random.nextInt(4);
        for (int y = top; y < bottom; y++) {
            for (int x = left; x < right; x++) {
                int pixel = picture.getPixel(x, y);
                picture.setPixel(
                        x,
                        y,
                        switch (how) {
                            case 0 -> 0;
                            case 1 -> 0xffffff;
                            case 2 -> ~pixel & 0xffffff;
                            default -> random.nextInt(20) == 0 ? random.nextInt(1 << 24) : pixel;
                        });
            }
        }
    }

    private void tell(String what, int rounds, int read) {
        System.out.println(what + ": " + rounds + " inputs by seed " + seed + ", of which " + read + " could be read");
        assertTrue(read > 0 && read < rounds, "the changes test nothing");
    }

    // How large pictures say they are

    private static byte[] png(int width, int height) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(HexFormat.of().parseHex("89504e470d0a1a0a"));
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        DataOutputStream fields = new DataOutputStream(header);
        fields.writeInt(width);
        fields.writeInt(height);
        fields.write(new byte[] {1, 0, 0, 0, 0}); // black and white
        chunk(file, "IHDR", header.toByteArray());
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream rows = new DeflaterOutputStream(packed)) {
            byte[] row = new byte[1 + (width + 7) / 8];
            for (int y = 0; y < height; y++) {
                rows.write(row);
            }
        }
        chunk(file, "IDAT", packed.toByteArray());
        chunk(file, "IEND", new byte[0]);
        return file.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream file, String type, byte[] bytes) throws IOException {
        DataOutputStream out = new DataOutputStream(file);
        CRC32 sum = new CRC32();
        sum.update(type.getBytes(StandardCharsets.US_ASCII));
        sum.update(bytes);
        out.writeInt(bytes.length);
        out.writeBytes(type);
        out.write(bytes);
        out.writeInt((int) sum.getValue());
    }

    private static byte[] gif(int frames, int width, int height) {
        byte[] frame = HexFormat.of().parseHex("21f90400000000002c00000000" + "00000000" + "00" + "0202440100");
        byte[] file = Arrays.copyOf(
                HexFormat.of().parseHex("474946383961" + "0a000a00" + "800000" + "000000ffffff"),
                19 + frames * frame.length + 1);
        frame[13] = (byte) width;
        frame[14] = (byte) (width >> 8);
        frame[15] = (byte) height;
        frame[16] = (byte) (height >> 8);
        for (int i = 0; i < frames; i++) {
            System.arraycopy(frame, 0, file, 19 + i * frame.length, frame.length);
        }
        file[file.length - 1] = 0x3b;
        return file;
    }

    @Test
    void aPictureSaysHowLargeItIs() throws IOException {
        assertEquals(OptionalLong.of(20 * 30), PictureSize.pixels(png(20, 30)));
        assertEquals(OptionalLong.of(100 + 3 * 20 * 300), PictureSize.pixels(gif(3, 20, 300)));
        assertEquals(
                OptionalLong.of(640 * 480),
                PictureSize.pixels(HexFormat.of()
                        .parseHex("ffd8ffe000104a46494600010101004800480000ffc0001108" + "01e0" + "0280"
                                + "03012200021101031101ffda")));
        assertEquals(
                OptionalLong.of(64 * 48),
                PictureSize.pixels(HexFormat.of()
                        .parseHex("424d" + "00".repeat(12) + "28000000" + "40000000" + "d0ffffff" + "01001800")));
        assertEquals(OptionalLong.empty(), PictureSize.pixels("no picture".getBytes(StandardCharsets.US_ASCII)));
        assertEquals(OptionalLong.empty(), PictureSize.pixels(new byte[0]));
    }

    @Test
    void aSmallFileThatIsAHugePictureSaysSo() throws IOException {
        byte[] bomb = png(30_000, 30_000);
        assertTrue(bomb.length < 200_000, () -> bomb.length + " bytes");
        assertEquals(OptionalLong.of(900_000_000), PictureSize.pixels(bomb));
        byte[] frames = gif(10_000, 60_000, 60_000);
        assertTrue(frames.length < 300_000);
        assertEquals(OptionalLong.of(100 + 10_000L * 60_000 * 60_000), PictureSize.pixels(frames));
    }

    @Test
    void anyFileSaysHowLargeItIsOrNot() throws IOException {
        List<byte[]> corpus = List.of(
                png(20, 30),
                gif(3, 20, 300),
                HexFormat.of()
                        .parseHex("ffd8ffe000104a46494600010101004800480000ffc000110801e0028003012200021101031101ffda"),
                HexFormat.of().parseHex("424d00000000000000000000000028000000400000003000000001001800"));
        int rounds = SOAK ? 1_000_000 : 50_000;
        int read = 0;
        for (int round = 0; round < rounds; round++) {
            byte[] bytes = corpus.get(random.nextInt(corpus.size())).clone();
            for (int changes = 1 + random.nextInt(4); changes > 0 && bytes.length > 0; changes--) {
                int at = random.nextInt(bytes.length);
                switch (random.nextInt(3)) {
                    case 0 -> bytes[at] = (byte) random.nextInt();
                    case 1 -> bytes[at] = (byte) 0xff;
                    default -> bytes = Arrays.copyOf(bytes, at);
                }
            }
            try {
                read += PictureSize.pixels(bytes).isPresent() ? 1 : 0;
            } catch (RuntimeException fault) {
                throw new AssertionError("seed " + seed + ": " + HexFormat.of().formatHex(bytes), fault);
            }
        }
        tell("PICTURE SIZE", rounds, read);
    }
}
