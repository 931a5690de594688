// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vaultsync.crdt.Applied;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.Overwrite;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.update.Gate;
import org.vaultsync.crdt.update.Knowledge;
import org.vaultsync.crdt.update.Updates;
import org.vaultsync.crdt.update.Verdict;

/**
 * Random people on several devices, every other of which runs Yjs on Node, with a network that loses, doubles and
 * reorders. Seeds are the test's arguments.
 */
class ConvergenceTest {
    private static final int STEPS = Lab.SOAK ? 10_000 : 80;
    private static final int OVERWRITE_STEPS = Lab.SOAK ? 1_000 : 80;
    /** A document that has grown beyond this is emptied by the next who writes. */
    private static final int LONGEST = 8_000;

    private static ReplicaEngine engine;
    private static ReplicaEngine onNode;
    private static Guest yjs;
    private static Guest yjsOnNode;
    private static final Map<String, Integer> COUNTS = new TreeMap<>();

    @BeforeAll
    static void open() throws Exception {
        yjs = Lab.guest();
        yjsOnNode = Lab.node();
        engine = Lab.engine();
        onNode = Lab.engineOnNode();
    }

    @AfterAll
    static void close() {
        engine.close();
        onNode.close();
        yjs.close();
        yjsOnNode.close();
        System.out.println("convergence: " + COUNTS);
    }

    private static void count(String what, int howMany) {
        COUNTS.merge(what, howMany, Integer::sum);
    }

    static IntStream seeds() {
        return Lab.seeds(6, 5);
    }

    static IntStream manySeeds() {
        return Lab.seeds(6, 50);
    }

    /** A device: a replica, what it knows, what it stored. */
    private static final class Device {
        final ReplicaEngine home;
        final List<byte[]> stored = new ArrayList<>();
        final Set<String> overwrites = new TreeSet<>();
        final List<byte[]> inbox = new ArrayList<>();
        final Map<byte[], String> revisions = new LinkedHashMap<>();
        Replica replica;
        Knowledge held = Knowledge.NOTHING;
        boolean lacks;

        Device(ReplicaEngine home) {
            this.home = home;
        }

        void start(long clientId) throws Exception {
            replica = home.open(DocumentKind.ITEM, clientId, stored);
        }

        /** Takes an update as core would; gives what others have to hear. */
        List<byte[]> take(byte[] update) throws Exception {
            byte[] accepted = switch (Gate.check(held, update, Set.of(replica.clientId()))) {
                case Verdict.Accepted(byte[] bytes) -> bytes;
                case Verdict.Partly(byte[] bytes, String missing) -> {
                    lacks = true;
                    yield bytes;
                }
                case Verdict.NothingNew() -> new byte[0];
                case Verdict.Refused(String why) -> throw new AssertionError(why);
            };
            count(accepted.length == 0 ? "updates with nothing to take" : "updates taken", 1);
            if (accepted.length == 0) {
                return List.of();
            }
            return integrate(accepted);
        }

        List<byte[]> integrate(byte[] update) throws Exception {
            store(update);
            Applied applied = replica.apply(update);
            applied.overwrites().stream().map(Overwrite::id).forEach(overwrites::add);
            if (applied.impliedDeletes().length == 0) {
                return List.of(update);
            }
            store(applied.impliedDeletes());
            // together: what is deleted here was replaced by what came
            return List.of(Updates.merge(List.of(update, applied.impliedDeletes())));
        }

        void store(byte[] update) throws Exception {
            stored.add(update);
            held = held.plus(update);
        }

