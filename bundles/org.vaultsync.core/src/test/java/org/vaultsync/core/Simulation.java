// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.vaultsync.Badge;
import org.vaultsync.Conflict;
import org.vaultsync.Fingerprint;
import org.vaultsync.Invite;
import org.vaultsync.ItemStatus;
import org.vaultsync.RoomId;
import org.vaultsync.Scope;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.update.Knowledge;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

/**
 * One room, its devices and the people in front of them, who do everything that people do and that happens to them. In
 * the end everything is put right, and then nothing may be missing.
 */
final class Simulation {
    /** What became of a run. */
    record Outcome(int devices, int words, int owed, long events, long frames, Duration lasted, long trace) {}

    /** An editor that somebody has open. */
    private record Editor(SimulatedDevice device, String item, Stored opened) {}

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final int MOST_EDITORS = 6;

    private final long seed;
    private final SimulatedTime time;
    private final Random random;
    private final SimulatedNetwork network;
    private final SharedReplicas replicas;
    private final Path folder;
    private final List<SimulatedDevice> devices = new ArrayList<>();
    private final List<Editor> editors = new ArrayList<>();
    private final Set<String> items = new TreeSet<>();
    private final Ledger ledger = new Ledger();
    private final Map<String, Long> dropped = new HashMap<>(); // word and device that dropped it from its vault, when
    private final Set<String> whileOff = new HashSet<>(); // words that were written where sync was off, or stopped
    private final Set<String> stoppedForAll = new HashSet<>(); // items; everybody keeps a copy
    private final List<Throwable> errors = new ArrayList<>();
    private final List<String> story = new ArrayList<>();
    private RoomId room;

    Simulation(long seed, Path folder, ReplicaEngine engine) {
        this.seed = seed;
        this.folder = folder;
        time = new SimulatedTime(seed);
        random = time.random;
        network = new SimulatedNetwork(time, random.nextInt(4) > 0);
        replicas = new SharedReplicas(engine, new Random(seed));
    }

    Outcome run() throws Exception {
        try {
            int size = size();
            int steps = 20 + random.nextInt(size > 8 ? 40 : 80);
            settleDown(size);
            for (int step = 0; step < steps; step++) {
                something();
                pause();
                if (step % 7 == 3) {
                    checkTheStatus();
                }
                throwErrors();
            }
            putEverythingRight();
            checkWhatIsLeft();
            throwErrors();
            return new Outcome(
                    devices.size(),
                    ledger.size(),
                    ledger.owedCount(),
                    time.happened(),
                    network.delivered(),
                    Duration.ofNanos(time.now()),
                    time.trace());
        } catch (AssertionError | Exception failed) {
            throw new AssertionError(
                    "seed " + seed + ": " + failed.getMessage() + "\n  " + String.join("\n  ", story), failed);
        } finally {
            devices.stream().filter(SimulatedDevice::isUp).forEach(device -> device.crash(true));
        }
    }

    private void tell(String what) {
        story.add("%10.3f s  %s".formatted(time.now() / 1e9, what));
    }

    private void throwErrors() {
        if (!errors.isEmpty()) {
            throw new AssertionError("an error of core: " + errors.getFirst(), errors.getFirst());
        }
    }

    private int size() {
        int dice = random.nextInt(100);
        if (dice < 35) {
            return 2;
        }
        if (dice < 70) {
            return 3;
        }
        if (dice < 96) {
            return 4 + random.nextInt(3);
        }
        return 7 + random.nextInt(14);
    }

    // The people and the world

    private void settleDown(int size) {
        for (int i = 0; i < size; i++) {
            SimulatedDevice device = new SimulatedDevice("device" + i, folder, time, network, replicas, errors::add);
            devices.add(device);
            device.start();
            if (i == 0) {
                room = done(device.sync().createRoom("Room"));
            } else {
                join(device);
            }
        }
        tell(size + " devices");
        for (int i = 0; i < 2 + random.nextInt(3); i++) {
            create(any(devices), "item" + i);
        }
        time.pass(Duration.ofSeconds(1));
        // What is in no room cannot get lost in it: then the run would say nothing, as without JavaScript.
        for (String item : items) {
            if (devices.stream().noneMatch(device -> device.shares(item))) {
                throw new AssertionError(item + " cannot be shared");
            }
        }
    }

