// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same script on Node makes the same bytes, from the same seeds. */
class NodeTest {
    private static final int STEPS = Lab.SOAK ? 300 : 60;

    @Test
    void historiesAreTheSameOnNode() throws Exception {
        int[] seeds = Lab.seeds(8, 200).toArray();
        try (Guest here = Lab.guest();
                Guest node = Lab.node()) {
            for (int seed : seeds) {
                assertArrayEquals(
                        node.call("history", seed, 3, STEPS, seed % 2 == 0),
                        here.call("history", seed, 3, STEPS, seed % 2 == 0));
            }
        }
        System.out.println(
                "node: " + seeds.length + " histories of " + STEPS + " steps, the same bytes here and on Node");
    }

    /** Yjs's test helper compares its five peers with each other and with what their merged updates make. */
    @ParameterizedTest
    @ValueSource(strings = {"array", "map", "text", "xml", "nested", "all"})
    void whatYjsTestsOfItselfHoldsHereAndEndsAsOnNode(String kind) throws Exception {
        int each = Lab.SOAK ? 1_000 : 150;
        int[] seeds = Lab.seeds(2, 30).toArray();
        long bytes = 0;
        try (Guest here = Lab.guest();
                Guest node = Lab.node()) {
            for (int seed : seeds) {
                Object[] expected = node.call("conformance", kind, seed, each);
                assertArrayEquals(expected, here.call("conformance", kind, seed, each), kind + ", seed " + seed);
                bytes += ((byte[]) expected[0]).length;
            }
        }
        System.out.println("conformance: " + kind + ", " + seeds.length + " seeds of " + each
                + " iterations on 5 peers, ended in the same " + bytes + " bytes here and on Node");
    }

    @Test
    void aPeerThatDiffersIsNoticed() throws Exception {
        try (Guest here = Lab.guest()) {
            assertThrows(GuestException.class, () -> here.call("conformance", "broken", 1, 100));
        }
    }
}
