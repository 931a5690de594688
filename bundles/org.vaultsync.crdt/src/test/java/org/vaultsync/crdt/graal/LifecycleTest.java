// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.vaultsync.crdt.graal.Lab.edit;
import static org.vaultsync.crdt.graal.Lab.item;

import java.lang.management.ManagementFactory;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.ReplicaException;

@Isolated("what is in use counts")
class LifecycleTest {
    private static final int CONTEXTS = Lab.SOAK ? 200 : 10;
    private static final int REPLICAS = Lab.SOAK ? 100_000 : 2_000;
    private static final int OPEN_AT_ONCE = 5;
    /** A context that stays takes as much by itself, a replica in Yjs a fiftieth of it; both were opened in numbers. */
    private static final long MOST_KILOBYTES = 200;

    /** What the JVM holds on to, when everything that can go has gone. */
    private record Held(long heap, long classes, long metaspace, int threads) {
        static Held now() throws InterruptedException {
            long heap = Long.MAX_VALUE;
            for (int i = 0; i < 4; i++) {
                // cleaners run behind the collector; when this one's turn has come, theirs has
                ReferenceQueue<Object> gone = new ReferenceQueue<>();
                PhantomReference<Object> last = new PhantomReference<>(new Object(), gone);
                System.gc();
                assertSame(last, gone.remove(10_000));
                heap = Math.min(
                        heap,
                        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
            }
            return new Held(
                    heap >> 10,
                    ManagementFactory.getClassLoadingMXBean().getLoadedClassCount(),
                    ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage().getUsed() >> 10,
                    ManagementFactory.getThreadMXBean().getThreadCount());
        }

        @Override
        public String toString() {
            return heap + " KB of heap, " + metaspace + " KB beside it, " + classes + " classes, " + threads
                    + " threads";
        }
    }

    private static void assertNothingStayed(String what, Held before, Held after) {
        System.out.println("lifecycle: " + what + "; before " + before + "; after " + after);
        assertTrue(after.heap() - before.heap() < MOST_KILOBYTES, "heap grew from " + before + " to " + after);
        assertTrue(after.classes() - before.classes() < 100, "classes grew from " + before + " to " + after);
        assertTrue(after.threads() <= before.threads() + 2, "threads grew from " + before + " to " + after);
    }

    @Test
    void contextsLeaveNothingBehindAlsoWhenTheirReplicasWereNotClosed() throws Exception {
        openAndCloseContexts(10);
        Held before = Held.now();
        openAndCloseContexts(CONTEXTS);
        assertNothingStayed(
                CONTEXTS + " contexts opened and closed, with " + OPEN_AT_ONCE + " replicas open in each",
                before,
                Held.now());
    }

    private static void openAndCloseContexts(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            try (ReplicaEngine engine = Lab.engine()) {
                for (int j = 0; j < OPEN_AT_ONCE; j++) {
                    Replica left = item(engine, 1 + j);
                    edit(left, "{\"a\":\"" + "x".repeat(20_000) + "\"}");
                    edit(left, "{\"a\":" + j + "}");
                }
            }
        }
    }

    @Test
    void replicasLeaveNothingBehindInAContextThatStays() throws Exception {
        try (ReplicaEngine engine = Lab.engine();
                Replica stays = item(engine, 1)) {
            edit(stays, "{\"a\":1}");
            edit(stays, "{\"a\":2}");
            openAndCloseReplicas(engine, 1_000);
            Held before = Held.now();
            openAndCloseReplicas(engine, REPLICAS);
            Held after = Held.now();
            assertEquals(1.0, ((GraalReplicaEngine) engine).call(((GraalReplica) stays).home(), "openReplicas")[0]);
            assertEquals("{\"a\":2}", Lab.content(stays));
            assertNothingStayed(REPLICAS + " replicas opened and closed in one context", before, after);
        }
    }

    private static void openAndCloseReplicas(ReplicaEngine engine, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            try (Replica replica = item(engine, 2 + i)) {
                edit(replica, "{\"a\":1,\"b\":[\"" + i + "\"]}");
                // the first write needs no context
                edit(replica, "{\"a\":2,\"b\":[\"" + i + "\",null]}");
            }
        }
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
