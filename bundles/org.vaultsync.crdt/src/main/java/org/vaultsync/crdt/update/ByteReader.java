// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads lib0's encoding. Reads nothing beyond the end, and trusts no length before it is seen to fit. */
public final class ByteReader {
    /** Texts are mostly ASCII: eight letters at once. */
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final long NOT_ASCII = 0x8080808080808080L;

    /**
     * Of what comes from outside: writes and ranges of deletes, neighbours in one. Yjs takes more than a minute for half a
     * million, so that no document of ours has as many.
     */
    static final int MOST_PARTS = 4 << 20;

    /** Of what comes from outside. Yjs takes seconds for each edit of a document in which so many have written. */
    static final int MOST_CLIENTS = 1 << 19;

    private final byte[] bytes;
    private final int end;
    private final boolean fromOutside;
    private int position;
    private int parts;
    private boolean joined;

    public ByteReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    ByteReader(byte[] bytes, int start, int end) {
        this(bytes, start, end, false);
    }

    private ByteReader(byte[] bytes, int start, int end, boolean fromOutside) {
        this.bytes = bytes;
        this.position = start;
        this.end = end;
        this.fromOutside = fromOutside;
    }

    /** Of what comes from outside, which may be made to take memory: it has bounds. What is stored is always read. */
    static ByteReader fromOutside(byte[] bytes) {
        return new ByteReader(bytes, 0, bytes.length, true);
    }

    int position() {
        return position;
    }

    /** Goes back to where it was. */
    void back(int to) {
        position = to;
    }

    int remaining() {
        return end - position;
    }

    byte[] bytes() {
        return bytes;
    }

    int uint8() throws MalformedUpdateException {
        if (position >= end) {
            throw malformed("it ends too early");
        }
        return bytes[position++] & 0xff;
    }

    /** 0 to 2^53 - 1. */
    public long varUint() throws MalformedUpdateException {
        long value = 0;
        int shift = 0;
        while (true) {
            int next = uint8();
            if (shift > 49 || (shift == 49 && (next & 0x7f) > 0xf)) {
                throw malformed("a number is too large");
            }
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
            shift += 7;
        }
    }

    /** Passes over a signed number. */
    void skipVarInt() throws MalformedUpdateException {
        int count = 1;
        while (uint8() >= 0x80) {
            if (++count > 8) {
                throw malformed("a number is too large");
            }
        }
    }

    /** How many things follow that take at least so many bytes each. */
    public int count(int bytesEach) throws MalformedUpdateException {
        long count = varUint();
        if (count * bytesEach > remaining() || count > Integer.MAX_VALUE) {
            throw malformed("it promises more than it holds");
        }
        return (int) count;
    }

    /** How many clients follow that take at least so many bytes each. */
    int clients(int bytesEach) throws MalformedUpdateException {
        int clients = count(bytesEach);
        if (fromOutside && clients > MOST_CLIENTS) {
            throw malformed("it names " + clients + " clients, limit " + MOST_CLIENTS);
        }
        return clients;
    }

    /**
     * Counts what was read.
     *
     * @param goesOn whether it only makes what was read before it longer
     */
    void part(boolean goesOn) throws MalformedUpdateException {
        if (goesOn) {
            joined = true;
        } else if (++parts > MOST_PARTS && fromOutside) {
            throw malformed("it has more than " + MOST_PARTS + " writes and deletes");
        }
    }

    /** How many parts were read. */
    int parts() {
        return parts;
    }

    /** Whether some of what was read could be said with less. */
    boolean hasJoined() {
        return joined;
    }

    void skip(long length) throws MalformedUpdateException {
        if (length > remaining()) {
            throw malformed("it promises more than it holds");
        }
        position += (int) length;
    }

    public String varString() throws MalformedUpdateException {
        int length = count(1);
        int start = position;
        position += length;
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, start, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw malformed("a text is not UTF-8");
        }
    }

    /** As many bytes as the number in front of them says. */
    public byte[] varBytes() throws MalformedUpdateException {
        int length = count(1);
        position += length;
        return Arrays.copyOfRange(bytes, position - length, position);
    }

    /** Passes over a text and tells its length in UTF-16 units. */
    long skipVarString() throws MalformedUpdateException {
        int length = count(1);
        int start = position;
        position += length;
        return utf16Length(start, position);
    }

    private long utf16Length(int from, int to) throws MalformedUpdateException {
        long units = 0;
        int at = from;
        while (at < to) {
            if (to - at >= Long.BYTES && ((long) EIGHT.get(bytes, at) & NOT_ASCII) == 0) {
                units += Long.BYTES;
                at += Long.BYTES;
                continue;
            }
            int lead = bytes[at];
            if (lead >= 0) {
                units++;
                at++;
                continue;
            }
            int lowest;
            int more;
            int code;
            if ((lead & 0xe0) == 0xc0) {
                more = 1;
                lowest = 0x80;
                code = lead & 0x1f;
            } else if ((lead & 0xf0) == 0xe0) {
                more = 2;
                lowest = 0x800;
                code = lead & 0xf;
            } else if ((lead & 0xf8) == 0xf0) {
                more = 3;
                lowest = 0x10000;
                code = lead & 0x7;
            } else {
                throw malformed("a text is not UTF-8");
            }
            if (at + more >= to) {
                throw malformed("a text is not UTF-8");
            }
            for (int i = 1; i <= more; i++) {
                int next = bytes[at + i];
                if ((next & 0xc0) != 0x80) {
                    throw malformed("a text is not UTF-8");
                }
                code = code << 6 | next & 0x3f;
            }
            if (code < lowest || code > 0x10ffff || code >= 0xd800 && code <= 0xdfff) {
                throw malformed("a text is not UTF-8");
            }
            units += more == 3 ? 2 : 1;
            at += more + 1;
        }
        return units;
    }

    public void expectEnd() throws MalformedUpdateException {
        if (position != end) {
            throw malformed("it goes on after its end");
        }
    }

    MalformedUpdateException malformed(String why) {
        return new MalformedUpdateException("malformed at byte " + position + " of " + end + ": " + why);
    }
}
