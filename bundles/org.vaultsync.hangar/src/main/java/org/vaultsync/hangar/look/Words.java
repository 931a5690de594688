// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.look;

import java.util.Locale;
import java.util.MissingResourceException;
import java.util.ResourceBundle;

/** What Hangar says to people: in English as it stands in the code, in another language where there are words for it. */
public final class Words {
    private static final ResourceBundle OTHERS = ResourceBundle.getBundle(
            "org.vaultsync.hangar.look.words",
            Locale.getDefault(),
            Words.class.getClassLoader(),
            ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));

    private Words() {}

    /**
     * A sentence or a word.
     *
     * @param english with places for the values, as for {@link String#formatted}, if there are values
     */
    public static String of(String english, Object... values) {
        String said;
        try {
            said = OTHERS.getString(english);
        } catch (MissingResourceException sayItInEnglish) {
            said = english;
        }
        return values.length == 0 ? said : said.formatted(values);
    }
}
