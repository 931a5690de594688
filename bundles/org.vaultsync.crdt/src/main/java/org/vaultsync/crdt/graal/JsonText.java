// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import java.util.Locale;
import java.util.Map;

/** Writes JSON for the script: what JavaScript cannot hold is wrapped, names of members are escaped. */
public final class JsonText {
    private final StringBuilder out = new StringBuilder();
    private boolean needsComma;

    JsonText beginArray() {
        comma();
        out.append('[');
        needsComma = false;
        return this;
    }

    JsonText endArray() {
        out.append(']');
        needsComma = true;
        return this;
    }

    JsonText number(int value) {
        comma();
        out.append(value);
        return this;
    }

    public JsonText text(String value) {
        comma();
        quote(value);
        return this;
    }

    JsonText value(Json value, Shape shape) {
        comma();
        append(value, shape);
        return this;
    }

    private void comma() {
        if (needsComma) {
            out.append(',');
        }
        needsComma = true;
    }

    private void append(Json value, Shape shape) {
        switch (value) {
            case Json.Word word -> out.append(word.name().toLowerCase(Locale.ROOT));
            case Json.Number number -> {
                if (number.exact()) {
                    out.append(number.wire());
                } else {
                    out.append("{\"$num\":\"").append(number.wire()).append("\"}");
                }
            }
            case Json.Text text -> {
                if (Keys.hasHalfPair(text.value())) {
                    out.append("{\"$utf16\":\"")
                            .append(Keys.units(text.value()))
                            .append("\"}");
                } else if (shape.isText()) {
                    out.append("{\"$text\":");
                    quote(text.value());
                    out.append('}');
                } else {
                    quote(text.value());
                }
            }
            case Json.JsonArray array -> {
                out.append('[');
                String separator = "";
                for (Json element : array.elements()) {
                    out.append(separator);
                    append(element, shape.element());
                    separator = ",";
                }
                out.append(']');
            }
            case Json.JsonObject object -> {
                out.append('{');
                String separator = "";
                for (Map.Entry<String, Json> member : object.members().entrySet()) {
                    out.append(separator);
                    quote(Keys.escape(member.getKey()));
                    out.append(':');
                    append(member.getValue(), shape.member(member.getKey()));
                    separator = ",";
                }
                out.append('}');
            }
        }
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit == '"' || unit == '\\') {
                out.append('\\').append(unit);
            } else if (unit < 0x20) {
                out.append(String.format("\\u%04x", (int) unit));
            } else {
                out.append(unit);
            }
        }
        out.append('"');
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
