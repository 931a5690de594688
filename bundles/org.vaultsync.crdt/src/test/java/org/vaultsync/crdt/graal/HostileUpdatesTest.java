// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.vaultsync.crdt.graal.Lab.content;
import static org.vaultsync.crdt.graal.Lab.edit;
import static org.vaultsync.crdt.graal.Lab.item;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.EngineException;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.ReplicaException;
import org.vaultsync.crdt.update.ByteWriter;
import org.vaultsync.crdt.update.DeleteSet;
import org.vaultsync.crdt.update.Gate;
import org.vaultsync.crdt.update.Knowledge;
import org.vaultsync.crdt.update.MalformedUpdateException;
import org.vaultsync.crdt.update.StateVector;
import org.vaultsync.crdt.update.Update;
import org.vaultsync.crdt.update.Updates;
import org.vaultsync.crdt.update.Verdict;

/** Whatever comes, the gate or the replica stops it, in time, and what a person wrote is there afterwards. */
@Isolated("the time that it takes counts")
class HostileUpdatesTest {
    private static final int ROUNDS = Lab.SOAK ? 10_000 : 600;
    private static final long US = 42;

    private static final int BEYOND_ONE_SECOND = 1_000;

    /** Updates that once got further than they should have: one a line, after its story. */
    private static List<byte[]> corpus() throws IOException {
        try (InputStream in = HostileUpdatesTest.class.getResourceAsStream("hostile.hex")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .map(HexFormat.of()::parseHex)
                    .toList();
        }
    }

    /** What a room holds: a replica that is open all the time, and what was stored. */
    private static final class Victim {
        private final ReplicaEngine engine;
        private final List<byte[]> honest;
        private final byte[] last;
        private final String expected;
        private Replica replica;
        private final Map<String, Integer> counts = new TreeMap<>();
        private long longest;

        Victim(ReplicaEngine engine) throws Exception {
            this.engine = engine;
            this.honest = honestUpdates(engine);
            this.last = honest.removeLast();
            try (Replica twin = open()) {
                twin.apply(last);
                expected = twin.json();
            }
            replica = open();
        }

        private Replica open(byte[]... more) throws Exception {
            List<byte[]> all = new ArrayList<>(honest);
            all.addAll(List.of(more));
            return item(engine, US, all.toArray(byte[][]::new));
        }

        private void count(String what) {
            counts.merge(what, 1, Integer::sum);
        }

        /** One thing from outside, as core takes it: gate, store, replica; set aside where Yjs throws. */
        void receive(byte[] hostile, String name) throws Exception {
            long begun = cpuTime();
            byte[] accepted = switch (Gate.check(Knowledge.of(honest), hostile, Set.of(US))) {
                case Verdict.Accepted(byte[] bytes) -> bytes;
                case Verdict.Partly(byte[] bytes, String missing) -> bytes;
                case Verdict.NothingNew() -> new byte[0];
                case Verdict.Refused(String why) -> new byte[0];
            };
            boolean integrated = false;
            if (accepted.length > 0) {
                try {
                    replica.apply(accepted);
                    replica.json();
                    replica.state();
                    integrated = true;
                } catch (ReplicaException e) {
                    assertThrows(ReplicaException.class, replica::json, name);
                }
            }
            took(begun, name);
            if (integrated) {
                count("integrated");
                agreesWithATwin(accepted, name);
            } else {
                count(accepted.length == 0 ? "stopped by the gate" : "set aside");
            }
            if (accepted.length > 0) {
                replica.close();
                replica = open();
            }
            if (accepted.length > 0 || counts.size() % 50 == 0) {
                replica.apply(last);
                assertEquals(expected, replica.json(), name);
                replica.close();
                replica = open();
            }
        }

