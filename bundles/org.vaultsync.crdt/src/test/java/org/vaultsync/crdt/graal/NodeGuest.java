// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A script on Node, in a process of its own: what GraalJS is measured by. */
public final class NodeGuest implements Guest {
    private final Process node;
    private final DataInputStream answers;

    private NodeGuest(Process node) {
        this.node = node;
        this.answers = new DataInputStream(node.getInputStream());
    }

    public static NodeGuest run(Path script) {
        try {
            return new NodeGuest(new ProcessBuilder("node", "src/test/js/guest.mjs", script.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Object[] call(String function, Object... arguments) throws GuestException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        write(message, function);
        for (Object argument : arguments) {
            write(message, argument);
        }
        List<Object> answer;
        try {
            ByteArrayOutputStream framed = new ByteArrayOutputStream();
            framed.writeBytes(number(message.size()));
            framed.writeBytes(message.toByteArray());
            node.getOutputStream().write(framed.toByteArray());
            node.getOutputStream().flush();
            answer = read(
                    ByteBuffer.wrap(readBytes(4)).order(ByteOrder.LITTLE_ENDIAN).getInt());
        } catch (IOException e) {
            throw new GuestException("node is gone", true, e);
        }
        if (answer.getFirst() != Boolean.TRUE) {
            throw new GuestException(String.valueOf(answer.get(1)), false, null);
        }
        return answer.subList(1, answer.size()).toArray();
    }

    @Override
    public Object[] callWithin(Duration most, String function, Object... arguments) throws GuestException {
        return call(function, arguments);
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }

    private static void write(ByteArrayOutputStream out, Object value) {
        switch (value) {
            case Boolean truth -> out.write(truth ? 't' : 'f');
            case String text -> write(out, 's', text.getBytes(StandardCharsets.UTF_16LE));
            case byte[] bytes -> write(out, 'b', bytes);
            case Number number ->
                write(
                        out,
                        'n',
                        ByteBuffer.allocate(8)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putDouble(number.doubleValue())
                                .array());
            default -> throw new IllegalArgumentException("not an argument: " + value);
        }
    }

    private static void write(ByteArrayOutputStream out, char kind, byte[] bytes) {
        out.write(kind);
        out.writeBytes(number(bytes.length));
        out.writeBytes(bytes);
    }

    private byte[] readBytes(int length) throws IOException {
        byte[] bytes = answers.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }

    private List<Object> read(int length) throws IOException {
        ByteBuffer message = ByteBuffer.wrap(readBytes(length)).order(ByteOrder.LITTLE_ENDIAN);
        List<Object> values = new ArrayList<>();
        while (message.hasRemaining()) {
            char kind = (char) message.get();
            switch (kind) {
                case '0' -> values.add(null);
                case 't' -> values.add(true);
                case 'f' -> values.add(false);
                default -> {
                    byte[] bytes = new byte[message.getInt()];
                    message.get(bytes);
                    values.add(
                            switch (kind) {
                                case 's' -> new String(bytes, StandardCharsets.UTF_16LE);
                                case 'n' ->
                                    ByteBuffer.wrap(bytes)
                                            .order(ByteOrder.LITTLE_ENDIAN)
                                            .getDouble();
                                default -> bytes;
                            });
                }
            }
        }
        return values;
    }

    @Override
    public void close() {
        node.destroy();
    }
}
