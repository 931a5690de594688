// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.graal.Lab;

/** Which client wrote which field, and when. */
class WriteTimesTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static ReplicaEngine engine;

    @BeforeAll
    static void open() {
        engine = Lab.engine();
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @Test
    void everyFieldHasItsWriterAndTime() throws Exception {
        String text = "a line of a long text\\n".repeat(20);
        byte[] first;
        byte[] second;
        byte[] third;
        byte[] state;
        Map<String, Set<StructId>> open;
        try (Replica one = Lab.item(engine, 1);
                Replica other = Lab.item(engine, 2)) {
            first = Lab.edit(one, "{\"a\":1,\"b\":{\"c\":1,\"d~/\":1},\"l\":[1,{\"e\":1}],\"t\":\"" + text + "\"}");
            other.apply(first);
            second = Lab.edit(
                    other, "{\"a\":1,\"b\":{\"c\":2,\"d~/\":1},\"l\":[0,1,{\"e\":2}],\"t\":\"my " + text + "\"}");
            one.apply(second);
            third = Lab.edit(
                    one, "{\"a\":3,\"b\":{\"c\":2,\"d~/\":1},\"l\":[0,1,{\"e\":2}],\"t\":\"my " + text + "\"}");
            open = one.writers();
            state = one.state();
        }
        Map<String, Long> clients = new TreeMap<>();
        open.forEach((path, writes) ->
                clients.put(path, writes.stream().map(StructId::client).reduce(0L, Long::sum)));
        assertEquals(
                Map.of(
                        "/content/a", 1L,
                        "/content/b", 1L,
                        "/content/b/c", 2L,
                        "/content/b/d~0~1", 1L,
                        "/content/l", 1L,
                        "/content/l/0", 2L,
                        "/content/l/1", 1L,
                        "/content/l/2", 1L,
                        "/content/l/2/e", 2L,
                        "/content/t", 1L + 1 + 2),
                clients);

        WriteTimes times = WriteTimes.NONE
                .plus(Update.decode(first), NOON)
                .plus(Update.decode(second), NOON.plusSeconds(60))
                .plus(Update.decode(third), NOON.minusSeconds(3600));
        // after a restart, from bytes alone
        times = WriteTimes.decode(times.encode());
        try (Replica again = Lab.item(engine, 9, state)) {
            assertEquals(open, again.writers());
        }
        assertEquals(Optional.of(NOON.minusSeconds(3600)), at(times, open, "/content/a"));
        assertEquals(Optional.of(NOON.plusSeconds(60)), at(times, open, "/content/b/c"));
        assertEquals(Optional.of(NOON), at(times, open, "/content/b"));
        assertEquals(Optional.empty(), times.at(new StructId(3, 0)));
        assertEquals(Optional.empty(), times.at(new StructId(2, 1000)));
    }

    private static Optional<Instant> at(WriteTimes times, Map<String, Set<StructId>> writers, String path) {
        return times.at(writers.get(path).iterator().next());
    }

    @Test
    void whatIsRememberedDoesNotGrowWithTheEdits() throws Exception {
        WriteTimes times = WriteTimes.NONE;
        try (Replica replica = Lab.item(engine, 1)) {
            int longest = 0;
            for (int edit = 0; edit < 300; edit++) {
                StringBuilder content = new StringBuilder("{");
                for (int field = 0; field < 10; field++) {
                    content.append(field == 0 ? "" : ",").append("\"f" + field + "\":" + (edit + 9 - field) / 10);
                }
                byte[] update = Lab.edit(replica, content.append('}').toString());
                times = times.plus(Update.decode(update), NOON.plusSeconds(edit * 5));
                if (edit % 20 == 19) {
                    Set<StructId> standing = replica.writers().values().stream()
                            .flatMap(Set::stream)
                            .collect(Collectors.toSet());
                    WriteTimes before = times;
                    times = times.of(standing);
                    for (StructId write : standing) {
                        assertEquals(before.at(write), times.at(write));
                        assertTrue(times.at(write).isPresent());
                    }
                    longest = Math.max(longest, times.encode().length);
                }
            }
            assertTrue(longest < 80, longest + " bytes for ten fields");
        }
    }

    @Test
    void whatWasSaidFirstStays() throws Exception {
        Random random = new Random(3);
        for (int round = 0; round < 200; round++) {
            WriteTimes times = WriteTimes.NONE;
            Map<StructId, Instant> expected = new TreeMap<>();
            for (int i = 0; i < 12; i++) {
                long client = random.nextInt(3);
                long start = random.nextInt(30);
                int length = 1 + random.nextInt(10);
                Instant time = NOON.plusSeconds(random.nextInt(4));
                times = times.plus(garbage(client, start, length), time);
                for (int clock = 0; clock < length; clock++) {
                    expected.putIfAbsent(new StructId(client, start + clock), time);
                }
                assertEquals(times, WriteTimes.decode(times.encode()));
            }
            for (long client = 0; client < 3; client++) {
                for (long clock = 0; clock < 50; clock++) {
                    StructId write = new StructId(client, clock);
                    assertEquals(Optional.ofNullable(expected.get(write)), times.at(write));
                }
            }
            Set<StructId> some = expected.keySet().stream()
                    .filter(write -> random.nextInt(4) == 0)
                    .collect(Collectors.toCollection(TreeSet::new));
            WriteTimes fewer = times.of(some);
            expected.keySet()
                    .forEach(write ->
                            assertEquals(some.contains(write), fewer.at(write).isPresent()));
        }
    }

    /** An update with one write that is garbage, which is the shortest of any length. */
    private static Update garbage(long client, long start, int length) throws MalformedUpdateException {
        ByteWriter out = new ByteWriter();
        for (long number : new long[] {1, 1, client, start, 0, length, 0}) {
            out.varUint(number);
        }
        return Update.decode(out.toByteArray());
    }

    @Test
    void malformedBytesAreRefused() throws Exception {
        byte[] good = WriteTimes.NONE.plus(garbage(7, 3, 5), NOON).encode();
        Random random = new Random(5);
        for (int round = 0; round < 2000; round++) {
            byte[] bad = java.util.Arrays.copyOf(good, random.nextInt(good.length + 3));
            for (int i = random.nextInt(3); i >= 0 && bad.length > 0; i--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            try {
                WriteTimes read = WriteTimes.decode(bad);
                assertEquals(read, WriteTimes.decode(read.encode()));
            } catch (MalformedUpdateException refused) {
                assertTrue(!refused.getMessage().isEmpty());
            }
        }
        assertThrows(MalformedUpdateException.class, () -> WriteTimes.decode(new byte[] {1}));
        assertEquals(WriteTimes.NONE, WriteTimes.decode(new byte[] {0}));
        assertEquals(List.of(), List.copyOf(WriteTimes.NONE.runs().values()));
    }
}
