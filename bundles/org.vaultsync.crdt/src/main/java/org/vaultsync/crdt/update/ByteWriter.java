// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes lib0's encoding. */
public final class ByteWriter {
    private byte[] bytes;
    private int size;

    public ByteWriter() {
        this(64);
    }

    /** @param about how many bytes there will be; more than that take time to move */
    public ByteWriter(int about) {
        bytes = new byte[about];
    }

    int size() {
        return size;
    }

    /** The lowest eight bits. */
    public void uint8(int value) {
        room(1);
        bytes[size++] = (byte) value;
    }

    public void varUint(long value) {
        room(8);
        long rest = value;
        while (rest > 0x7f) {
            bytes[size++] = (byte) (rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    public void varString(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        varUint(utf8.length);
        raw(utf8, 0, utf8.length);
    }

    /** The number of bytes, then the bytes. */
    public void varBytes(byte[] source) {
        varUint(source.length);
        raw(source, 0, source.length);
    }

    /** Bytes without their length. */
    public void raw(byte[] source, int from, int to) {
        room(to - from);
        System.arraycopy(source, from, bytes, size, to - from);
        size += to - from;
    }

    private void room(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }
}
