// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.vaultsync.crdt.graal.Lab.content;
import static org.vaultsync.crdt.graal.Lab.edit;
import static org.vaultsync.crdt.graal.Lab.item;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.ReplicaException;
import org.vaultsync.crdt.update.ByteWriter;
import org.vaultsync.crdt.update.Gate;
import org.vaultsync.crdt.update.Knowledge;
import org.vaultsync.crdt.update.Verdict;

/** A few bytes that want much: memory, depth, or time. */
@Isolated("memory and time count")
class BombsTest {
    private static ReplicaEngine engine;

    @BeforeAll
    static void open() throws Exception {
        engine = Lab.engine();
        for (int i = 0; i < 40; i++) {
            try (Replica warm = item(engine, 1)) {
                edit(warm, "{\"a\":1}");
                warm.apply(Bomb.MANY_WRITERS_OF_ONE_MEMBER.bytes(3));
                warm.json();
            }
        }
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    /** What it is made of, by how large it is to be. */
    private enum Bomb {
        NESTED_VALUES(100_000) {
            @Override
            byte[] bytes(int size) {
                ByteWriter out = member(0x28);
                out.varUint(1);
                for (int i = 0; i < size; i++) {
                    out.uint8(117);
                    out.varUint(1);
                }
                out.uint8(126);
                return alone(1, out);
            }
        },
        NESTED_JSON(50_000) {
            @Override
            byte[] bytes(int size) {
                ByteWriter out = member(0x22);
                out.varUint(1);
                out.varString("[".repeat(size) + "]".repeat(size));
                return alone(1, out);
            }
        },
        NESTED_MAPS(1_000) {
            @Override
            byte[] bytes(int size) {
                return nestedMaps(size);
            }
        },
        NESTED_MAPS_MANY(10_000) {
            @Override
            byte[] bytes(int size) {
                return nestedMaps(size);
            }
        },
        GARBAGE_OF_MANY_CLOCKS(50) {
            @Override
            byte[] bytes(int size) {
                ByteWriter out = new ByteWriter();
                out.uint8(0);
                out.varUint(1L << size);
                return alone(1, out);
            }
        },
        DELETED_MEMBER_OF_MANY_CLOCKS(50) {
            @Override
            byte[] bytes(int size) {
                ByteWriter out = member(0x21);
                out.varUint(1L << size);
                return alone(1, out);
            }
        },
        PROMISED_WRITES(52) {
            @Override
            byte[] bytes(int size) {
                ByteWriter out = new ByteWriter();
                out.varUint(1);
                out.varUint(1L << size);
                out.varUint(7);
                out.varUint(0);
                return out.toByteArray();
            }
        },
        PROMISED_TEXT(52) {
            @Override
            byte[] bytes(int size) {
                ByteWriter out = member(0x24);
                out.varUint(1L << size);
                return alone(1, out);
            }
        },
        MANY_DELETES_OF_NOTHING(100_000) {
            @Override
            byte[] bytes(int size) {
                ByteWriter out = new ByteWriter();
                out.varUint(0);
                out.varUint(1);
                out.varUint(99);
                out.varUint(size);
                for (int i = 0; i < size; i++) {
                    out.varUint(2L * i);
                    out.varUint(1);
                }
                return out.toByteArray();
            }
        },
        MANY_WRITERS_OF_ONE_MEMBER(1_500) {
            @Override
            byte[] bytes(int size) {
                ByteWriter out = new ByteWriter();
                out.varUint(size);
                for (int i = 0; i < size; i++) {
                    out.varUint(1);
                    out.varUint(100 + i);
                    out.varUint(0);
                    write(out, member(0x28));
                    number(out);
                }
                out.varUint(0);
                return out.toByteArray();
            }
        },
        WRITES_THAT_EACH_SEARCH_A_LIST(3_000) {
            @Override
            byte[] bytes(int size) {
                return searches(size);
            }
        },
        WRITES_THAT_EACH_SEARCH_A_LONG_LIST(12_000) {
            @Override
            byte[] bytes(int size) {
                return searches(size);
            }
        },
        WRITERS_THAT_WAIT_FOR_EACH_OTHER(5_000) {
            @Override
            byte[] bytes(int size) {
                // each refers to the next, and the next comes later
                ByteWriter out = new ByteWriter();
                out.varUint(size);
                for (int i = 0; i < size; i++) {
                    out.varUint(1);
                    out.varUint(100 + size - i);
                    out.varUint(0);
                    if (i == size - 1) {
                        write(out, member(0x28));
                    } else {
                        out.uint8(0x88);
                        out.varUint(100 + size - i - 1);
                        out.varUint(0);
                    }
                    number(out);
                }
                out.varUint(0);
                return out.toByteArray();
            }
        };

        final int size;

        Bomb(int size) {
            this.size = size;
        }

        abstract byte[] bytes(int size);

        private static ByteWriter member(int info) {
            ByteWriter out = new ByteWriter();
            out.uint8(info);
            out.varUint(1);
            out.varString("content");
            out.varString("k");
            return out;
        }

        private static void number(ByteWriter out) {
            out.varUint(1);
            out.uint8(125);
            out.uint8(1);
        }

        private static void write(ByteWriter out, ByteWriter more) {
            byte[] bytes = more.toByteArray();
            out.raw(bytes, 0, bytes.length);
        }

        private static byte[] alone(int count, ByteWriter structs) {
            ByteWriter out = new ByteWriter();
            out.varUint(1);
            out.varUint(count);
            out.varUint(7);
            out.varUint(0);
            write(out, structs);
            out.varUint(0);
            return out.toByteArray();
        }

        private static byte[] nestedMaps(int depth) {
            ByteWriter out = new ByteWriter();
            for (int i = 0; i < depth; i++) {
                out.uint8(0x27);
                if (i == 0) {
                    out.varUint(1);
                    out.varString("content");
                } else {
                    out.varUint(0);
                    out.varUint(7);
                    out.varUint(i - 1);
                }
                out.varString("k");
                out.varUint(1);
            }
            return alone(depth, out);
        }

        /** A list of so many elements, and as many writes by another client that knew of none of them. */
        private static byte[] searches(int size) {
            ByteWriter out = new ByteWriter();
            out.varUint(2);
            out.varUint(size);
            out.varUint(8);
            out.varUint(0);
            for (int i = 0; i < size; i++) {
                out.uint8(0x08);
                out.varUint(0);
                out.varUint(7);
                out.varUint(0);
                number(out);
            }
            out.varUint(size + 1);
            out.varUint(7);
            out.varUint(0);
            write(out, member(0x27));
            out.varUint(0);
            for (int i = 0; i < size; i++) {
                if (i == 0) {
                    out.uint8(0x08);
                    out.varUint(0);
                    out.varUint(7);
                    out.varUint(0);
                } else {
                    out.uint8(0x88);
                    out.varUint(7);
                    out.varUint(i);
                }
                number(out);
            }
            out.varUint(0);
            return out.toByteArray();
        }
    }

    private static long cpuTime() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    @ParameterizedTest
    @EnumSource
    void costsOneItemAtMostAndBoundedTime(Bomb bomb) throws Exception {
        byte[] bytes = bomb.bytes(bomb.size);
        // what Yjs may take of the processor for it, and as much again for all else; nothing for the depth of a stack
        long most = 1_000 + bytes.length * 20L / 1_000;
        List<String> course = new ArrayList<>();
        try (Replica other = item(engine, 5)) {
            edit(other, "{\"a\":1}");
            byte[] honest = edit(other, "{\"a\":2}");
            byte[] before = other.state();

            long begun = cpuTime();
            Verdict verdict = Gate.check(Knowledge.of(List.of(before)), bytes, Set.of(5L));
            course.add(verdict.getClass().getSimpleName() + " in " + since(begun, most) + " ms");
            if (verdict instanceof Verdict.Accepted(byte[] accepted)) {
                try (Replica victim = item(engine, 6, before)) {
                    begun = cpuTime();
                    course.add(outcome(() -> {
                                victim.apply(accepted);
                                victim.json();
                            })
                            + " open in " + since(begun, most) + " ms");
                }
                begun = cpuTime();
                course.add(outcome(() -> {
                            try (Replica victim = item(engine, 7, before, accepted)) {
                                victim.json();
                            }
                        })
                        + " closed in " + since(begun, most) + " ms");
            }
            // others in the same context go on, and so does the item without it
            assertEquals("{\"a\":2}", content(other));
            edit(other, "{\"a\":3}");
            assertEquals("{\"a\":3}", content(other));
            try (Replica again = item(engine, 8, before)) {
                again.apply(honest);
                assertEquals("{\"a\":2}", content(again));
            }
        }
        System.out.println("bombs: " + bomb + ", " + bytes.length + " bytes: " + String.join(", ", course));
    }

    /** The process of {@link #whatMemoryHasNoPlaceForIsSetAsideAtOnceAndOthersGoOn()}. */
    public static void main(String[] none) throws Exception {
        try (ReplicaEngine engine = Lab.engine();
                Replica other = item(engine, 5);
                Replica victim = item(engine, 6)) {
            edit(other, "{\"a\":1}");
            edit(other, "{\"a\":2}");
            edit(victim, "{\"a\":1}");
            int size = 500_000;
            ByteWriter out = Bomb.member(0x28);
            Bomb.number(out);
            for (int i = 1; i < size; i++) {
                out.uint8(0xa8);
                out.varUint(7);
                out.varUint(i - 1);
                Bomb.number(out);
            }
            Verdict verdict = Gate.check(Knowledge.NOTHING, Bomb.alone(size, out), Set.of());
            System.out.println(outcome(() -> victim.apply(((Verdict.Accepted) verdict).update())));
            edit(other, "{\"a\":3}");
            System.out.println(content(other));
        }
    }

    @Test
    void whatMemoryHasNoPlaceForIsSetAsideAtOnceAndOthersGoOn() throws Exception {
        String said = Lab.inLittleMemory("200m", BombsTest.class);
        assertTrue(
                said.matches(
                        "set aside \\(an update of 500000 writes and deletes; this device has memory for \\d+\\)\\R"
                                + "\\{\"a\":3}\\R"),
                said);
    }

    private interface Work {
        void run() throws Exception;
    }

    /** Taken, or the replica says that it is broken; nothing else comes out. */
    private static String outcome(Work work) throws Exception {
        try {
            work.run();
            return "taken";
        } catch (ReplicaException e) {
            return "set aside (" + e.getMessage() + ")";
        }
    }

    private static long since(long begun, long most) {
        long took = (cpuTime() - begun) / 1_000_000;
        assertTrue(took < most, took + " ms, at most " + most);
        return took;
    }

    @Test
    void seventeenBytesCannotWipeWhatAPeerHasWrittenAndWillWrite() throws Exception {
        try (Replica peer = item(engine, 99)) {
            byte[] first = edit(peer, "{\"a\":1}");
            ByteWriter out = new ByteWriter();
            out.varUint(0);
            out.varUint(1);
            out.varUint(99);
            out.varUint(1);
            out.varUint(0);
            out.varUint((1L << 53) - 1);
            assertInstanceOf(
                    Verdict.Partly.class, Gate.check(Knowledge.of(List.of(first)), out.toByteArray(), Set.of()));
            Verdict.Partly part =
                    (Verdict.Partly) Gate.check(Knowledge.of(List.of(first)), out.toByteArray(), Set.of());
            byte[] second = edit(peer, "{\"a\":1,\"b\":2}");
            try (Replica victim = item(engine, 9, first)) {
                victim.apply(part.update());
                victim.apply(second);
                assertEquals("{\"b\":2}", content(victim), "what it will write stays");
            }
        }
    }

    @Test
    void oneLostUpdateAndAThousandThatFollowCostNothing() throws Exception {
        try (Replica peer = item(engine, 99)) {
            byte[] first = edit(peer, "{\"a\":0}");
            Knowledge held = Knowledge.of(List.of(first));
            edit(peer, "{\"a\":-1}");
            List<byte[]> following = new ArrayList<>();
            for (int i = 1; i <= 1_000; i++) {
                following.add(edit(peer, "{\"a\":" + i + "}"));
            }
            long begun = cpuTime();
            for (byte[] update : following) {
                Verdict.Partly part = assertInstanceOf(Verdict.Partly.class, Gate.check(held, update, Set.of()));
                assertEquals(0, part.update().length);
            }
            assertTrue(since(begun, 1_000) < 1_000);
        }
    }
}