    private void join(SimulatedDevice device) {
        for (int attempt = 0; ; attempt++) {
            SimulatedDevice inviter = any(devices.stream()
                    .filter(other -> other != device && other.isUp() && isMember(other))
                    .toList());
            try {
                Invite invite = done(inviter.sync().invite(room));
                done(device.sync().join(invite));
                return;
            } catch (AssertionError failed) {
                if (attempt == 5) {
                    throw failed;
                }
                time.pass(Duration.ofSeconds(2));
            }
        }
    }

    private static boolean isMember(SimulatedDevice device) {
        return !device.sync().rooms().isEmpty();
    }

    private <T> T done(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        if (!time.until(future::isDone, Duration.ofMinutes(2))) {
            throw new AssertionError("no answer within two minutes");
        }
        if (future.isCompletedExceptionally()) {
            throw new AssertionError(future.exceptionNow());
        }
        return future.join();
    }

    private <T> T any(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }

    private Optional<SimulatedDevice> anyUp() {
        List<SimulatedDevice> up =
                devices.stream().filter(SimulatedDevice::isUp).toList();
        return up.isEmpty() ? Optional.empty() : Optional.of(any(up));
    }

    private void pause() {
        int dice = random.nextInt(100);
        if (dice < 60) {
            time.pass(Duration.ofNanos((long) (random.nextDouble() * 50_000_000)));
        } else if (dice < 90) {
            time.pass(Duration.ofMillis(random.nextInt(3000)));
        } else if (dice < 99) {
            time.pass(Duration.ofSeconds(random.nextInt(30)));
        } else {
            time.pass(Duration.ofMinutes(random.nextInt(10)));
        }
    }

    private void something() {
        SimulatedDevice device = any(devices);
        String item = any(List.copyOf(items));
        int dice = random.nextInt(100);
        if (dice < 34) {
            open(device, item).ifPresent(editor -> change(editor, random.nextInt(3)));
        } else if (dice < 50) {
            workInAnOldEditor(device, item);
        } else if (dice < 54) {
            delete(device, item);
        } else if (dice < 60) {
            create(device, random.nextInt(3) == 0 ? "item" + items.size() : item);
        } else if (dice < 63) {
            stopOrShare(device, item);
        } else if (dice < 67) {
            settle(device, item);
        } else if (dice < 78) {
            network(device);
        } else if (dice < 80) {
            pauseOrResume(device);
        } else if (dice < 90) {
            power(device);
        } else if (dice < 93) {
            clock(device);
        } else if (dice < 98) {
            moods(device);
        } else if (devices.size() < 20) {
            newcomer();
        }
    }

    // What people do

    private Optional<Editor> open(SimulatedDevice device, String item) {
        return device.holds(item).map(stored -> new Editor(device, item, stored));
    }

    private void workInAnOldEditor(SimulatedDevice device, String item) {
        if (editors.size() < MOST_EDITORS && random.nextInt(3) > 0) {
            open(device, item).ifPresent(editors::add);
        } else if (!editors.isEmpty()) {
            Editor editor = any(editors);
            // Where sync is away nobody merges: what an old editor overwrites then, only the host can keep.
            if (editor.device().isUp() && editor.device().shares(editor.item())) {
                editors.remove(editor);
                Editor next = change(editor, random.nextInt(3));
                if (random.nextBoolean()) {
                    editors.add(next);
                }
            }
        }
    }

