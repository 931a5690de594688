// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Plain values of lib0's encoding as JSON, to the letter as the script writes them. */
final class AnyJson {
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    private static final int LONGEST_NUMBER = 1000;

    private AnyJson() {}

    /** A count and so many values. */
    static List<String> values(ByteReader in) throws MalformedUpdateException {
        int count = in.count(1);
        List<String> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(value(in));
        }
        return values;
    }

    private static String value(ByteReader in) throws MalformedUpdateException {
        int tag = in.uint8();
        return switch (tag) {
            case 127, 126 -> "null";
            case 125 -> number(varInt(in));
            case 124 -> number(Float.intBitsToFloat((int) big(in, 4)));
            case 123 -> number(Double.longBitsToDouble(big(in, 8)));
            case 122 -> Long.toString(big(in, 8));
            case 121 -> "false";
            case 120 -> "true";
            case 119 -> quoted(in.varString());
            case 118 -> object(in);
            case 117 -> {
                List<String> elements = values(in);
                yield "[" + String.join(",", elements) + "]";
            }
            case 116 -> bytes(in);
            default -> throw in.malformed("an unknown kind of value " + tag);
        };
    }

    /** A count and so many bytes. */
    static String bytes(ByteReader in) throws MalformedUpdateException {
        int length = in.count(1);
        StringBuilder bytes = new StringBuilder("[");
        for (int i = 0; i < length; i++) {
            bytes.append(i == 0 ? "" : ",").append(in.uint8());
        }
        return bytes.append(']').toString();
    }

    private static String object(ByteReader in) throws MalformedUpdateException {
        int count = in.count(2);
        Map<String, String> members = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            String name = in.varString();
            int before = in.position();
            int tag = in.uint8();
            // a text in quotes says less than the text itself where a member has a meaning
            String value = tag == 119 && name.startsWith("$") ? "\0" + in.varString() : again(in, before);
            if (!name.equals("__proto__")) {
                members.put(name, value);
            }
        }
        if (members.size() == 1) {
            Map.Entry<String, String> only = members.entrySet().iterator().next();
            if (only.getValue().startsWith("\0")) {
                String word = only.getValue().substring(1);
                if (only.getKey().equals("$num")
                        && word.length() <= LONGEST_NUMBER
                        && NUMBER.matcher(word).matches()) {
                    return word;
                }
                if (only.getKey().equals("$utf16")) {
                    return quoted(fromUnits(word));
                }
            }
        }
        StringBuilder out = new StringBuilder("{");
        members.forEach((name, value) -> {
            out.append(out.length() == 1 ? "" : ",");
            quote(nameOf(name), out);
            out.append(':').append(value.startsWith("\0") ? quoted(value.substring(1)) : value);
        });
        return out.append('}').toString();
    }

    private static String again(ByteReader in, int position) throws MalformedUpdateException {
        in.back(position);
        return value(in);
    }

    /** A member's name as people know it. */
    static String nameOf(String key) {
        if (key.startsWith("$~")) {
            return fromUnits(key.substring(2));
        }
        return key.startsWith("$$") || key.equals("$__proto__") ? key.substring(1) : key;
    }

    private static String fromUnits(String digits) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i + 4 <= digits.length(); i += 4) {
            int unit = 0;
            for (int j = i; j < i + 4; j++) {
                int digit = digits.charAt(j) < 0x80 ? Character.digit(digits.charAt(j), 16) : -1;
                if (digit < 0) {
                    break;
                }
                unit = unit << 4 | digit;
            }
            text.append((char) unit);
        }
        return text.toString();
    }

    private static double varInt(ByteReader in) throws MalformedUpdateException {
        int next = in.uint8();
        boolean negative = (next & 0x40) != 0;
        double value = next & 0x3f;
        double unit = 64;
        while ((next & 0x80) != 0) {
            next = in.uint8();
            value += (next & 0x7f) * unit;
            unit *= 128;
        }
        return negative ? -value : value;
    }

    private static long big(ByteReader in, int bytes) throws MalformedUpdateException {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | in.uint8();
        }
        return value;
    }

    /** As JavaScript writes numbers, but for minus zero. */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            return "null";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return Long.toString((long) value);
        }
        BigDecimal shortest = new BigDecimal(Double.toString(Math.abs(value))).stripTrailingZeros();
        if (shortest.precision() == 2) {
            // Java gives two digits at least
            BigDecimal shorter = shortest.round(new MathContext(1)).stripTrailingZeros();
            shortest = shorter.doubleValue() == Math.abs(value) ? shorter : shortest;
        }
        String digits = shortest.unscaledValue().toString();
        int point = digits.length() - shortest.scale();
        StringBuilder out = new StringBuilder(value < 0 ? "-" : "");
        if (digits.length() <= point && point <= 21) {
            return out.append(digits)
                    .append("0".repeat(point - digits.length()))
                    .toString();
        }
        if (0 < point && point <= 21) {
            return out.append(digits, 0, point)
                    .append('.')
                    .append(digits, point, digits.length())
                    .toString();
        }
        if (-6 < point && point <= 0) {
            return out.append("0.").append("0".repeat(-point)).append(digits).toString();
        }
        out.append(digits.charAt(0));
        if (digits.length() > 1) {
            out.append('.').append(digits, 1, digits.length());
        }
        return out.append('e')
                .append(point > 0 ? "+" : "-")
                .append(Math.abs(point - 1))
                .toString();
    }

    static String quoted(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2);
        quote(text, out);
        return out.toString();
    }

    /** As JSON.stringify does. */
    static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            switch (unit) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\t' -> out.append("\\t");
                case '\n' -> out.append("\\n");
                case '\f' -> out.append("\\f");
                case '\r' -> out.append("\\r");
                default -> {
                    boolean half = Character.isSurrogate(unit);
                    if (half
                            && Character.isHighSurrogate(unit)
                            && i + 1 < text.length()
                            && Character.isLowSurrogate(text.charAt(i + 1))) {
                        out.append(unit).append(text.charAt(++i));
                    } else if (half || unit < 0x20) {
                        out.append(String.format("\\u%04x", (int) unit));
                    } else {
                        out.append(unit);
                    }
                }
            }
        }
        out.append('"');
    }
}
