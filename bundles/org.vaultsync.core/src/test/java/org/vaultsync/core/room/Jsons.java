// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

/** Lets tests of other packages read and compare JSON as the product does. */
public final class Jsons {
    private Jsons() {}

    public static boolean same(String one, String other) {
        return ItemJson.same(one, other);
    }

    public static String text(String json) {
        return ItemJson.parse(json).asText();
    }
}
