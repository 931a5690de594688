// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.vaultsync.transport.Door;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.contract.Heard;

class RefusalsTest {
    @Test
    void manyOfOneKindAreOneLine() {
        Heard heard = new Heard("org.vaultsync.transport.lan");
        try {
            Map<String, Integer> told = new HashMap<>();
            Refusals refusals = new Refusals(new Door() {
                @Override
                public Optional<Guest> recognise(Knock knock) {
                    return Optional.empty();
                }

                @Override
                public void linked(Link link) {}

                @Override
                public void refused(String why, int times) {
                    told.merge(why, times, Integer::sum);
                }
            });
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
            assertEquals(
                    Map.of(
                            "A caller was hung up on: nobody knows its knock.",
                            1,
                            "A caller was hung up on: its key is not the pinned one.",
                            1),
                    told);
        } finally {
            heard.close();
        }
    }
}
