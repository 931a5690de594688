// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.vaultsync.crdt.graal.Lab.content;
import static org.vaultsync.crdt.graal.Lab.document;
import static org.vaultsync.crdt.graal.Lab.edit;
import static org.vaultsync.crdt.graal.Lab.item;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vaultsync.crdt.Applied;
import org.vaultsync.crdt.Overwrite;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.update.StructId;
import org.vaultsync.crdt.update.Updates;

/** What somebody wrote and nobody removed knowingly either stands or is told of. */
class OverwritesTest {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{8}");
    private static final int STEPS = Lab.SOAK ? 120 : 40;
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
    void anEditInsideOfADeletedElementIsToldWhereItWas() throws Exception {
        try (Replica editor = item(engine, 1);
                Replica deleter = item(engine, 2)) {
            deleter.apply(edit(editor, "{\"l\":[{\"id\":1,\"v\":{\"x\":0}},{\"id\":2,\"v\":{}}]}"));
            byte[] written = edit(editor, "{\"l\":[{\"id\":1,\"v\":{\"x\":5}},{\"id\":2,\"v\":{}}]}");
            byte[] more = edit(editor, "{\"l\":[{\"id\":1,\"v\":{\"x\":5,\"y\":[6]}},{\"id\":2,\"v\":{}}]}");
            byte[] deleted = edit(deleter, "{\"l\":[{\"id\":2,\"v\":{}}]}");

            Applied atEditor = editor.apply(deleted);
            Overwrite told = atEditor.overwrites().getFirst();
            assertEquals(1, atEditor.overwrites().size());
            assertEquals("/content/l/0", told.path());
            assertEquals(Optional.of("{\"id\":1,\"v\":{\"x\":5,\"y\":[6]}}"), told.losing());
            assertEquals(Optional.empty(), told.winning());
            assertEquals(Optional.empty(), told.winner());
            assertEquals(1, told.loser().client());
            assertFalse(atEditor.buried());

            Applied atDeleter = deleter.apply(written);
            assertEquals(List.of(), atDeleter.overwrites());
            assertTrue(atDeleter.buried());
            deleter.apply(more);
            assertEquals(editor.json(), deleter.json());
            assertFalse(deleter.apply(atEditor.impliedDeletes()).buried());
        }
    }

    @Test
    void anEditInsideOfSomethingReplacedIsTold() throws Exception {
        try (Replica editor = item(engine, 1);
                Replica other = item(engine, 2)) {
            other.apply(edit(editor, "{\"a\":{\"b\":{\"c\":0}}}"));
            edit(editor, "{\"a\":{\"b\":{\"c\":1}}}");
            byte[] replaced = edit(other, "{\"a\":[2]}");
            Overwrite told = editor.apply(replaced).overwrites().getFirst();
            assertEquals("/content/a", told.path());
            assertEquals(Optional.of("{\"b\":{\"c\":1}}"), told.losing());
            assertEquals(Optional.of("[2]"), told.winning());
            assertEquals(Optional.of(2L), told.winner().map(StructId::client));
            assertEquals("{\"a\":[2]}", content(editor));
        }
    }

    @Test
    void lettersTypedIntoADeletedTextAreTold() throws Exception {
        String text = "a line of a long text\\n".repeat(20);
        try (Replica editor = item(engine, 1);
                Replica other = item(engine, 2)) {
            other.apply(edit(editor, "{\"t\":\"" + text + "\"}"));
            edit(editor, "{\"t\":\"" + text + "more\"}");
            Overwrite told = editor.apply(edit(other, "{}")).overwrites().getFirst();
            assertEquals("/content/t", told.path());
            assertEquals(Optional.of("\"" + text + "more\""), told.losing());
        }
    }

    @Test
    void aForkStillHasWhatWasDeletedBeforeItsEditCame() throws Exception {
        try (Replica live = item(engine, 1);
                Replica other = item(engine, 2)) {
            other.apply(edit(live, "{\"l\":[{\"id\":1,\"v\":0}]}"));
            byte[] revision = live.state();
            String base = live.json();
            live.apply(edit(other, "{\"l\":[]}"));
            try (Replica fork = item(engine, 3, revision)) {
                byte[] before = live.state();
                Applied merged = live.apply(fork.edit(base, document("{\"l\":[{\"id\":1,\"v\":9}]}")));
                assertTrue(merged.buried());
                Overwrite told = fork.apply(before).overwrites().getFirst();
                assertEquals("/content/l/0", told.path());
                assertEquals(Optional.of("{\"id\":1,\"v\":9}"), told.losing());
                assertEquals(3, told.loser().client());
                assertEquals(live.json(), fork.json());
            }
        }
    }

