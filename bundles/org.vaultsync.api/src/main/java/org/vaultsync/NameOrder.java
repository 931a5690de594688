// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.text.CollationKey;
import java.text.Collator;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The order in which people look for names, in every list that sync shows or gives: numbers in them by their value, so that
 * "Item 2" comes before "Item 10", the rest as the language of this application has it. For one sort, on one thread: it keeps
 * what it has made of each name.
 */
public final class NameOrder implements Comparator<String> {
    private static final Pattern NUMBER = Pattern.compile("0*([0-9]+)");

    private final Collator collator = Collator.getInstance();
    private final Map<String, CollationKey> keys = new HashMap<>();

    @Override
    public int compare(String one, String other) {
        return key(one).compareTo(key(other));
    }

    private CollationKey key(String name) {
        return keys.computeIfAbsent(name, made -> collator.getCollationKey(withLengths(made)));
    }

    /** Each number stands behind how many digits it has, in four of them: then it sorts by value, digit by digit. */
    private static String withLengths(String name) {
        return NUMBER.matcher(name).replaceAll(number -> 1000 + number.group(1).length() + number.group(1));
    }
}