        /** What was taken is taken by everybody alike: by one who was open, and by one who opens it later. */
        private void agreesWithATwin(byte[] accepted, String name) throws Exception {
            byte[] rest = switch (Gate.check(Knowledge.of(honest).plus(accepted), last, Set.of())) {
                case Verdict.Accepted(byte[] bytes) -> bytes;
                case Verdict.Partly(byte[] bytes, String missing) -> bytes;
                default -> new byte[0];
            };
            try (Replica twin = open(accepted)) {
                if (rest.length > 0) {
                    replica.apply(rest);
                    twin.apply(rest);
                }
                assertEquals(
                        Knowledge.NOTHING.plus(replica.state()).writes(),
                        Knowledge.NOTHING.plus(twin.state()).writes(),
                        name);
                if (!replica.json().equals(twin.json())) {
                    // writes that no Yjs would make, such as one to the left of its origin: then the order counts
                    count("differ by the order, as in Yjs");
                    List<byte[]> inTurn = new ArrayList<>(honest);
                    inTurn.addAll(List.of(accepted, rest));
                    assertEquals(replica.json("/content").orElse(""), contentByYjs(inTurn), name);
                    List<byte[]> merged = new ArrayList<>(honest);
                    merged.add(accepted);
                    assertEquals(
                            twin.json("/content").orElse(""), contentByYjs(List.of(Updates.merge(merged), rest)), name);
                }
            } catch (ReplicaException e) {
                // where the honest rest meets what was forged: the item is said to be broken, and nothing else is
                count("met the honest rest and broke the item");
            }
        }

        private static String contentByYjs(List<byte[]> updates) throws Exception {
            try (Guest yjs = Lab.guest()) {
                String json = (String) yjs.call(
                                "applied",
                                updates.stream()
                                        .filter(update -> update.length > 0)
                                        .toArray())[2];
                return json.substring("{\"content\":".length(), json.lastIndexOf(",\"meta\""));
            }
        }

        private void took(long begun, String name) {
            long took = cpuTime() - begun;
            longest = Math.max(longest, took);
            assertTrue(took < BEYOND_ONE_SECOND * 1_000_000L, name + ": " + took / 1_000_000 + " ms");
        }
    }

    private static void warmUp(Victim victim) throws Exception {
        Random random = new Random(1);
        for (int i = 0; i < 30; i++) {
            try (Replica replica = victim.open()) {
                replica.edit(replica.json(), replica.json().replaceFirst("\"a\":[0-9]+", "\"a\":" + random.nextInt()));
            }
            try (Replica replica = victim.open()) {
                replica.apply(victim.last);
            }
        }
    }

    @Test
    void mutatedUpdatesHarmNobody() throws Exception {
        Random random = new Random(7);
        try (ReplicaEngine engine = Lab.engine()) {
            Victim victim = new Victim(engine);
            warmUp(victim);
            for (byte[] known : corpus()) {
                victim.receive(known, "known: " + HexFormat.of().formatHex(known));
            }
            for (int round = 0; round < ROUNDS; round++) {
                byte[] hostile = switch (random.nextInt(5)) {
                    case 0 -> mutated(victim.honest.get(random.nextInt(victim.honest.size())), random);
                    case 1 -> forged(random);
                    case 2 -> mutated(forged(random), random);
                    default -> mutated(victim.last, random);
                };
                victim.receive(hostile, "round " + round + ": " + HexFormat.of().formatHex(hostile));
            }
            victim.replica.close();
            System.out.println("hostile updates: " + corpus().size() + " known and " + ROUNDS + " random, "
                    + victim.counts + "; the longest took " + victim.longest / 1_000_000 + " ms");
        }
    }