    /** What is told is larger than anything that may be written at once. */
    @Test
    void aLargeValueThatWasOverwrittenIsTold() throws Exception {
        String mine = "m".repeat(4_300_000);
        String theirs = "t".repeat(4_300_000);
        try (Replica one = item(engine, 1);
                Replica other = item(engine, 2)) {
            other.apply(edit(one, "{\"a\":\"\"}"));
            edit(one, "{\"a\":\"" + mine + "\"}");
            Overwrite told = one.apply(edit(other, "{\"a\":\"" + theirs + "\"}"))
                    .overwrites()
                    .getFirst();
            assertEquals(Optional.of("\"" + mine + "\""), told.losing());
            assertEquals(Optional.of("\"" + theirs + "\""), told.winning());
        }
    }

    /** Somebody may make few letters stand for very many: told are as many as come to a bounded text, and one. */
    @Test
    void noMoreIsToldThanCanBeHeld() throws Exception {
        String large = "\"" + "w".repeat(4_000_000) + "\"";
        int writers = 30;
        try (Replica one = item(engine, 1000)) {
            byte[] first = edit(one, "{\"a\":0}");
            List<byte[]> written = new ArrayList<>();
            for (int i = 1; i <= writers; i++) {
                try (Replica writer = item(engine, i, first)) {
                    written.add(edit(writer, "{\"a\":" + (i == writers ? large : i) + "}"));
                }
            }
            Applied applied = one.apply(Updates.merge(written));
            assertEquals("{\"a\":" + large + "}", content(one));
            int told = applied.overwrites().size();
            assertTrue(told >= 8 && told < writers, told + " were told");
        }
    }

    @Test
    void editsThatKnewOfEachOtherAreNotTold() throws Exception {
        Random random = new Random(11);
        List<Device> devices = devices(3);
        Set<String> told = new TreeSet<>();
        for (int step = 0; step < STEPS; step++) {
            Device device = devices.get(random.nextInt(devices.size()));
            byte[] update = device.edit(random, step);
            for (Device other : devices) {
                if (other != device && update.length > 0) {
                    Applied applied = other.replica.apply(update);
                    applied.overwrites().forEach(overwrite -> told.add(overwrite.toString()));
                    assertFalse(applied.buried());
                    assertEquals(0, applied.impliedDeletes().length);
                }
            }
        }
        assertEquals(Set.of(), told);
        devices.forEach(device -> device.replica.close());
    }

    static IntStream seeds() {
        return Lab.seeds(10, 300);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatNobodyRemovedKnowinglyStandsOrIsTold(int seed) throws Exception {
        Random random = new Random(seed);
        List<Device> devices = devices(2 + random.nextInt(3));
        long fork = 1000;
        for (int step = 0; step < STEPS; step++) {
            Device device = devices.get(random.nextInt(devices.size()));
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    byte[] update = device.edit(random, step);
                    if (update.length > 0) {
                        devices.forEach(other -> other.inbox.add(update));
                        device.inbox.remove(update);
                    }
                }
                case 2 -> device.revision = Optional.of(Map.entry(device.replica.state(), device.replica.json()));
                case 3 -> {
                    if (device.revision.isPresent()) {
                        List<byte[]> updates = device.editFork(fork++, random, step);
                        devices.stream().filter(other -> other != device).forEach(other -> other.inbox.addAll(updates));
                    }
                }
                default -> {
                    List<byte[]> coming = List.copyOf(device.inbox);
                    device.inbox.clear();
                    List<byte[]> implied = new ArrayList<>();
                    for (byte[] update : coming) {
                        device.apply(update, implied);
                    }
                    for (Device other : devices) {
                        if (other != device) {
                            other.inbox.addAll(implied);
                        }
                    }
                }
            }
        }
        boolean moved = true;
        while (moved) {
            moved = false;
            for (Device device : devices) {
                List<byte[]> coming = List.copyOf(device.inbox);
                device.inbox.clear();
                List<byte[]> implied = new ArrayList<>();
                for (byte[] update : coming) {
                    device.apply(update, implied);
                }
                moved |= !implied.isEmpty();
                devices.stream().filter(other -> other != device).forEach(other -> other.inbox.addAll(implied));
            }
        }

