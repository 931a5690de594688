// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Names that are in the databases and settings of people: whoever renames one loses what is stored under it. */
class StoredNamesTest {
    private static String names(Enum<?>[] all) {
        return Arrays.stream(all).map(Enum::name).collect(Collectors.joining(" "));
    }

    @Test
    void kindsOfTheLog() {
        assertEquals("DEVICE ROOM ATTEMPT LINKED CLOSED REFUSED STORE", names(LogEntry.Kind.values()));
    }

    @Test
    void kindsOfTheHistory() {
        assertEquals("EARLIER SHARED EDITED RESTORED DELETED CAME_BACK", names(Version.Kind.values()));
    }

    @Test
    void whatIsTakenOfARoom() {
        assertEquals("TAKE ASK BROWSE", names(SyncPolicy.Incoming.values()));
        assertEquals(SyncPolicy.Incoming.ASK, SyncPolicy.Incoming.valueOf("ASK"));
        assertThrows(IllegalArgumentException.class, () -> SyncPolicy.Incoming.valueOf("ask"));
    }

    /** The doctor shows what matters most first, by this order. */
    @Test
    void findingsByWeight() {
        assertEquals(
                List.of(Finding.Weight.FINE, Finding.Weight.NOTE, Finding.Weight.PROBLEM),
                Arrays.stream(Finding.Weight.values()).sorted().toList());
    }
}
