// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.text;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Locale;

/** Tells a time as people tell it: {@code Tue 14:02} within a week, the date before that. */
public final class When {
    private When() {}

    /** In this computer's zone and language. */
    public static String was(Instant time) {
        return was(time, Instant.now(), ZoneId.systemDefault(), Locale.getDefault());
    }

    static String was(Instant time, Instant now, ZoneId zone, Locale language) {
        ZonedDateTime there = time.atZone(zone);
        boolean thisWeek = Duration.between(time, now).abs().compareTo(Duration.ofDays(6)) < 0;
        DateTimeFormatter format = thisWeek
                ? DateTimeFormatter.ofPattern("EEE HH:mm", language)
                : DateTimeFormatter.ofLocalizedDate(FormatStyle.MEDIUM).withLocale(language);
        return format.format(there);
    }
}
