// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.vaultsync.transport.contract.Heard;

class RefusalsTest {
    @Test
    void manyOfOneKindAreOneLine() {
        Heard heard = new Heard("org.vaultsync.transport.lan");
        try {
            Refusals refusals = new Refusals();
            for (int i = 0; i < 1000; i++) {
                refusals.add(Refusals.Why.UNKNOWN_KNOCK, "");
                refusals.add(Refusals.Why.WRONG_KEY, "3f9a12c0");
            }
            assertEquals(
                    List.of(
                            "lan: hung up on a caller: nobody knows its knock",
                            "lan: hung up on a caller: its key is not the pinned one: 3f9a12c0"),
                    heard.warnings().stream()
                            .filter(line -> line.startsWith("lan: hung up"))
                            .toList());
        } finally {
            heard.close();
        }
    }
}
