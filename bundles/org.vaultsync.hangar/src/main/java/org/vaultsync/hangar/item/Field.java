// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.item;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.List;

/**
 * A field of an item that people edit in the form.
 *
 * @param at where it is in the {@link ItemDocument}
 */
public record Field(String label, JsonPointer at, Kind kind) {

    /** How a field is edited. */
    public sealed interface Kind {
        /** One line of text. */
        record Line(boolean required) implements Kind {}

        /** Text of several lines. */
        record Notes() implements Kind {}

        /** A whole number. */
        record Whole(long least, long most) implements Kind {
            public Whole {
                if (least > most) {
                    throw new IllegalArgumentException(least + " is more than " + most);
                }
            }
        }

        /** Any number. */
        record Decimal() implements Kind {}

        /** Yes or no. */
        record Flag() implements Kind {}

        /** One of a few values; others that are there already are kept and shown. */
        record Choice(List<Option> options) implements Kind {
            public Choice {
                options = List.copyOf(options);
            }
        }

        /** A list of short texts. */
        record Lines() implements Kind {}

        /** A list of ids of other items of one type. */
        record References(String type) implements Kind {}
    }

    /**
     * A value that can be chosen.
     *
     * @param value as it is stored
     */
    public record Option(String value, String label) {}

    /** Fields that belong together on the form. */
    public record Group(String title, boolean wide, List<Field> fields) {
        public Group {
            fields = List.copyOf(fields);
        }
    }
}
