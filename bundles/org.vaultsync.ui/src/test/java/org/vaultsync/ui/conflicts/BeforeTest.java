// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.conflicts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.vaultsync.Conflict;
import org.vaultsync.FieldChange;
import org.vaultsync.RoomId;
import org.vaultsync.Version;

class BeforeTest {
    private static final Conflict CONFLICT = new Conflict("c", "u1", "/content/n", "30", "40", "", "", Instant.EPOCH);

    @Test
    void isWhatTheOlderOfTheTwoReplaced() {
        assertEquals(Optional.of("20"), before(change("40", "30"), change("20", "40"), change("10", "20")));
        assertEquals(Optional.of("20"), before(change("20", "30"), change("10", "20")));
        assertEquals(Optional.of(""), before(change("", "30")));
    }

    @Test
    void isFoundBehindWhatSomebodyWroteSince() {
        assertEquals(Optional.of("20"), before(change("30", "35"), change("40", "30"), change("20", "40")));
    }

    @Test
    void isUnknownWhereTheHistoryDoesNotTell() {
        assertEquals(Optional.empty(), before(change("40", "30")));
        assertEquals(Optional.empty(), before(new FieldChange("/content/other", "1", "30")));
        assertEquals(Optional.empty(), before());
    }

    private static FieldChange change(String before, String after) {
        return new FieldChange("/content/n", before, after);
    }

    /** @param changes each made by a version of its own, the newest first */
    private static Optional<String> before(FieldChange... changes) {
        return Before.of(
                CONFLICT,
                List.of(changes).stream()
                        .map(change -> new Version(
                                "v",
                                new RoomId("0".repeat(32)),
                                "u1",
                                Version.Kind.EDITED,
                                List.of(),
                                Optional.empty(),
                                false,
                                List.of(change),
                                Optional.empty()))
                        .toList());
    }
}
