// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Values as lib0 writes them, as far as JSON has them. */
final class Any {
    private static final int DEEPEST = 16;
    private static final long LARGEST_INTEGER = 0x7fff_ffffL;

    private Any() {}

    static byte[] write(JsonNode value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(out, value);
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, JsonNode value) {
        if (value.isTextual()) {
            out.write(119);
            writeString(out, value.textValue());
        } else if (value.isIntegralNumber() && Math.abs(value.longValue()) <= LARGEST_INTEGER) {
            out.write(125);
            writeInteger(out, value.longValue());
        } else if (value.isNumber()) {
            out.write(123);
            out.writeBytes(ByteBuffer.allocate(8).putDouble(value.doubleValue()).array());
        } else if (value.isBoolean()) {
            out.write(value.booleanValue() ? 120 : 121);
        } else if (value.isArray()) {
            out.write(117);
            writeLength(out, value.size());
            value.forEach(element -> write(out, element));
        } else if (value.isObject()) {
            out.write(118);
            writeLength(out, value.size());
            value.properties().forEach(member -> {
                writeString(out, member.getKey());
                write(out, member.getValue());
            });
        } else {
            out.write(126);
        }
    }

    static void writeLength(ByteArrayOutputStream out, long value) {
        long rest = value;
        while (rest > 0x7f) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    /** The first byte holds the sign and six bits. */
    private static void writeInteger(ByteArrayOutputStream out, long value) {
        long rest = Math.abs(value);
        out.write((int) ((rest > 0x3f ? 0x80 : 0) | (value < 0 ? 0x40 : 0) | rest & 0x3f));
        rest >>>= 6;
        while (rest > 0) {
            out.write((int) ((rest > 0x7f ? 0x80 : 0) | rest & 0x7f));
            rest >>>= 7;
        }
    }

    static void writeBytes(ByteArrayOutputStream out, byte[] bytes) {
        writeLength(out, bytes.length);
        out.writeBytes(bytes);
    }

    static void writeString(ByteArrayOutputStream out, String text) {
        writeBytes(out, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads one value.
     *
     * @throws IllegalArgumentException if it is cut off, too deep, or of a kind that JSON does not have
     */
    static JsonNode read(ByteBuffer in) {
        try {
            return read(in, 0);
        } catch (BufferUnderflowException cutOff) {
            throw new IllegalArgumentException("cut off", cutOff);
        }
    }

    private static JsonNode read(ByteBuffer in, int depth) {
        if (depth > DEEPEST) {
            throw new IllegalArgumentException("too deep");
        }
        JsonNodeFactory make = JsonNodeFactory.instance;
        int kind = in.get() & 0xff;
        switch (kind) {
            case 127, 126:
                return make.nullNode();
            case 125:
                return make.numberNode(readInteger(in));
            case 124:
                return make.numberNode(in.getFloat());
            case 123:
                return make.numberNode(in.getDouble());
            case 122:
                return make.numberNode(in.getLong());
            case 121, 120:
                return make.booleanNode(kind == 120);
            case 119:
                return make.textNode(new String(readBytes(in), StandardCharsets.UTF_8));
            case 118:
                ObjectNode object = make.objectNode();
                for (int left = readLength(in); left > 0; left--) {
                    String name = new String(readBytes(in), StandardCharsets.UTF_8);
                    object.set(name, read(in, depth + 1));
                }
                return object;
            case 117:
                ArrayNode array = make.arrayNode();
                for (int left = readLength(in); left > 0; left--) {
                    array.add(read(in, depth + 1));
                }
                return array;
            default:
                throw new IllegalArgumentException("a value of kind " + kind);
        }
    }

    private static long readInteger(ByteBuffer in) {
        int first = in.get() & 0xff;
        long value = first & 0x3f;
        int shift = 6;
        for (int next = first; (next & 0x80) != 0; shift += 7) {
            if (shift > 55) {
                throw new IllegalArgumentException("a number of too many digits");
            }
            next = in.get() & 0xff;
            value |= (long) (next & 0x7f) << shift;
        }
        return (first & 0x40) != 0 ? -value : value;
    }

    private static int readLength(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            int next = in.get() & 0xff;
            value |= (long) (next & 0x7f) << shift;
            if ((next & 0x80) == 0) {
                break;
            }
            if (shift > 28) {
                throw new IllegalArgumentException("a length of too many digits");
            }
        }
        if (value > in.remaining()) {
            throw new IllegalArgumentException("a length beyond the end");
        }
        return (int) value;
    }

    /**
     * Reads a length, and so many bytes.
     *
     * @throws IllegalArgumentException if there are not so many
     */
    static byte[] readBytes(ByteBuffer in) {
        try {
            byte[] bytes = new byte[readLength(in)];
            in.get(bytes);
            return bytes;
        } catch (BufferUnderflowException cutOff) {
            throw new IllegalArgumentException("cut off", cutOff);
        }
    }
}