    /** Changes what an editor shows and saves it, as an edit of the revision that it started from. */
    private Editor change(Editor editor, int more) {
        SimulatedDevice device = editor.device();
        Item shown = editor.opened().item();
        ObjectNode content = content(shown.content());
        String name = shown.name();
        List<String> did = new ArrayList<>();
        for (int i = 0; i <= more; i++) {
            int what = random.nextInt(12);
            if (what < 5) {
                String field = "f" + random.nextInt(3);
                content.put(field, ledger.write(editor.item(), device, field));
                did.add(field + "=" + content.get(field).asText());
            } else if (what < 9) {
                ArrayNode log = content.withArray("log");
                String word = ledger.write(editor.item(), device, "log");
                log.insert(random.nextInt(log.size() + 1), word);
                did.add("log+" + word);
            } else if (what < 10) {
                ArrayNode log = content.withArray("log");
                if (!log.isEmpty()) {
                    did.add("log-" + log.remove(random.nextInt(log.size())));
                }
            } else if (what < 11) {
                String field = "deep" + random.nextInt(2);
                // Not taken out again: what somebody writes into it at the same time is not told yet (decisions.md).
                content.withObject("/" + field).put("a", ledger.write(editor.item(), device, field));
                did.add(field + "=" + content.get(field));
            } else {
                name = ledger.write(editor.item(), device, "name");
                did.add("name=" + name);
            }
        }
        Item next = new Item(editor.item(), shown.type(), name, content.toString());
        Set<String> seen = words(shown);
        seen.addAll(Ledger.words(did.toString()));
        seen.removeAll(words(next));
        ledger.letGo(seen, "replaced by who saw it");
        device.holds(editor.item()).ifPresent(held -> {
            Set<String> gone = words(held.item());
            gone.removeAll(words(next));
            gone.removeAll(seen);
            gone.forEach(word -> dropped.put(word + ' ' + device, time.now()));
            if (device.isUp() && clashes(device, editor.item())) {
                // It was this device's alone, and waited for a person to choose.
                ledger.letGo(gone, "overwritten in the vault before it was shared");
            }
            if (device.isUp() && !device.knows(held.revision())) {
                gone.retainAll(whileOff);
                ledger.letGo(gone, "overwritten in the vault before sync could read it");
            }
        });
        if (!device.isUp() || !device.shares(editor.item())) {
            whileOff.addAll(Ledger.words(did.toString()));
        }
        Revision revision = device.vault.save(next, editor.opened().revision());
        tell(device + (device.isUp() ? "" : " (off)") + " saves " + editor.item() + " " + did + " from "
                + editor.opened().revision().name() + " as " + revision.name());
        return new Editor(device, editor.item(), new Stored(next, revision));
    }

    private static Set<String> words(Item item) {
        Set<String> words = Ledger.words(item.content());
        words.addAll(Ledger.words(item.name()));
        return words;
    }

