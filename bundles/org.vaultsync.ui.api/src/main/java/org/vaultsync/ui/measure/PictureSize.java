// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.measure;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * How many pixels a picture file holds, by what it says of itself, before any of them is decoded: a file of some kilobytes can
 * say that they are billions.
 */
public final class PictureSize {
    private static final String PNG = "\u0089PNG\r\n\u001a\n";
    private static final int SHORT_BMP = 12;

    private PictureSize() {}

    /**
     * The pixels of a PNG, JPEG, GIF or BMP, all frames of an animation together. Never fails, whatever the bytes are.
     *
     * @param file from its first byte on; as much of it as there is
     * @return empty for whatever else, and where it is malformed
     */
    public static OptionalLong pixels(byte[] file) {
        ByteBuffer in = ByteBuffer.wrap(file);
        String start = new String(file, 0, Math.min(8, file.length), StandardCharsets.ISO_8859_1);
        try {
            long pixels = 0;
            if (start.equals(PNG)) {
                pixels = area(in.getInt(16), in.getInt(20));
            } else if (start.startsWith("\u00ff\u00d8")) {
                pixels = jpeg(in.position(2));
            } else if (start.startsWith("GIF87a") || start.startsWith("GIF89a")) {
                pixels = gif(in.order(ByteOrder.LITTLE_ENDIAN).position(6));
            } else if (start.startsWith("BM")) {
                in.order(ByteOrder.LITTLE_ENDIAN);
                pixels = in.getInt(14) == SHORT_BMP
                        ? area(Short.toUnsignedInt(in.getShort(18)), Short.toUnsignedInt(in.getShort(20)))
                        : area(in.getInt(18), Math.absExact(in.getInt(22)));
            }
            return pixels > 0 ? OptionalLong.of(pixels) : OptionalLong.empty();
        } catch (BufferUnderflowException
                | IndexOutOfBoundsException
                | ArithmeticException
                | IllegalArgumentException malformed) {
            return OptionalLong.empty();
        }
    }

    private static long area(int width, int height) {
        return width > 0 && height > 0 ? (long) width * height : 0;
    }

    /** The largest of what its frame headers say. */
    private static long jpeg(ByteBuffer in) {
        long most = 0;
        while (true) {
            int marker = Short.toUnsignedInt(in.getShort());
            if (marker >> 8 != 0xff || marker == 0xffda || marker == 0xffd9) {
                return most;
            }
            int length = Short.toUnsignedInt(in.getShort(in.position()));
            boolean frame =
                    marker >= 0xffc0 && marker <= 0xffcf && marker != 0xffc4 && marker != 0xffc8 && marker != 0xffcc;
            if (frame) {
                int height = Short.toUnsignedInt(in.getShort(in.position() + 3));
                int width = Short.toUnsignedInt(in.getShort(in.position() + 5));
                most = Math.max(most, area(width, height));
            }
            in.position(in.position() + Math.max(2, length));
        }
    }

    /** Its screen, and each of its frames. */
    private static long gif(ByteBuffer in) {
        long all = area(Short.toUnsignedInt(in.getShort()), Short.toUnsignedInt(in.getShort()));
        byte flags = in.get();
        in.getShort();
        skipColours(in, flags);
        while (in.hasRemaining()) {
            switch (in.get()) {
                case 0x21 -> {
                    in.get();
                    skipBlocks(in);
                }
                case 0x2c -> {
                    in.getInt();
                    all += area(Short.toUnsignedInt(in.getShort()), Short.toUnsignedInt(in.getShort()));
                    skipColours(in, in.get());
                    in.get();
                    skipBlocks(in);
                }
                default -> {
                    return all;
                }
            }
        }
        return all;
    }

    private static void skipColours(ByteBuffer in, byte flags) {
        if (flags < 0) {
            in.position(in.position() + (3 << (flags & 7) + 1));
        }
    }

    private static void skipBlocks(ByteBuffer in) {
        for (int length = in.get() & 0xff; length > 0; length = in.get() & 0xff) {
            in.position(in.position() + length);
        }
    }
}