        /** What it has that another lacks. */
        byte[] missingAt(Device other) throws Exception {
            return Updates.diff(Updates.merge(stored), other.held.writes());
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void allEndWithTheSameItem(int seed) throws Exception {
        Random random = new Random(seed);
        List<Device> devices = devices(2 + random.nextInt(4));
        count("seeds", 1);
        count("steps", STEPS);
        long nextClient = 100;
        for (int step = 0; step < STEPS; step++) {
            Device device = devices.get(random.nextInt(devices.size()));
            switch (random.nextInt(8)) {
                case 0, 1 -> {
                    byte[] update = device.replica.edit(device.replica.json(), changed(device.replica.json(), random));
                    if (update.length > 0) {
                        count("edits", 1);
                        device.store(update);
                        send(devices, device, List.of(update), random);
                    }
                    if (random.nextInt(1 + step / 100) == 0) {
                        assertKnows(device);
                    }
                }
                case 2 -> {
                    if (device.revisions.size() < 2 && random.nextInt(1 + step / 1_000) == 0) {
                        device.revisions.put(device.replica.state(), device.replica.json());
                    }
                }
                case 3 -> {
                    // an editor that was open for long
                    for (Map.Entry<byte[], String> revision :
                            Map.copyOf(device.revisions).entrySet()) {
                        byte[] update;
                        try (Replica fork = Lab.item(device.home, nextClient++, revision.getKey())) {
                            String wanted = changed(revision.getValue(), random);
                            update = fork.edit(revision.getValue(), wanted);
                            assertEquals(Json.parse(wanted), Json.parse(fork.json()));
                        }
                        if (update.length > 0) {
                            count("edits on a fork", 1);
                            send(devices, device, device.integrate(update), random);
                        }
                    }
                    device.revisions.clear();
                }
                case 4 -> {
                    // a restart, with what was stored compacted
                    count("restarts", 1);
                    byte[] state = device.replica.state();
                    String json = device.replica.json();
                    device.replica.close();
                    device.stored.clear();
                    device.stored.add(state);
                    device.start(nextClient++);
                    assertEquals(json, device.replica.json());
                    assertEquals(0, device.replica.opening().impliedDeletes().length);
                }
                default -> {
                    for (byte[] update : List.copyOf(device.inbox)) {
                        if (random.nextInt(3) > 0) {
                            device.inbox.remove(update);
                            send(devices, device, device.take(update), random);
                        }
                    }
                    if (device.lacks && random.nextInt(4) > 0) {
                        count("asked for what was lost", 1);
                        device.lacks = false;
                        Device other = devices.get(random.nextInt(devices.size()));
                        send(devices, device, device.take(other.missingAt(device)), random);
                    }
                }
            }
        }
        settle(devices);
        assertAllEqual(devices, seed);
        devices.forEach(device -> device.replica.close());
    }

    private static void assertAllEqual(List<Device> devices, int seed) throws Exception {
        String expected = devices.getFirst().replica.json();
        for (Device device : devices) {
            assertEquals(expected, device.replica.json());
            assertArrayEquals(devices.getFirst().held.digest(), device.held.digest());
            assertKnows(device);
            byte[] whole = Updates.merge(device.stored);
            for (ReplicaEngine fresh : List.of(engine, onNode)) {
                try (Replica replica = Lab.item(fresh, 99, whole)) {
                    assertEquals(expected, replica.json());
                }
            }
            Object[] here = yjs.call("applied", whole);
            assertArrayEquals(yjsOnNode.call("applied", whole), here, "seed " + seed);
            assertEquals(Knowledge.NOTHING.plus((byte[]) here[0]), device.held);
            count("bytes of the documents in the end", whole.length);
        }
    }

    @ParameterizedTest
    @MethodSource("manySeeds")
    void everyDeviceTellsOfTheSameOverwrites(int seed) throws Exception {
        Random random = new Random(seed);
        List<Device> devices = devices(3);
        for (Device device : devices) {
            device.take(seed(engine));
        }
        int edits = 0;
        for (int step = 0; step < OVERWRITE_STEPS; step++) {
            Device device = devices.get(random.nextInt(devices.size()));
            if (random.nextBoolean()) {
                // gone for a while where somebody's delete arrives before the write that won
                Json before =
                        Json.parseObject(Lab.content(device.replica)).members().get("a");
                String a = before != null && random.nextBoolean() ? Lab.text(before) : String.valueOf(edits++);
                String content = "{\"a\":" + a + ",\"b\":{\"c\":" + edits++ + "}}";
                byte[] update = device.replica.edit(device.replica.json(), Lab.document(content));
                device.store(update);
                send(devices, device, List.of(update), random);
            } else {
                List<byte[]> updates = List.copyOf(device.inbox);
                device.inbox.clear();
                if (!updates.isEmpty()) {
                    send(devices, device, device.take(Updates.merge(updates)), random);
                }
            }
        }
        settle(devices);
        for (Device device : devices) {
            assertEquals(devices.getFirst().overwrites, device.overwrites);
            device.replica.close();
        }
        count("overwrites that all told of", devices.getFirst().overwrites.size());
        assertTrue(!devices.getFirst().overwrites.isEmpty());
    }

    /** What was stored says as much as the open replica. */
    private static void assertKnows(Device device) throws Exception {
        assertEquals(Knowledge.NOTHING.plus(device.replica.state()), device.held);
    }

    private static byte[] seed(ReplicaEngine engine) throws Exception {
        try (Replica first = Lab.item(engine, 1)) {
            return Lab.edit(first, "{\"a\":0,\"b\":{\"c\":0}}");
        }
    }

    private static List<Device> devices(int count) throws Exception {
        List<Device> devices = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Device device = new Device(i % 2 == 0 ? engine : onNode);
            device.start(10 + i);
            devices.add(device);
        }
        return devices;
    }