    /** Everything that reads bytes from outside either gives a value that survives a round trip, or says that they are malformed. */
    @Test
    void mutatedStateVectorsDeletesAndDigestsAreReadOrRefused() throws Exception {
        Random random = new Random(11);
        int refused = 0;
        try (ReplicaEngine engine = Lab.engine()) {
            List<byte[]> honest = honestUpdates(engine);
            byte[] whole = Updates.merge(honest);
            Knowledge knowledge = Knowledge.of(honest);
            for (int round = 0; round < ROUNDS; round++) {
                byte[] vector = mutated(knowledge.writes().encode(), random);
                byte[] deletes = mutated(knowledge.deletes().encode(), random);
                byte[] both = mutated(knowledge.encode(), random);
                byte[] noise = new byte[1 + random.nextInt(40)];
                random.nextBytes(noise);
                long begun = cpuTime();
                for (byte[] bytes : List.of(vector, deletes, both, noise)) {
                    try {
                        StateVector asked = StateVector.decode(bytes);
                        assertEquals(asked, StateVector.decode(asked.encode()));
                        Update.decode(Updates.diff(whole, asked));
                    } catch (MalformedUpdateException e) {
                        refused++;
                    }
                    try {
                        DeleteSet set = DeleteSet.decode(bytes);
                        assertEquals(set, DeleteSet.decode(set.encode()));
                    } catch (MalformedUpdateException e) {
                        refused++;
                    }
                    try {
                        Knowledge told = Knowledge.decode(bytes);
                        assertEquals(told, Knowledge.decode(told.encode()));
                        knowledge.join(told).digest();
                    } catch (MalformedUpdateException e) {
                        refused++;
                    }
                }
                long took = (cpuTime() - begun) / 1_000_000;
                assertTrue(took < BEYOND_ONE_SECOND, took + " ms in round " + round);
            }
        }
        System.out.println(
                "hostile questions: " + ROUNDS * 4 + ", refused " + refused + " of " + ROUNDS * 12 + " readings");
        assertTrue(refused > ROUNDS);
    }

    /** An update that is well put together and says anything. */
    private static byte[] forged(Random random) {
        ByteWriter out = new ByteWriter();
        int clients = 1 + random.nextInt(2);
        out.varUint(clients);
        for (int i = 0; i < clients; i++) {
            long client = i == 0 ? random.nextInt(4) == 0 ? 99 : 5 : 6;
            int structs = 1 + random.nextInt(6);
            out.varUint(structs);
            out.varUint(client);
            out.varUint(client == 99 ? random.nextInt(40) : 0);
            for (int j = 0; j < structs; j++) {
                forgedStruct(out, random, client, j);
            }
        }
        out.varUint(1);
        out.varUint(99);
        int ranges = random.nextInt(3);
        out.varUint(ranges);
        for (int i = 0; i < ranges; i++) {
            out.varUint(random.nextInt(60));
            out.varUint(1 + random.nextInt(random.nextInt(10) == 0 ? 1_000_000 : 5));
        }
        return out.toByteArray();
    }

    private static void forgedStruct(ByteWriter out, Random random, long client, int before) {
        int kind = random.nextInt(20) == 0 ? random.nextInt(32) : 1 + random.nextInt(9);
        int flags = random.nextInt(8) << 5;
        out.uint8(flags | kind);
        for (int flag : new int[] {0x80, 0x40}) {
            if ((flags & flag) != 0) {
                boolean self = before > 0 && random.nextBoolean();
                out.varUint(self ? client : 99);
                out.varUint(self ? random.nextInt(before) : random.nextInt(50));
            }
        }
        if ((flags & 0xc0) == 0) {
            if (random.nextBoolean()) {
                out.varUint(1);
                out.varString(random.nextInt(5) == 0 ? "elsewhere" : "content");
            } else {
                out.varUint(0);
                out.varUint(random.nextInt(4) == 0 ? client : 99);
                out.varUint(random.nextInt(50));
            }
            if ((flags & 0x20) != 0) {
                out.varString(List.of("a", "b", "t", "__proto__", "", "$num").get(random.nextInt(6)));
            }
        }
        switch (kind) {
            case 1 -> out.varUint(random.nextInt(20) == 0 ? 1L << random.nextInt(53) : 1 + random.nextInt(3));
            case 2 -> {
                out.varUint(1);
                out.varString(random.nextBoolean() ? "{\"a\":1}" : "undefined");
            }
            case 3 -> out.varBytes(new byte[random.nextInt(4)]);
            case 4 -> out.varString("text 😀".substring(0, 1 + random.nextInt(5)));
            case 5 -> out.varString("{\"image\":1}");
            case 6 -> {
                out.varString("bold");
                out.varString(random.nextBoolean() ? "true" : "null");
            }
            case 7 -> {
                int type = random.nextInt(7);
                out.varUint(type);
                if (type == 3 || type == 5) {
                    out.varString("p");
                }
            }
            case 8 -> {
                int values = 1 + random.nextInt(3);
                out.varUint(values);
                for (int i = 0; i < values; i++) {
                    out.uint8(List.of(127, 126, 121, 120).get(random.nextInt(4)));
                }
            }
            case 9 -> {
                out.varString("a document in a document");
                out.uint8(118);
                out.varUint(0);
            }
            default -> out.varUint(1 + random.nextInt(9));
        }
    }

