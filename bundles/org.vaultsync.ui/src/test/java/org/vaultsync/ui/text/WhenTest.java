// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class WhenTest {
    private static final Instant NOW = Instant.parse("2026-11-20T18:00:00Z");

    @Test
    void namesTheDayWithinAWeek() {
        assertEquals("Tue 14:02", was("2026-11-17T14:02:59Z"));
    }

    @Test
    void givesTheDateWhereADayWouldBeAmbiguous() {
        assertEquals("Nov 13, 2026", was("2026-11-13T14:02:00Z"));
    }

    @Test
    void takesATimeInTheFutureFromAClockThatIsOff() {
        assertEquals("Sat 18:00", When.was(NOW.plus(Duration.ofDays(1)), NOW, ZoneOffset.UTC, Locale.US));
    }

    private static String was(String time) {
        return When.was(Instant.parse(time), NOW, ZoneOffset.UTC, Locale.US);
    }
}
