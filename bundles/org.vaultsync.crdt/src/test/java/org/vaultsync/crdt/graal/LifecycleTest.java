// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.vaultsync.crdt.graal.Lab.edit;
import static org.vaultsync.crdt.graal.Lab.item;

import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.ReplicaException;

class LifecycleTest {
    private static final int ENGINES = Lab.SOAK ? 200 : 8;
    private static final int REPLICAS = Lab.SOAK ? 100_000 : 400;
    private static final long MOST_MEGABYTES = 16;

    @Test
    void enginesAndReplicasLeaveNothingBehind() throws Exception {
        cycle(2, 50);
        long before = used();
        cycle(ENGINES, REPLICAS);
        long grown = (used() - before) >> 20;
        assertTrue(grown < MOST_MEGABYTES, "grown by " + grown + " MB");
    }

    private static void cycle(int engines, int replicas) throws Exception {
        for (int i = 0; i < engines; i++) {
            try (ReplicaEngine engine = Lab.engine()) {
                for (int j = 0; j < replicas / engines; j++) {
                    try (Replica replica = item(engine, 1)) {
                        edit(replica, "{\"a\":1}");
                        edit(replica, "{\"a\":2}");
                    }
                }
            }
        }
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Test
    void aClosedEngineAndAClosedReplicaDoNothingMore() throws Exception {
        ReplicaEngine engine = Lab.engine();
        Replica open = item(engine, 1);
        edit(open, "{\"a\":1}");
        edit(open, "{\"a\":2}");
        Replica closed = item(engine, 2);
        closed.close();
        closed.close();
        assertThrows(IllegalStateException.class, closed::json);
        engine.close();
        assertThrows(ReplicaException.class, open::state);
        open.close();
        assertThrows(IllegalStateException.class, () -> engine.open(DocumentKind.ITEM, 1, List.of()));
    }

    @Test
    void anEngineMayBeHandedFromThreadToThread() throws Exception {
        try (ReplicaEngine engine = Lab.engine();
                Replica replica = item(engine, 1)) {
            edit(replica, "{\"a\":1}");
            Thread other = Thread.ofVirtual().start(() -> {
                try {
                    edit(replica, "{\"a\":2}");
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            other.join();
            assertEquals("{\"a\":2}", Lab.content(replica));
        }
    }
}