    /** Of this thread: the machine may be busy with other things. */
    private static long cpuTime() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static List<byte[]> honestUpdates(ReplicaEngine engine) throws Exception {
        List<byte[]> updates = new ArrayList<>();
        String text = "a line of text\\n".repeat(30);
        try (Replica replica = item(engine, 99)) {
            updates.add(edit(replica, "{\"a\":1,\"b\":{\"c\":[1,2,{\"d\":null}]},\"t\":\"" + text + "\"}"));
            updates.add(edit(replica, "{\"a\":2,\"b\":{\"c\":[2,{\"d\":[]}]},\"t\":\"" + text + "end\"}"));
            updates.add(edit(
                    replica, "{\"a\":3,\"b\":{\"c\":[2,{\"d\":[5]},\"x\"],\"e\":{}},\"t\":\"more " + text + "\"}"));
        }
        return updates;
    }

    private static byte[] mutated(byte[] update, Random random) {
        byte[] mutated = update.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(mutated.length);
            switch (random.nextInt(5)) {
                case 0 -> mutated[at] = (byte) random.nextInt();
                case 1 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> mutated[at] += (byte) (random.nextBoolean() ? 1 : -1);
                case 3 -> {
                    // a piece doubled
                    int end = Math.min(mutated.length, at + 1 + random.nextInt(12));
                    byte[] longer = Arrays.copyOf(mutated, mutated.length + end - at);
                    System.arraycopy(mutated, at, longer, end, mutated.length - at);
                    mutated = longer;
                }
                default -> {
                    // a piece left out
                    int end = Math.min(mutated.length, at + 1 + random.nextInt(4));
                    byte[] shorter = Arrays.copyOf(mutated, mutated.length - (end - at));
                    System.arraycopy(mutated, end, shorter, at, mutated.length - end);
                    mutated = shorter.length == 0 ? mutated : shorter;
                }
            }
        }
        return mutated;
    }

    @Test
    void anUpdateThatDidNotPassTheGateIsNotMadeUpFor() throws Exception {
        try (ReplicaEngine engine = Lab.engine();
                Replica one = item(engine, 1);
                Replica other = item(engine, 2)) {
            edit(one, "{\"a\":1}");
            byte[] second = edit(one, "{\"a\":2}");
            assertThrows(ReplicaException.class, () -> other.apply(second));
            assertThrows(ReplicaException.class, other::json);
            assertThrows(ReplicaException.class, () -> other.edit("{}", "{}"));
            assertEquals("{\"a\":2}", content(one));
        }
    }

    @Test
    void writesThatAllStandAtOnePlaceTakeBoundedTime() throws Exception {
        try (ReplicaEngine engine = Lab.engine();
                Replica replica = item(engine, 1)) {
            long begun = cpuTime();
            var applied = replica.apply(flood(1000));
            long took = (cpuTime() - begun) / 1_000_000;
            assertEquals("{\"k\":1}", content(replica));
            assertTrue(
                    applied.overwrites().size() < 50_000, applied.overwrites().size() + " overwrites");
            assertTrue(took < 3_000, took + " ms");
        }
    }

    /** Yjs itself takes four times as long for twice as many; that is about as long as an update may take. */
    @Test
    void moreOfThemAreTakenOrStoppedInBoundedTime() throws Exception {
        try (ReplicaEngine engine = Lab.engine()) {
            long begun = cpuTime();
            try (Replica replica = item(engine, 1)) {
                replica.apply(flood(2000));
                assertEquals("{\"k\":1}", content(replica));
            } catch (ReplicaException stopped) {
                assertTrue(stopped.getMessage().contains("it took too long"), stopped.getMessage());
            }
            long took = (cpuTime() - begun) / 1_000_000;
            assertTrue(took < 3_000, took + " ms");
            try (Replica next = item(engine, 2)) {
                edit(next, "{\"a\":1}");
                assertEquals("{\"a\":1}", content(next));
            }
        }
    }

    /** So many clients write one key, knowing of nobody: the list of a key grows, and each pair did not know another. */
    private static byte[] flood(int clients) throws MalformedUpdateException {
        List<byte[]> updates = new ArrayList<>();
        for (int client = 100; client < 100 + clients; client++) {
            updates.add(HexFormat.of()
                    .parseHex("0101" + varUint(client) + "0028010763" + "6f6e74656e74" + "016b01" + "7d01" + "00"));
        }
        return Updates.merge(updates);
    }

    private static String varUint(int value) {
        return String.format("%02x%02x", value & 0x7f | 0x80, value >> 7);
    }

    @Test
    void theScriptSeesNothingOfTheHost() throws Exception {
        try (Guest guest = Lab.guest()) {
            String globals = (String) guest.call("globals")[0];
            for (String forbidden : List.of(
                    "load",
                    "loadWithNewGlobal",
                    "print",
                    "printErr",
                    "Graal",
                    "Polyglot",
                    "Java",
                    "Packages",
                    "java",
                    "quit",
                    "exit",
                    "read",
                    "readbuffer",
                    "readline",
                    "require",
                    "process",
                    "fetch",
                    "Worker")) {
                assertTrue(!Arrays.asList(globals.split(" ")).contains(forbidden), forbidden);
            }
            assertThrows(GuestException.class, () -> guest.call("evaluate", "1 + 1"));
            assertArrayEquals(new Object[] {"object"}, guest.call("kindOfBuffer", new byte[3]));
        }
    }

    @Test
    void noWayOutOfTheSandboxWorks() throws Exception {
        try (Guest guest = Lab.guest()) {
            assertEquals("", guest.call("escapes")[0]);
        }
    }

    @Test
    void aLoopWithoutEndIsStoppedAndTheEngineGoesOn() throws Exception {
        try (ReplicaEngine engine =
                new GraalReplicaFactory(GraalJars.in(Lab.LIB, "../target/lab.js"), 5_000_000L).openEngine()) {
            Replica replica = item(engine, 1);
            byte[] update = edit(replica, "{\"a\":1}");
            Guest home = ((GraalReplica) replica).home();
            Replica other = item(engine, 2, update);
            edit(other, "{\"a\":2}");
            assertThrows(ReplicaException.class, () -> ((GraalReplicaEngine) engine).call(home, "spin"));
            assertThrows(ReplicaException.class, replica::json);
            replica.close();
            // it says that it went down by no fault of what it is given
            assertThrows(EngineException.class, () -> other.apply(update));
            other.close();
            try (Replica again = engine.open(DocumentKind.ITEM, 1, List.of(update))) {
                assertEquals("{\"a\":1}", content(again));
            }
        }
    }
}
