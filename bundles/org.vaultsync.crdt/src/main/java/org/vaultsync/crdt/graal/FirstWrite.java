// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.update.ByteWriter;

/**
 * What Yjs writes when content goes into an empty document, byte for byte: nothing is there that it could meet, so the
 * writes follow from the content alone. Sharing a vault is mostly this.
 */
final class FirstWrite {
    /** The script has the same bound: from here on a text of several lines merges letter by letter. */
    private static final int TEXT_LENGTH = 256;

    private static final int STRING = 4;
    private static final int TYPE = 7;
    private static final int ANY = 8;
    private static final int HAS_ORIGIN = 0x80;
    private static final int HAS_PARENT_SUB = 0x20;

    private final DocumentKind kind;
    private final long client;
    private final ByteWriter writes = new ByteWriter();
    private int count;
    private long clock;

    private FirstWrite(DocumentKind kind, long client) {
        this.kind = kind;
        this.client = client;
    }

    /** The update; the document has only roots that the kind has, and each is an object. */
    static byte[] of(DocumentKind kind, long client, Json.JsonObject document, Shape shape) {
        FirstWrite first = new FirstWrite(kind, client);
        document.members()
                .forEach((root, object) -> ((Json.JsonObject) object)
                        .members()
                        .forEach((name, value) -> first.member(
                                root,
                                -1,
                                Keys.escape(name),
                                value,
                                shape.member(root).member(name))));
        ByteWriter out = new ByteWriter();
        out.varUint(1);
        out.varUint(first.count);
        out.varUint(client);
        out.varUint(0);
        byte[] written = first.writes.toByteArray();
        out.raw(written, 0, written.length);
        out.varUint(0);
        return out.toByteArray();
    }

    /** A member of a root, or where that is null of the map at a clock. */
    private void member(String root, long parent, String key, Json value, Shape shape) {
        int content = content(value, shape);
        writes.uint8(content | HAS_PARENT_SUB);
        if (root != null) {
            writes.varUint(1);
            writes.varString(root);
        } else {
            parent(parent);
        }
        writes.varString(key);
        put(content, List.of(value), shape);
    }

    private void parent(long parent) {
        writes.varUint(0);
        writes.varUint(client);
        writes.varUint(parent);
    }

    private int content(Json value, Shape shape) {
        boolean type = kind.nested()
                && (value instanceof Json.JsonObject || value instanceof Json.JsonArray || isText(value, shape));
        return type ? TYPE : ANY;
    }

    private static boolean isText(Json value, Shape shape) {
        return value instanceof Json.Text(String text)
                && (shape.isText() || text.length() >= TEXT_LENGTH && text.indexOf('\n') >= 0)
                && !Keys.hasHalfPair(text);
    }

    /** The content of one write, and all that hangs on it. */
    private void put(int content, List<Json> values, Shape shape) {
        count++;
        if (content == ANY) {
            clock += values.size();
            writes.varUint(values.size());
            values.forEach(this::any);
            return;
        }
        long own = clock++;
        switch (values.getFirst()) {
            case Json.JsonArray array -> {
                writes.varUint(0);
                elements(own, array.elements(), shape.element());
            }
            case Json.JsonObject object -> {
                writes.varUint(1);
                object.members()
                        .forEach((name, value) -> member(null, own, Keys.escape(name), value, shape.member(name)));
            }
            case Json.Text text -> {
                writes.varUint(2);
                if (text.value().isEmpty()) {
                    return;
                }
                writes.uint8(STRING);
                parent(own);
                writes.varString(text.value());
                count++;
                clock += text.value().length();
            }
            case Json.Number number -> throw new IllegalArgumentException("a number is plain");
            case Json.Word word -> throw new IllegalArgumentException("a word is plain");
        }
    }

    /** Plain values in a row are one write. */
    private void elements(long parent, List<Json> elements, Shape shape) {
        long last = -1;
        List<Json> row = new ArrayList<>();
        for (Json element : elements) {
            if (content(element, shape) == ANY) {
                row.add(element);
                continue;
            }
            last = row(parent, last, row);
            long own = clock;
            element(parent, last, TYPE, List.of(element), shape);
            last = own;
        }
        row(parent, last, row);
    }

    private long row(long parent, long last, List<Json> row) {
        if (row.isEmpty()) {
            return last;
        }
        element(parent, last, ANY, List.copyOf(row), Shape.PLAIN);
        row.clear();
        return clock - 1;
    }

    private void element(long parent, long last, int content, List<Json> values, Shape shape) {
        if (last < 0) {
            writes.uint8(content);
            parent(parent);
        } else {
            writes.uint8(content | HAS_ORIGIN);
            writes.varUint(client);
            writes.varUint(last);
        }
        put(content, values, shape);
    }

    private void any(Json value) {
        switch (value) {
            case Json.Word word ->
                writes.uint8(
                        switch (word) {
                            case TRUE -> 120;
                            case FALSE -> 121;
                            case NULL -> 126;
                        });
            case Json.Number number -> {
                if (number.exact()) {
                    number(Double.parseDouble(number.wire()));
                } else {
                    wrapped("$num", number.wire());
                }
            }
            case Json.Text text -> {
                if (Keys.hasHalfPair(text.value())) {
                    wrapped("$utf16", Keys.units(text.value()));
                } else {
                    text(text.value());
                }
            }
            case Json.JsonArray array -> {
                writes.uint8(117);
                writes.varUint(array.elements().size());
                array.elements().forEach(this::any);
            }
            case Json.JsonObject object -> {
                writes.uint8(118);
                writes.varUint(object.members().size());
                for (Map.Entry<String, Json> member : object.members().entrySet()) {
                    writes.varString(Keys.escape(member.getKey()));
                    any(member.getValue());
                }
            }
        }
    }

    private void text(String text) {
        writes.uint8(119);
        writes.varString(text);
    }

    private void wrapped(String name, String word) {
        writes.uint8(118);
        writes.varUint(1);
        writes.varString(name);
        text(word);
    }

    private void number(double value) {
        if (value == Math.rint(value) && Math.abs(value) <= Integer.MAX_VALUE) {
            writes.uint8(125);
            integer(value);
        } else if ((float) value == value) {
            writes.uint8(124);
            big(Float.floatToRawIntBits((float) value), 4);
        } else {
            writes.uint8(123);
            big(Double.doubleToRawLongBits(value), 8);
        }
    }

    private void integer(double value) {
        int negative = value < 0 || 1 / value < 0 ? 0x40 : 0;
        long rest = (long) Math.abs(value);
        writes.uint8((int) (rest & 0x3f) | negative | (rest > 0x3f ? 0x80 : 0));
        rest >>>= 6;
        while (rest > 0) {
            writes.uint8((int) (rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
            rest >>>= 7;
        }
    }

    private void big(long bits, int bytes) {
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
            writes.uint8((int) (bits >>> shift));
        }
    }
}
