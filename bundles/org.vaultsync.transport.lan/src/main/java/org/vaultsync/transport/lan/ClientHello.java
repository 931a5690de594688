// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.vaultsync.transport.Knock;

/**
 * The first record of a TLS connection, read before the TLS engine sees it, so that a stranger is sent away without a
 * byte in return. The knock stands in its server name: the nonce and the hash as two labels under a name that nobody
 * has.
 *
 * @param record the bytes as they came, for the TLS engine to read again
 * @param knock what the caller said, if anything
 */
record ClientHello(byte[] record, Optional<Knock> knock) {
    private static final String SUFFIX = ".v1.vaultsync.invalid";
    private static final int HEADER = 5;
    private static final int LONGEST = 1 << 14;
    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int SERVER_NAME = 0;
    private static final int HOST_NAME = 0;

    /** The server name that carries a knock. */
    static String serverName(Knock knock) {
        String text = knock.text();
        return text.substring(0, 32) + "." + text.substring(32) + SUFFIX;
    }

    /**
     * Reads the first record. Blocks until it is there.
     *
     * @return empty if this is not TLS, or ended before
     */
    static Optional<ClientHello> read(InputStream in) throws IOException {
        byte[] header = in.readNBytes(HEADER);
        if (header.length < HEADER || header[0] != HANDSHAKE || header[1] != 3) {
            return Optional.empty();
        }
        int length = Short.toUnsignedInt(ByteBuffer.wrap(header).getShort(3));
        if (length == 0 || length > LONGEST) {
            return Optional.empty();
        }
        byte[] record = Arrays.copyOf(header, HEADER + length);
        if (in.readNBytes(record, HEADER, length) < length) {
            return Optional.empty();
        }
        return Optional.of(new ClientHello(record, knockIn(ByteBuffer.wrap(record, HEADER, length))));
    }

    private static Optional<Knock> knockIn(ByteBuffer handshake) {
        try {
            if (handshake.get() != CLIENT_HELLO) {
                return Optional.empty();
            }
            int length = Byte.toUnsignedInt(handshake.get()) << 16 | Short.toUnsignedInt(handshake.getShort());
            ByteBuffer hello = take(handshake, length);
            take(hello, 2 + 32);
            take(hello, Byte.toUnsignedInt(hello.get()));
            take(hello, Short.toUnsignedInt(hello.getShort()));
            take(hello, Byte.toUnsignedInt(hello.get()));
            ByteBuffer extensions = take(hello, Short.toUnsignedInt(hello.getShort()));
            while (extensions.hasRemaining()) {
                int type = Short.toUnsignedInt(extensions.getShort());
                ByteBuffer extension = take(extensions, Short.toUnsignedInt(extensions.getShort()));
                if (type == SERVER_NAME) {
                    return knockNamed(extension);
                }
            }
            return Optional.empty();
        } catch (BufferUnderflowException malformed) {
            return Optional.empty();
        }
    }

    private static Optional<Knock> knockNamed(ByteBuffer extension) {
        ByteBuffer names = take(extension, Short.toUnsignedInt(extension.getShort()));
        if (names.get() != HOST_NAME) {
            return Optional.empty();
        }
        ByteBuffer name = take(names, Short.toUnsignedInt(names.getShort()));
        String text = StandardCharsets.ISO_8859_1.decode(name).toString();
        if (!text.matches("[0-9a-f]{32}\\.[0-9a-f]{32}\\Q" + SUFFIX + "\\E")) {
            return Optional.empty();
        }
        return Optional.of(Knock.parse(text.substring(0, 32) + text.substring(33, 65)));
    }

    private static ByteBuffer take(ByteBuffer from, int length) {
        if (length > from.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer part = from.slice(from.position(), length);
        from.position(from.position() + length);
        return part;
    }
}