    private static ObjectNode content(String json) {
        try {
            return (ObjectNode) JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private void delete(SimulatedDevice device, String item) {
        device.holds(item).ifPresent(held -> {
            tell(device + (device.isUp() ? "" : " (off)") + " deletes " + item);
            ledger.letGo(words(held.item()), "deleted by who saw it");
            if (device.isUp()) {
                // One that has just been started does not tell of conflicts yet; the person knows of them.
                (device.shares(item) ? List.of(device) : devices)
                        .stream()
                                .filter(SimulatedDevice::isUp)
                                .flatMap(each -> each.sync().conflicts(item).stream())
                                .forEach(conflict -> ledger.letGo(
                                        Ledger.words(conflict.standing() + conflict.lost()),
                                        "deleted with a conflict"));
            }
            device.vault.delete(item);
        });
    }

    /** Makes an item, or makes one again that was deleted, and shares it; or shares one that is there. */
    private void create(SimulatedDevice device, String item) {
        items.add(item);
        if (device.holds(item).isEmpty()) {
            String word = ledger.write(item, device, "f0");
            String name = ledger.write(item, device, "name");
            Item made = new Item(item, "note", name, "{\"f0\":\"" + word + "\",\"log\":[],\"n\":20.25}");
            tell(device + " creates " + item + ": " + word + " " + name);
            if (random.nextInt(4) == 0) {
                device.vault.hold(made);
            } else {
                device.vault.save(made, Revision.NONE);
            }
        }
        share(device, item);
    }

    private void share(SimulatedDevice device, String item) {
        if (device.isUp()) {
            tell(device + " shares " + item);
            device.sync().share(room, List.of(item));
        }
    }

    private void stopOrShare(SimulatedDevice device, String item) {
        if (device.isUp() && device.shares(item)) {
            boolean forAll = random.nextInt(4) == 0;
            tell(device + " stops " + item + (forAll ? " for all" : ""));
            for (SimulatedDevice stopped : forAll ? devices : List.of(device)) {
                if (stopped.isUp()) {
                    if (stopped.status(item).badge() == Badge.ERROR) {
                        ledger.letGo(dropped(stopped, item), "stopped while the vault takes nothing");
                    }
                    stopped.sync()
                            .conflicts(item)
                            .forEach(
                                    conflict -> ledger.letGo(Ledger.words(conflict.lost()), "stopped with a conflict"));
                }
            }
            if (forAll) {
                stoppedForAll.add(item);
                device.sync().stopForAll(List.of(item));
            } else {
                device.sync().stop(List.of(item));
            }
        } else if (device.holds(item).isPresent()) {
            share(device, item);
        }
    }

    private void settle(SimulatedDevice device, String item) {
        if (device.isUp()) {
            List<Conflict> conflicts = device.sync().conflicts(item);
            if (!conflicts.isEmpty()) {
                Conflict conflict = any(conflicts);
                boolean takeLost = random.nextBoolean();
                tell(device + " settles " + conflict.field() + " of " + item + ": " + conflict.standing() + " stands, "
                        + conflict.lost() + " lost, takes the " + (takeLost ? "lost" : "standing"));
                Set<String> unwanted = Ledger.words(takeLost ? conflict.standing() : conflict.lost());
                unwanted.removeAll(Ledger.words(takeLost ? conflict.lost() : conflict.standing()));
                ledger.letGo(unwanted, "another was chosen");
                device.sync().settle(conflict, takeLost ? Optional.of(conflict.lost()) : Optional.empty());
            }
        }
    }

    private void pauseOrResume(SimulatedDevice device) {
        SimulatedDevice other = any(devices);
        Scope scope = switch (random.nextInt(3)) {
            case 0 -> new Scope.OfRoom(room);
            case 1 -> new Scope.OfPeer(other.fingerprint());
            default -> new Scope.Everything();
        };
        if (!device.isUp()) {
            return;
        }
        if (device.sync().paused().isEmpty()) {
            tell(device + " pauses " + (scope instanceof Scope.OfPeer ? other : scope));
            device.sync().pause(scope);
        } else {
            tell(device + " resumes everything");
            resume(device);
        }
    }

    private static void resume(SimulatedDevice device) {
        device.sync().paused().forEach(device.sync()::resume);
    }

    // What happens to them

    private void network(SimulatedDevice device) {
        SimulatedDevice other = any(devices);
        int dice = random.nextInt(10);
        boolean silently = random.nextBoolean();
        if (dice < 3) {
            tell("links of " + device + " break" + (silently ? " silently" : ""));
            network.drop(device.name, silently);
        } else if (dice < 6 && other != device) {
            tell(device + " and " + other + " are separated" + (silently ? " silently" : ""));
            network.separate(device.name, other.name, silently);
        } else if (dice < 7) {
            tell("the network falls apart");
            Map<SimulatedDevice, Boolean> side = new LinkedHashMap<>();
            devices.forEach(each -> side.put(each, random.nextBoolean()));
            side.forEach((one, left) -> side.forEach((two, right) -> {
                if (!left.equals(right)) {
                    network.separate(one.name, two.name, silently);
                }
            }));
        } else if (dice < 9) {
            tell("the network is whole");
            network.connectAll();
        } else if (device.isUp()) {
            tell(device + " dials everybody");
            device.sync().syncNow();
        }
    }

    private void power(SimulatedDevice device) {
        if (!device.isUp()) {
            tell(device + " starts");
            device.start();
        } else if (random.nextBoolean()) {
            tell(device + " stops");
            device.stop();
            restartMaybe(device);
        } else {
            tell(device + " crashes");
            forgetWhatOnlyTheHostCouldKeep(device);
            device.crash(random.nextBoolean());
            restartMaybe(device);
        }
    }

    /** What an old editor overwrote in the vault the moment before a crash, nobody else may have seen. */
    private void forgetWhatOnlyTheHostCouldKeep(SimulatedDevice device) {
        long recently = time.now() - Duration.ofSeconds(20).toNanos();
        dropped.forEach((word, when) -> {
            if (word.endsWith(' ' + device.name) && when > recently) {
                ledger.letGo(Set.of(word.substring(0, word.indexOf(' '))), "overwritten in the vault before a crash");
            }
        });
    }

    /** What old editors overwrote of an item in the vault of this device. */
    private Set<String> dropped(SimulatedDevice device, String item) {
        return dropped.keySet().stream()
                .filter(word -> word.endsWith(' ' + device.name))
                .map(word -> word.substring(0, word.indexOf(' ')))
                .filter(word -> ledger.isOf(word, item))
                .collect(Collectors.toSet());
    }

    private void restartMaybe(SimulatedDevice device) {
        if (random.nextInt(3) > 0) {
            time.pass(Duration.ofMillis(random.nextInt(2000)));
            device.start();
        }
    }

    private void clock(SimulatedDevice device) {
        Duration wrong = Duration.ofDays(random.nextInt(8000) - 4000);
        tell("the clock of " + device + " is wrong by " + wrong.toDays() + " days");
        device.setClock(wrong);
    }

    private void moods(SimulatedDevice device) {
        switch (random.nextInt(5)) {
            case 0 -> {
                tell("the host of " + device + " is slow");
                device.slowHost(Duration.ofSeconds(3));
            }
            case 1 -> {
                tell("the host of " + device + " refuses");
                device.vault.refuse("The host does not want it.");
            }
            case 2 -> {
                tell("the host of " + device + " throws");
                device.vault.beforePut(() -> {
                    throw new IllegalStateException("the host is out of order");
                });
            }
            case 3 -> {
                tell("the host of " + device + " normalises");
                device.vault.normalise(item -> new Item(
                        item.id(), item.type(), item.name(), item.content().replace("20.25", "20")));
            }
            default -> {
                tell("the host of " + device + " is well");
                recover(device);
            }
        }
    }

    private static void recover(SimulatedDevice device) {
        device.slowHost(Duration.ZERO);
        device.vault.refuse(null);
        device.vault.beforePut(() -> {});
    }

    private void newcomer() {
        SimulatedDevice device =
                new SimulatedDevice("device" + devices.size(), folder, time, network, replicas, errors::add);
        if (devices.stream().noneMatch(SimulatedDevice::isUp)) {
            return;
        }
        tell(device + " joins");
        device.start();
        SimulatedDevice inviter = anyUp().orElseThrow();
        Invite invite = done(inviter.sync().invite(room));
        CompletableFuture<RoomId> joined = device.sync().join(invite).toCompletableFuture();
        devices.add(device);
        time.until(joined::isDone, Duration.ofMinutes(2));
        if (!joined.isDone() || joined.isCompletedExceptionally()) {
            tell(device + " was not let in: " + (joined.isDone() ? joined.exceptionNow() : "no answer"));
            device.crash(true);
            devices.remove(device);
        }
    }

    // What must be so at any time

    /** Whoever is said to have an item has it on disk: what was on this device's disk a moment ago, at least. */
    private void checkTheStatus() throws SQLException {
        SimulatedDevice device = any(devices);
        if (!device.isUp()) {
            return;
        }
        Map<String, Knowledge> before = device.onDisk();
        time.pass(Duration.ofMillis(1500));
        Map<Fingerprint, SimulatedDevice> byKey = new HashMap<>();
        devices.forEach(each -> byKey.put(each.fingerprint(), each));
        for (String item : items) {
            ItemStatus status = device.status(item);
            if (status.badge() == Badge.SYNCED && status.holders().isEmpty()) {
                throw new AssertionError(device + " says that " + item + " is synced, and with nobody");
            }
            for (Fingerprint holder : status.holders()) {
                SimulatedDevice other = byKey.get(holder);
                Map<String, Knowledge> there = other.onDisk();
                List<String> documents = device.documentsOf(item);
                // This device may know of it what is on no disk of its own yet.
                boolean has = documents.isEmpty()
                        || documents.stream()
                                .anyMatch(document -> there.getOrDefault(document, Knowledge.NOTHING)
                                        .covers(before.getOrDefault(document, Knowledge.NOTHING)));
                if (!has) {
                    throw new AssertionError(device + " says that " + other + " has " + item + ", which it has not");
                }
            }
        }
    }

    // The end

    private void putEverythingRight() throws Exception {
        tell("everything is put right");
        network.connectAll();
        for (SimulatedDevice device : devices) {
            recover(device);
            if (!device.isUp()) {
                device.start();
            }
            resume(device);
        }
        devices.forEach(device -> device.sync().syncNow());
        long end = time.now() + PATIENCE.toNanos();
        boolean restarted = false;
        String missing = "nobody looked";
        while (!missing.isEmpty() && time.now() < end) {
            time.pass(Duration.ofSeconds(2));
            throwErrors();
            missing = whatIsMissing();
            if (missing.isEmpty()) {
                // Also once a host has done what it was asked while it was slow: a conflict is told before that.
                time.pass(Duration.ofSeconds(10));
                missing = whatIsMissing();
            }
            boolean stuck = devices.stream()
                    .anyMatch(device ->
                            items.stream().anyMatch(item -> device.status(item).badge() == Badge.ERROR));
            if (!missing.isEmpty() && stuck && !restarted) {
                // What the host refused waits for a change, or for the next start.
                restarted = true;
                for (SimulatedDevice device : devices) {
                    device.stop();
                    device.start();
                }
            }
        }
        if (!missing.isEmpty()) {
            throw new AssertionError("not in sync after " + PATIENCE.toMinutes() + " minutes: " + missing);
        }
    }

    /** Why this is not the end yet; empty if it is. */
    private String whatIsMissing() throws SQLException {
        for (String item : items) {
            List<SimulatedDevice> taking = new ArrayList<>(devices);
            for (SimulatedDevice device : devices) {
                if (!device.shares(item) && device.hasStopped(item)) {
                    taking.remove(device);
                }
            }
            long sharing = taking.stream().filter(device -> device.shares(item)).count();
            if (sharing != 0 && sharing != taking.size()) {
                return item + " is shared on "
                        + taking.stream().filter(device -> device.shares(item)).toList();
            }
            if (sharing == 0) {
                continue;
            }
            Map<String, List<SimulatedDevice>> contents = new TreeMap<>();
            for (SimulatedDevice device : taking) {
                ItemStatus status = device.status(item);
                if (status.badge() != Badge.SYNCED && status.badge() != Badge.CONFLICT) {
                    return item + " is " + status.badge() + " on " + device + " "
                            + status.problem().orElse("") + whoLacks(device, status);
                }
                if (network.announces() && status.holders().size() != devices.size() - 1) {
                    return device + " says of " + item + " that "
                            + status.holders().size() + " have it" + whoLacks(device, status);
                }
                if (!clashes(device, item)) {
                    contents.computeIfAbsent(essence(device, item), json -> new ArrayList<>())
                            .add(device);
                }
            }
            if (contents.size() > 1) {
                return item + " differs: " + contents;
            }
        }
        Map<String, String> digests = null;
        for (SimulatedDevice device : devices) {
            Map<String, String> here = device.digests();
            here.values().removeIf(digest -> digest.equals(NOTHING));
            if (digests != null && !here.equals(digests)) {
                Map<String, String> fewer = new TreeMap<>(here);
                fewer.entrySet().removeAll(digests.entrySet());
                Map<String, String> more = new TreeMap<>(digests);
                more.entrySet().removeAll(here.entrySet());
                return "the documents of " + device + " are not those of " + devices.getFirst() + ": " + fewer + " and "
                        + more;
            }
            digests = digests == null ? here : digests;
        }
        return "";
    }

    private String whoLacks(SimulatedDevice device, ItemStatus status) throws SQLException {
        StringBuilder lacking = new StringBuilder();
        for (SimulatedDevice other : devices) {
            if (other != device && !status.holders().contains(other.fingerprint())) {
                lacking.append("; ")
                        .append(other)
                        .append(" (")
                        .append(device.sync().rooms().getFirst().members().stream()
                                .filter(member -> member.fingerprint().equals(other.fingerprint()))
                                .map(member -> member.reach().getClass().getSimpleName())
                                .findFirst()
                                .orElse("unknown"))
                        .append(')');
                Map<String, String> here = device.digests();
                Map<String, String> there = other.digests();
                for (String document : device.documentsOf(status.itemId())) {
                    lacking.append(' ')
                            .append(document, 0, 8)
                            .append(here.get(document).equals(there.get(document)) ? " equal" : " differs");
                }
            }
        }
        return lacking.toString();
    }

    private static final String NOTHING = java.util.HexFormat.of().formatHex(Knowledge.NOTHING.digest());

    private static boolean clashes(SimulatedDevice device, String item) {
        return device.sync().conflicts(item).stream()
                .anyMatch(conflict -> conflict.id().startsWith("clash-"));
    }

    /** What the vault holds, without what a host may have normalised. */
    private static String essence(SimulatedDevice device, String item) {
        return device.holds(item)
                .map(stored -> {
                    ObjectNode content = content(stored.item().content());
                    content.remove("n");
                    Map<String, JsonNode> sorted = new TreeMap<>();
                    content.properties().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
                    return stored.item().name() + sorted;
                })
                .orElse("nothing");
    }

    private void checkWhatIsLeft() throws SQLException {
        for (SimulatedDevice device : devices) {
            Map<String, String> stored = device.digests();
            device.onDisk().forEach((document, knowledge) -> {
                String true_ = java.util.HexFormat.of().formatHex(knowledge.digest());
                if (!true_.equals(stored.get(document))) {
                    throw new AssertionError(
                            "the digest of " + document + " on " + device + " is not of what it holds");
                }
            });
        }
        Map<String, String> told = new HashMap<>(); // by item, what conflicts say
        for (String item : items) {
            told.put(
                    item,
                    devices.stream()
                            .flatMap(device -> device.sync().conflicts(item).stream())
                            .map(conflict -> conflict.standing() + " " + conflict.lost())
                            .collect(Collectors.joining(" ")));
        }
        for (Ledger.Word word : ledger.owed()) {
            String item = word.item();
            boolean conflicting = told.get(item).contains(word.word());
            boolean alone = (stoppedForAll.contains(item) ? devices : List.of(word.by()))
                    .stream()
                            .filter(device -> !device.shares(item))
                            .anyMatch(device -> device.holds(item)
                                    .map(Simulation::words)
                                    .orElse(Set.of())
                                    .contains(word.word()));
            boolean there = devices.stream()
                    .filter(device -> device.shares(item) && !clashes(device, item))
                    .anyMatch(device -> device.holds(item)
                            .map(Simulation::words)
                            .orElse(Set.of())
                            .contains(word.word()));
            if (!conflicting && !alone && !there) {
                throw new AssertionError("lost: " + word + "; conflicts: " + told.get(item) + "; "
                        + devices.stream()
                                .map(device ->
                                        device + " " + device.status(item).badge() + " " + essence(device, item))
                                .toList());
            }
        }
        String growth = Growth.of(
                devices.stream().map(SimulatedDevice::sync).toList(), 200 + 40 * items.size() + 8 * devices.size());
        if (!growth.isEmpty()) {
            throw new AssertionError("memory grows: " + growth);
        }
    }

    private static Set<String> words(Stored stored) {
        return words(stored.item());
    }
}
