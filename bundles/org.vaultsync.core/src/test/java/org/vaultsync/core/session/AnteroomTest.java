// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnteroomTest {
    private final Anteroom anteroom = new Anteroom();
    private final List<String> heard = new ArrayList<>();

    private void enter(String message) {
        anteroom.enter(() -> heard.add(message));
    }

    @Test
    void whatComesBeforeItIsKnownThatTheLinkStaysIsHeardThenAndInOrder() {
        enter("one");
        enter("two");
        assertEquals(List.of(), heard);
        anteroom.open();
        assertEquals(List.of("one", "two"), heard);
        enter("three");
        assertEquals(List.of("one", "two", "three"), heard);
    }

    @Test
    void whatComesOverALinkThatStaysNoMoreIsNotHeard() {
        enter("one");
        anteroom.open();
        anteroom.wallUp();
        enter("two");
        anteroom.open();
        assertEquals(List.of("one"), heard);
    }

    @Test
    void whatWaitsForALinkThatLosesIsNeverHeard() {
        enter("one");
        anteroom.wallUp();
        anteroom.open();
        assertEquals(List.of(), heard);
    }
}