    private static void send(List<Device> devices, Device from, List<byte[]> updates, Random random) {
        for (Device to : devices) {
            if (to != from) {
                for (byte[] update : updates) {
                    int copies = random.nextInt(10) == 0 ? 0 : random.nextInt(10) == 0 ? 2 : 1;
                    count(copies == 0 ? "lost" : copies == 1 ? "delivered once" : "delivered twice", 1);
                    for (int i = 0; i < copies; i++) {
                        to.inbox.add(random.nextInt(to.inbox.size() + 1), update);
                    }
                }
            }
        }
    }

    /** Syncs everybody with everybody by steps 1 and 2, until nothing moves. */
    private static void settle(List<Device> devices) throws Exception {
        boolean moved = true;
        while (moved) {
            moved = false;
            for (Device one : devices) {
                for (Device other : devices) {
                    if (one != other) {
                        moved |= !other.take(one.missingAt(other)).isEmpty();
                    }
                }
            }
        }
    }

    /** The document with something changed somewhere. */
    private static String changed(String document, Random random) throws Exception {
        Json.JsonObject root = Json.parseObject(document.length() > LONGEST ? Lab.document("{}") : document);
        Map<String, Json> members = new LinkedHashMap<>(root.members());
        for (int i = random.nextInt(3); i >= 0; i--) {
            members.put("content", mutated(members.get("content"), random, 0));
        }
        return Lab.text(new Json.JsonObject(members));
    }

    private static Json mutated(Json value, Random random, int depth) {
        return switch (value) {
            case Json.JsonObject object -> {
                Map<String, Json> members = new LinkedHashMap<>(object.members());
                String key = List.of("a", "b", "c", "id", "", "$k", "__proto__").get(random.nextInt(7));
                Json present = members.get(key);
                if (present != null && random.nextInt(3) > 0) {
                    members.put(key, mutated(present, random, depth + 1));
                } else if (random.nextInt(4) == 0) {
                    members.remove(key);
                } else {
                    members.put(key, fresh(random, depth));
                }
                yield new Json.JsonObject(members);
            }
            case Json.JsonArray array -> {
                List<Json> elements = new ArrayList<>(array.elements());
                int at = random.nextInt(elements.size() + 1);
                switch (random.nextInt(4)) {
                    case 0 -> elements.add(at, fresh(random, depth));
                    case 1 ->
                        elements.subList(at, Math.min(elements.size(), at + random.nextInt(3)))
                                .clear();
                    case 2 -> {
                        if (at < elements.size()) {
                            elements.add(random.nextInt(elements.size()), elements.remove(at));
                        }
                    }
                    default -> {
                        if (at < elements.size()) {
                            elements.set(at, mutated(elements.get(at), random, depth + 1));
                        }
                    }
                }
                yield new Json.JsonArray(elements);
            }
            case Json.Text text -> {
                int at = random.nextInt(text.value().length() + 1);
                yield new Json.Text(text.value().substring(0, at) + "😀\n" + random.nextInt(10)
                        + text.value().substring(Math.min(text.value().length(), at + random.nextInt(5))));
            }
            case Json.Number number -> Json.Number.of(String.valueOf(random.nextInt(5)));
            case Json.Word word -> fresh(random, depth);
        };
    }

    private static Json fresh(Random random, int depth) {
        return switch (random.nextInt(depth > 3 ? 5 : 8)) {
            case 0 -> Json.Word.NULL;
            case 1 -> Json.Number.of(String.valueOf(random.nextInt(3)));
            case 2 -> new Json.Text("text " + random.nextInt(3));
            case 3 -> Json.Number.of("12345678901234567890");
            case 4 -> new Json.Text("line of a long text\n".repeat(20));
            case 5 -> new Json.JsonObject(Map.of("id", Json.Number.of(String.valueOf(random.nextInt(5)))));
            case 6 -> new Json.JsonArray(List.of(Json.Word.NULL, Json.Word.NULL, fresh(random, depth + 1)));
            default -> {
                List<Json> elements = new ArrayList<>();
                for (int i = random.nextInt(6); i >= 0; i--) {
                    elements.add(new Json.JsonObject(
                            Map.of("id", Json.Number.of(String.valueOf(i)), "v", Json.Number.of(String.valueOf(i)))));
                }
                yield new Json.JsonArray(elements);
            }
        };
    }
}