        String end = devices.getFirst().replica.json();
        Set<String> standing = numbers(end);
        Set<String> removed = new TreeSet<>();
        Set<String> written = new TreeSet<>();
        Set<String> lost = new TreeSet<>();
        for (Device device : devices) {
            assertEquals(end, device.replica.json());
            removed.addAll(device.removed);
            written.addAll(device.written);
            for (Overwrite overwrite : device.told) {
                overwrite.losing().ifPresent(losing -> lost.addAll(numbers(losing)));
            }
            device.replica.close();
        }
        Set<String> silent = new TreeSet<>(written);
        silent.removeAll(standing);
        silent.removeAll(removed);
        silent.removeAll(lost);
        assertEquals(Set.of(), silent, "written, not removed by anybody who saw it, and not told; at the end: " + end);
    }

    static Set<String> numbers(String json) {
        return NUMBER.matcher(json)
                .results()
                .map(match -> match.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<Device> devices(int count) throws Exception {
        List<Device> devices = new ArrayList<>();
        byte[] start;
        try (Replica first = item(engine, 1)) {
            start = edit(first, "{\"c0\":{\"f0\":0},\"c1\":{\"f0\":0,\"l\":[{\"id\":1,\"v\":0},{\"id\":2,\"v\":0}]}}");
        }
        for (int i = 0; i < count; i++) {
            Device device = new Device(i);
            device.replica = item(engine, 10 + i);
            device.replica.apply(start);
            devices.add(device);
        }
        return devices;
    }

    /** Writes numbers that nobody else writes, and remembers which it removed though it saw them. */
    private static final class Device {
        final int number;
        final List<byte[]> inbox = new ArrayList<>();
        final List<Overwrite> told = new ArrayList<>();
        final Set<String> written = new TreeSet<>();
        final Set<String> removed = new TreeSet<>();
        Optional<Map.Entry<byte[], String>> revision = Optional.empty();
        Replica replica;

        Device(int number) {
            this.number = number;
        }

        byte[] edit(Random random, int step) throws Exception {
            String before = replica.json();
            return replica.edit(before, changed(before, random, step));
        }

        List<byte[]> editFork(long client, Random random, int step) throws Exception {
            List<byte[]> updates = new ArrayList<>();
            String base = revision.orElseThrow().getValue();
            try (Replica fork = item(engine, client, revision.orElseThrow().getKey())) {
                byte[] update = fork.edit(base, changed(base, random, step));
                if (update.length > 0) {
                    updates.add(update);
                    byte[] before = replica.state();
                    if (apply(update, updates).buried()) {
                        told.addAll(fork.apply(before).overwrites());
                    }
                }
            }
            revision = Optional.empty();
            return updates;
        }

        private Applied apply(byte[] update, List<byte[]> implied) throws Exception {
            Applied applied = replica.apply(update);
            told.addAll(applied.overwrites());
            if (applied.impliedDeletes().length > 0) {
                implied.add(applied.impliedDeletes());
            }
            return applied;
        }

        private String changed(String before, Random random, int step) throws Exception {
            Json.JsonObject root = Json.parseObject(before);
            Map<String, Json> members = new TreeMap<>(root.members());
            int[] next = {0};
            members.put(
                    "content",
                    changed(
                            members.get("content"),
                            random,
                            () -> (number + 1) * 10_000_000 + step * 100 + next[0]++,
                            0));
            String after = Lab.text(new Json.JsonObject(members));
            Set<String> gone = numbers(before);
            gone.removeAll(numbers(after));
            removed.addAll(gone);
            Set<String> added = numbers(after);
            added.removeAll(numbers(before));
            written.addAll(added);
            return after;
        }

        private static Json changed(Json value, Random random, IntSupplier fresh, int depth) {
            return switch (value) {
                case Json.JsonObject object
                when depth == 0 || random.nextInt(4) > 0 -> {
                    Map<String, Json> members = new TreeMap<>(object.members());
                    String key = depth == 0
                            ? Arrays.asList("c0", "c1").get(random.nextInt(2))
                            : Arrays.asList("f0", "f1", "c", "l").get(random.nextInt(4));
                    Json present = members.get(key);
                    if (present != null && random.nextInt(6) == 0) {
                        members.remove(key);
                    } else if (present != null) {
                        members.put(key, changed(present, random, fresh, depth + 1));
                    } else if (key.startsWith("f")) {
                        members.put(key, number(fresh));
                    } else {
                        members.put(
                                key, key.equals("l") ? list(fresh) : new Json.JsonObject(Map.of("f0", number(fresh))));
                    }
                    yield new Json.JsonObject(members);
                }
                case Json.JsonArray array -> {
                    List<Json> elements = new ArrayList<>(array.elements());
                    int at = random.nextInt(elements.size() + 1);
                    if (at == elements.size()) {
                        int id = fresh.getAsInt();
                        elements.add(
                                random.nextInt(at + 1),
                                new Json.JsonObject(Map.of("id", Json.Number.of("" + id), "v", number(fresh))));
                    } else {
                        switch (random.nextInt(4)) {
                            case 0 -> elements.remove(at);
                            case 1 -> elements.add(random.nextInt(elements.size()), elements.remove(at));
                            default -> {
                                Map<String, Json> element =
                                        new TreeMap<>(((Json.JsonObject) elements.get(at)).members());
                                element.put("v", number(fresh));
                                elements.set(at, new Json.JsonObject(element));
                            }
                        }
                    }
                    yield new Json.JsonArray(elements);
                }
                default -> depth == 1 ? new Json.JsonObject(Map.of("f0", number(fresh))) : number(fresh);
            };
        }

        private static Json number(IntSupplier fresh) {
            return Json.Number.of(String.valueOf(fresh.getAsInt()));
        }

        private static Json list(IntSupplier fresh) {
            return new Json.JsonArray(List.of(new Json.JsonObject(Map.of("id", number(fresh), "v", number(fresh)))));
        }
    }
}
