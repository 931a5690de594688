// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.vaultsync.Badge;
import org.vaultsync.Conflict;
import org.vaultsync.Fingerprint;
import org.vaultsync.Invite;
import org.vaultsync.ItemStatus;
import org.vaultsync.Offers.Offer;
import org.vaultsync.Room;
import org.vaultsync.RoomId;
import org.vaultsync.Scope;
import org.vaultsync.SyncException;
import org.vaultsync.SyncPolicy.Incoming;
import org.vaultsync.SyncPolicy.Sharing;
import org.vaultsync.SyncPolicy.Taking;
import org.vaultsync.Version;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.update.Knowledge;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

/**
 * Two rooms that share some of their members, their devices and the people in front of them, who do everything that
 * people do and that happens to them. In the end everything is put right, and then nothing may be missing, and nothing
 * may be where it does not belong. In a third of the runs there is the first room alone, and in a third all take and share
 * everything and stay where they are.
 */
final class Simulation {
    /** What became of a run. */
    record Outcome(int devices, int words, int owed, long events, long frames, Duration lasted, long trace) {}

    /** An item that a device is to share by itself. */
    private record Own(SimulatedDevice device, String item) {}

    /** An editor that somebody has open. */
    private record Editor(SimulatedDevice device, String item, Stored opened) {}

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final int MOST_EDITORS = 6;
    private static final long OTHER_DICE = 0x5EC0_4D20_0D1CEL;
    private static final long CHOOSY_DICE = 0x0FFE_25A1_1ED0L;
    private static final String HIDDEN = "hidden"; // how the ids of items begin that only the second room is to know

    private final long seed;
    private final SimulatedTime time;
    private final Random more; // dice for what was added later: without it a seed means what it always did
    private final Random choices; // dice for what was added after that
    private final boolean choosy; // whether people set policies, restore versions, and come and go
    private final SimulatedPolicies policies = new SimulatedPolicies(item -> item.startsWith(HIDDEN));
    private final SimulatedNetwork network;
    private final SharedReplicas replicas;
    private final Path folder;
    private final List<SimulatedDevice> devices = new ArrayList<>(); // of the first room
    private final List<SimulatedDevice> guests = new ArrayList<>(); // of the second room alone
    private final Map<RoomId, Set<SimulatedDevice>> members = new LinkedHashMap<>();
    private final Map<RoomId, SimulatedDevice> founders = new HashMap<>();
    private final Map<RoomId, Map<SimulatedDevice, SimulatedDevice>> letInBy = new HashMap<>();
    private final Map<RoomId, Set<SimulatedDevice>> former = new HashMap<>(); // who left, or was removed, at any time
    private final Map<RoomId, Set<SimulatedDevice>> removed = new HashMap<>(); // and has it still
    private final List<Editor> editors = new ArrayList<>();
    private final Set<String> items = new TreeSet<>(); // that any room may have
    private final Set<String> hidden = new TreeSet<>(); // that only the second room may have
    private final Ledger ledger = new Ledger();
    private final Map<String, Long> dropped = new HashMap<>(); // word and device that dropped it from its vault, when
    private final Set<String> whileOff = new HashSet<>(); // words that were written where sync was off, or stopped
    private final Set<String> stoppedForAll = new HashSet<>(); // items; everybody keeps a copy
    private final Set<Own> sharedByItself = new LinkedHashSet<>();
    private final List<Throwable> errors = new ArrayList<>();
    private final List<String> story = new ArrayList<>();
    private Random random; // the dice that are in use
    private RoomId room;
    private Optional<RoomId> second = Optional.empty();

    Simulation(long seed, Path folder, ReplicaEngine engine) {
        this.seed = seed;
        this.folder = folder;
        time = new SimulatedTime(seed);
        random = time.random;
        more = new Random(seed ^ OTHER_DICE);
        choices = new Random(seed ^ CHOOSY_DICE);
        choosy = choices.nextInt(3) > 0;
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
                if (second.isPresent() && more.nextBoolean()) {
                    with(more, this::somethingElse);
                }
                if (choosy && choices.nextBoolean()) {
                    with(choices, this::somethingChosen);
                }
                pause();
                if (step % 7 == 3) {
                    checkTheStatus();
                }
                throwErrors();
            }
            putEverythingRight();
            if (choosy) {
                with(choices, this::takeSome);
                untilNothingIsMissing();
            }
            checkWhatIsLeft();
            throwErrors();
            return new Outcome(
                    everybody().size(),
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
            everybody().stream().filter(SimulatedDevice::isUp).forEach(device -> device.crash(true));
        }
    }

    private void with(Random dice, Runnable action) {
        Random before = random;
        random = dice;
        try {
            action.run();
        } finally {
            random = before;
        }
    }

    private List<SimulatedDevice> everybody() {
        return Stream.concat(devices.stream(), guests.stream()).toList();
    }

    private List<String> allItems() {
        return Stream.concat(items.stream(), hidden.stream()).toList();
    }

    private List<RoomId> roomsOf(SimulatedDevice device) {
        return members.keySet().stream()
                .filter(each -> members.get(each).contains(device))
                .toList();
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
        if (choosy) {
            policies.drawTypes();
        }
        for (int i = 0; i < size; i++) {
            SimulatedDevice device = device("device" + i);
            devices.add(device);
            device.start();
            if (i == 0) {
                room = found(device, "Room");
            } else {
                join(device, room);
            }
        }
        tell(size + " devices");
        for (int i = 0; i < 2 + random.nextInt(3); i++) {
            create(any(devices), room, "item" + i);
        }
        time.pass(Duration.ofSeconds(1));
        network.watch(this::checkWhatIsSaid);
        if (more.nextInt(3) > 0) {
            with(more, this::openTheSecondRoom);
        }
        // What is in no room cannot get lost in it: then the run would say nothing, as without JavaScript.
        for (String item : allItems()) {
            if (everybody().stream().noneMatch(device -> device.shares(item))) {
                throw new AssertionError(item + " cannot be shared");
            }
        }
    }

    /** Some of those of the first room are in it, and others. */
    private void openTheSecondRoom() {
        SimulatedDevice founder = any(devices);
        RoomId opened = found(founder, "Second room");
        second = Optional.of(opened);
        for (SimulatedDevice device : devices) {
            if (device != founder && random.nextBoolean()) {
                join(device, opened);
            }
        }
        for (int i = random.nextInt(3); i > 0 || members.get(opened).size() < 2; i--) {
            SimulatedDevice guest = device("guest" + guests.size());
            guests.add(guest);
            guest.start();
            join(guest, opened);
        }
        tell(members.get(opened) + " are in the second room");
        for (int i = 0; i < 1 + random.nextInt(2); i++) {
            create(any(List.copyOf(members.get(opened))), opened, HIDDEN + i);
        }
        time.pass(Duration.ofSeconds(1));
    }

    private SimulatedDevice device(String name) {
        SimulatedDevice device = new SimulatedDevice(name, folder, time, network, replicas, errors::add);
        device.vault.watch(item -> {
            if (policies.unwanted(device).contains(item.id())) {
                errors.add(new AssertionError(device + " gets " + item.id() + ", which it has not taken"));
            }
        });
        return device;
    }

    private RoomId found(SimulatedDevice device, String name) {
        RoomId founded = done(device.sync().createRoom(name));
        members.put(founded, new LinkedHashSet<>(Set.of(device)));
        founders.put(founded, device);
        letInBy.put(founded, new HashMap<>());
        former.put(founded, new LinkedHashSet<>());
        removed.put(founded, new LinkedHashSet<>());
        return founded;
    }

    private void join(SimulatedDevice device, RoomId where) {
        for (int attempt = 0; ; attempt++) {
            SimulatedDevice inviter = any(members.get(where).stream()
                    .filter(other -> other != device && other.isUp())
                    .toList());
            try {
                Invite invite = done(inviter.sync().invite(where));
                members.get(where).add(device); // may hear of it from now on
                letInBy.get(where).put(device, inviter);
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

    /** Why something could not be done, as it is told to a person; empty if it was done. */
    private Optional<String> refusal(CompletionStage<?> stage) {
        CompletableFuture<?> future = stage.toCompletableFuture();
        if (!time.until(future::isDone, Duration.ofMinutes(2))) {
            throw new AssertionError("no answer within two minutes");
        }
        if (!future.isCompletedExceptionally()) {
            return Optional.empty();
        }
        if (future.exceptionNow() instanceof SyncException refused) {
            return Optional.of(refused.getMessage());
        }
        throw new AssertionError(future.exceptionNow());
    }

    private <T> T any(List<T> some) {
        return some.get(random.nextInt(some.size()));
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
            create(device, room, random.nextInt(3) == 0 ? "item" + items.size() : item);
        } else if (dice < 63) {
            stopOrShare(device, room, item);
        } else if (dice < 67) {
            settle(device, item);
        } else if (dice < 78) {
            network(device);
        } else if (dice < 80) {
            pauseOrResume(device, room);
        } else if (dice < 90) {
            power(device);
        } else if (dice < 93) {
            clock(device);
        } else if (dice < 98) {
            moods(device);
        } else if (devices.size() < 20) {
            newcomer(device("device" + devices.size()), devices, room);
        }
    }

    /** What is done in two rooms, and to those who are in the second one alone. */
    private void somethingElse() {
        SimulatedDevice device = any(everybody());
        List<RoomId> rooms = roomsOf(device);
        if (rooms.isEmpty()) {
            return;
        }
        RoomId where = any(rooms);
        String item = any(itemsOf(where));
        int dice = random.nextInt(100);
        if (dice < 30) {
            open(device, item).ifPresent(editor -> change(editor, random.nextInt(3)));
        } else if (dice < 38) {
            workInAnOldEditor(device, item);
        } else if (dice < 42) {
            delete(device, item);
        } else if (dice < 46) {
            deleteHere(device, item);
        } else if (dice < 58) {
            create(device, where, item);
        } else if (dice < 64) {
            stopOrShare(device, where, item);
        } else if (dice < 76) {
            move(device, where, item);
        } else if (dice < 80) {
            settle(device, item);
        } else if (dice < 84) {
            network(device);
        } else if (dice < 88) {
            pauseOrResume(device, where);
        } else if (dice < 94) {
            power(device);
        } else if (dice < 98) {
            moods(device);
        } else if (guests.size() < 4) {
            newcomer(device("guest" + guests.size()), guests, second.orElseThrow());
        }
    }

    /** What people choose: what they take and share, which version they want back, and who is in a room. */
    private void somethingChosen() {
        SimulatedDevice device = any(everybody());
        RoomId where = any(List.copyOf(members.keySet()));
        if (!members.get(where).contains(device)) {
            comeBack(device, where);
            return;
        }
        String item = any(itemsOf(where));
        int dice = random.nextInt(100);
        if (dice < 18) {
            open(device, item).ifPresent(editor -> change(editor, random.nextInt(3)));
        } else if (dice < 26) {
            workInAnOldEditor(device, item);
        } else if (dice < 48) {
            restore(device, where, item);
        } else if (dice < 52) {
            delete(device, item);
        } else if (dice < 56) {
            create(device, where, random.nextBoolean() ? item : newItem(where));
        } else if (dice < 66) {
            chooseWhatIsTaken(device, where);
        } else if (dice < 76) {
            chooseWhatIsShared(device, where);
        } else if (dice < 84) {
            take(device, where);
        } else if (dice < 88) {
            makeWithoutSharing(device, where);
        } else if (dice < 92) {
            leave(device, where);
        } else if (dice < 96) {
            remove(device, where);
        } else {
            stopOrShare(device, where, item);
        }
    }

    private List<String> itemsOf(RoomId where) {
        return Optional.of(where).equals(second) ? allItems() : List.copyOf(items);
    }

    private List<String> typesOf(RoomId where) {
        Stream<String> more = Optional.of(where).equals(second) ? Stream.of(SimulatedPolicies.HIDDEN) : Stream.of();
        return Stream.concat(policies.types().stream(), more).toList();
    }

    private String newItem(RoomId where) {
        boolean hide = Optional.of(where).equals(second) && random.nextBoolean();
        return hide ? HIDDEN + hidden.size() : "item" + items.size();
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
                content.put(field, write(editor.item(), device, field));
                did.add(field + "=" + content.get(field).asText());
            } else if (what < 9) {
                ArrayNode log = content.withArray("log");
                String word = write(editor.item(), device, "log");
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
                content.withObject("/" + field).put("a", write(editor.item(), device, field));
                did.add(field + "=" + content.get(field));
            } else {
                name = write(editor.item(), device, "name");
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
        noteThatItMayBeSharedByItself(device, editor.item());
        Revision revision = device.vault.save(next, editor.opened().revision());
        tell(device + (device.isUp() ? "" : " (off)") + " saves " + editor.item() + " " + did + " from "
                + editor.opened().revision().name() + " as " + revision.name());
        return new Editor(device, editor.item(), new Stored(next, revision));
    }

    private String write(String item, SimulatedDevice device, String where) {
        String word = ledger.write(item, device, where);
        policies.written(device, item, word);
        return word;
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
                (device.shares(item) ? List.of(device) : everybody())
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
    private void create(SimulatedDevice device, RoomId where, String item) {
        make(device, where, item);
        share(device, where, item);
    }

    private void make(SimulatedDevice device, RoomId where, String item) {
        if ((item.startsWith(HIDDEN) ? hidden : items).add(item)) {
            policies.isNew(item, device, where, members.get(where));
        }
        policies.wants(device, item);
        if (device.holds(item).isEmpty()) {
            String word = write(item, device, "f0");
            String name = write(item, device, "name");
            Item made = new Item(item, policies.typeOf(item), name, "{\"f0\":\"" + word + "\",\"log\":[],\"n\":20.25}");
            tell(device + " creates " + item + ": " + word + " " + name);
            noteThatItMayBeSharedByItself(device, item);
            if (random.nextInt(4) == 0) {
                device.vault.hold(made);
            } else {
                device.vault.save(made, Revision.NONE);
            }
        }
    }

    private void noteThatItMayBeSharedByItself(SimulatedDevice device, String item) {
        if (policies.sharing(device, policies.typeOf(item)) instanceof Sharing.Always(RoomId there)) {
            policies.mayCome(item, there, members.get(there));
        }
    }

    private void share(SimulatedDevice device, RoomId where, String item) {
        if (device.isUp()) {
            tell(device + " shares " + item + (where.equals(room) ? "" : " in the second room"));
            policies.wants(device, item);
            policies.mayCome(item, where, members.get(where));
            device.sync().share(where, List.of(item));
        }
    }

    private void stopOrShare(SimulatedDevice device, RoomId where, String item) {
        if (device.isUp() && device.shares(item)) {
            stop(device, item, random.nextInt(4) == 0);
        } else if (device.holds(item).isPresent()) {
            share(device, where, item);
        }
    }

    private void stop(SimulatedDevice device, String item, boolean forAll) {
        tell(device + " stops " + item + (forAll ? " for all" : ""));
        for (SimulatedDevice stopped : forAll ? everybody() : List.of(device)) {
            if (stopped.isUp()
                    && stopped.status(item).room().equals(device.status(item).room())) {
                letGoWithItsSync(stopped, item);
            }
        }
        if (forAll) {
            stoppedForAll.add(item);
            device.sync().stopForAll(List.of(item));
        } else {
            device.sync().stop(List.of(item));
        }
    }

    /** What a person gives up who ends the sync of an item on a device. */
    private void letGoWithItsSync(SimulatedDevice device, String item) {
        sharedByItself.remove(new Own(device, item));
        if (device.status(item).badge() == Badge.ERROR) {
            ledger.letGo(dropped(device, item), "stopped while the vault takes nothing");
        }
        device.sync()
                .conflicts(item)
                .forEach(conflict -> ledger.letGo(Ledger.words(conflict.lost()), "stopped with a conflict"));
    }

    /** Takes an item out of the room that it is in and, at once or later, puts it into another one. */
    private void move(SimulatedDevice device, RoomId where, String item) {
        if (device.isUp()
                && device.status(item)
                        .room()
                        .filter(from -> !from.equals(where))
                        .isPresent()) {
            stop(device, item, false);
            if (random.nextBoolean()) {
                time.pass(Duration.ofMillis(random.nextInt(2000)));
            }
            share(device, where, item);
        }
    }

    /** The others keep it. */
    private void deleteHere(SimulatedDevice device, String item) {
        if (device.isUp() && device.shares(item) && device.holds(item).isPresent()) {
            stop(device, item, false);
            delete(device, item);
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

    private void pauseOrResume(SimulatedDevice device, RoomId where) {
        SimulatedDevice other = any(everybody());
        Scope scope = switch (random.nextInt(3)) {
            case 0 -> new Scope.OfRoom(where);
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

    /** Gives an item the content of an earlier version, or brings back one that was deleted. */
    private void restore(SimulatedDevice device, RoomId where, String item) {
        if (!device.isUp()) {
            return;
        }
        List<Version> before = done(device.history().versions(item));
        List<Version> some =
                random.nextInt(4) > 0 ? before : done(device.history().deleted(where));
        Set<String> objects = before.stream()
                .findFirst()
                .flatMap(Version::item)
                .map(Simulation::objects)
                .orElse(Set.of());
        some = some.stream()
                .filter(version ->
                        version.itemId().equals(item) && version.item().isPresent())
                .filter(version -> roomsOf(device).contains(version.room()))
                // Objects are not taken out, as by no edit.
                .filter(version -> objects(version.item().orElseThrow()).containsAll(objects))
                .toList();
        if (some.isEmpty()) {
            return;
        }
        Version version = any(some);
        Item wanted = version.item().orElseThrow();
        boolean known = isAllKnownTo(device, item);
        boolean gone = members.get(version.room()).stream()
                .allMatch(other -> other.isUp() && other.holds(item).isEmpty());
        tell(device + " restores " + item + " as of " + version.kind() + " " + version.id() + ": " + wanted.name() + " "
                + wanted.content());
        policies.wants(device, item);
        members.forEach((each, those) -> policies.mayCome(item, each, those));
        Optional<String> refused = refusal(device.history().restore(version));
        if (refused.isPresent()) {
            tell("this is refused: " + refused.get());
            return;
        }
        List<Version> now = done(device.history().versions(item));
        List<String> ids = before.stream().map(Version::id).toList();
        List<Version> since =
                now.stream().filter(each -> !ids.contains(each.id())).toList();
        Predicate<Version> isIt =
                each -> each.item().filter(got -> same(got, wanted)).isPresent();
        if (since.stream().noneMatch(isIt)
                && now.stream().findFirst().filter(isIt).isEmpty()
                && before.stream().findFirst().filter(isIt).isEmpty()) {
            throw new AssertionError(
                    device + " restored " + item + " and has not what it was: " + wanted + " but " + now);
        }
        for (Version made : since) {
            if (made.kind() == Version.Kind.RESTORED) {
                // Before a deletion, if one came in between that this takes back.
                Optional<Item> replaced = now.stream()
                        .skip(now.indexOf(made) + 1)
                        .flatMap(each -> each.item().stream())
                        .findFirst();
                Set<String> over = replaced.map(Simulation::words).orElseGet(HashSet::new);
                Set<String> again = words(wanted);
                again.removeAll(over);
                over.removeAll(words(wanted));
                ledger.letGo(over, "in the history, since an earlier version was restored");
                if (known) {
                    ledger.writeAgain(again, device);
                }
            } else if (gone && made.kind() == Version.Kind.SHARED && isIt.test(made)) {
                ledger.writeAgain(words(wanted), device);
            }
        }
    }

    private static Set<String> objects(Item item) {
        Set<String> fields = new HashSet<>();
        content(item.content()).properties().forEach(entry -> {
            if (entry.getValue().isObject()) {
                fields.add(entry.getKey());
            }
        });
        return fields;
    }

    private static boolean same(Item one, Item other) {
        return essence(one).equals(essence(other));
    }

    /** Whether nobody has done anything to an item that this device does not know of. */
    private boolean isAllKnownTo(SimulatedDevice device, String item) {
        Optional<RoomId> where = device.status(item).room();
        if (where.isEmpty()) {
            return false;
        }
        try {
            Map<String, Knowledge> here = device.onDisk(where.get());
            for (SimulatedDevice other : members.get(where.get())) {
                boolean read = other.isUp()
                        && other.shares(item, where.get())
                        && other.holds(item)
                                .filter(held -> other.knows(held.revision()))
                                .isPresent();
                if (!read
                        || !other.onDisk(where.get()).entrySet().stream()
                                .allMatch(there -> here.getOrDefault(there.getKey(), Knowledge.NOTHING)
                                        .covers(there.getValue()))) {
                    return false;
                }
            }
            return true;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void chooseWhatIsTaken(SimulatedDevice device, RoomId where) {
        if (device.isUp() && device.room(where).isPresent()) {
            Incoming incoming = any(List.of(Incoming.values()));
            Optional<Set<String>> types = random.nextBoolean()
                    ? Optional.empty()
                    : Optional.of(typesOf(where).stream()
                            .filter(type -> random.nextBoolean())
                            .collect(Collectors.toSet()));
            Taking taking = new Taking(incoming, types);
            tell(device + " is to take " + incoming + " of "
                    + types.map(Set::toString).orElse("all types") + (where.equals(room) ? "" : " in the second room"));
            policies.taking(device, where, taking, Set.copyOf(offered(device, where)));
            done(device.sync().setTaking(where, taking));
        }
    }

    /** The items of a room that a device is shown and has not taken. */
    private List<String> offered(SimulatedDevice device, RoomId where) {
        return done(device.sync().offers(where)).stream()
                .filter(offer -> !offer.taken())
                .map(Offer::itemId)
                .toList();
    }

    private void chooseWhatIsShared(SimulatedDevice device, RoomId where) {
        if (!device.isUp()) {
            return;
        }
        String type = any(typesOf(where));
        int dice = random.nextInt(10);
        Sharing sharing =
                dice < 4 ? new Sharing.OnRequest() : dice < 7 ? new Sharing.Never() : new Sharing.Always(where);
        tell(device + " is to share each " + type + ": " + sharing);
        List<String> those = allItems().stream()
                .filter(item -> policies.typeOf(item).equals(type))
                .toList();
        those.forEach(item -> {
            if (!(sharing instanceof Sharing.Always)) {
                sharedByItself.remove(new Own(device, item));
            }
            if (sharing instanceof Sharing.Never && device.shares(item)) {
                letGoWithItsSync(device, item);
            } else if (sharing instanceof Sharing.Always) {
                policies.wants(device, item);
                policies.mayCome(item, where, members.get(where));
            }
        });
        if (!(sharing instanceof Sharing.Never)) {
            policies.sharing(device, type, sharing);
        }
        Optional<String> refused = refusal(device.sync().setSharing(type, sharing));
        if (refused.isEmpty()) {
            policies.sharing(device, type, sharing);
        } else {
            tell("this is refused: " + refused.get());
            policies.sharing(device, type, device.sync().sharing().getOrDefault(type, new Sharing.OnRequest()));
        }
    }

    private void take(SimulatedDevice device, RoomId where) {
        if (device.isUp() && device.room(where).isPresent()) {
            List<String> some = offered(device, where).stream()
                    .filter(item -> random.nextBoolean())
                    .toList();
            if (!some.isEmpty()) {
                tell(device + " takes " + some + (where.equals(room) ? "" : " of the second room"));
                some.stream()
                        .filter(item -> !policies.isNever(device, item))
                        .forEach(item -> policies.wants(device, item));
                Optional<String> refused = refusal(device.sync().take(where, some));
                refused.ifPresent(why -> tell("this is refused: " + why));
                time.pass(Duration.ofSeconds(1)); // or what it has just taken in another room is not told yet
                boolean may = some.stream()
                        .noneMatch(item -> policies.isNever(device, item)
                                || device.status(item)
                                        .room()
                                        .filter(other -> !other.equals(where))
                                        .isPresent());
                if (may && refused.isPresent()) {
                    throw new AssertionError(device + " cannot take " + some + ": " + refused.get());
                }
            }
        }
    }

    /** An item of a type that is always shared is shared by itself. */
    private void makeWithoutSharing(SimulatedDevice device, RoomId where) {
        String item = newItem(where);
        boolean always = policies.sharing(device, policies.typeOf(item)).equals(new Sharing.Always(where));
        if (allItems().contains(item)) {
            return;
        }
        make(device, where, item);
        if (always) {
            tell(device + " is to share it by itself");
            sharedByItself.add(new Own(device, item));
        }
    }

    private void leave(SimulatedDevice device, RoomId where) {
        if (device.isUp() && members.get(where).size() > 2 && founders.get(where) != device) {
            tell(device + " leaves " + (where.equals(room) ? "the room" : "the second room"));
            allItems().stream()
                    .filter(item -> device.shares(item, where))
                    .forEach(item -> letGoWithItsSync(device, item));
            done(device.sync().leave(where));
            isOut(device, where);
        }
    }

    private void isOut(SimulatedDevice device, RoomId where) {
        members.get(where).remove(device);
        removed.get(where).remove(device);
        former.get(where).add(device);
        policies.left(device, where);
        sharedByItself.removeIf(own -> own.device() == device);
    }

    private void remove(SimulatedDevice device, RoomId where) {
        SimulatedDevice founder = founders.get(where);
        if (device != founder && founder.isUp() && members.get(where).size() > 2) {
            tell(founder + " removes " + device + (where.equals(room) ? "" : " from the second room"));
            Optional<String> refused = refusal(founder.sync().removeMember(where, device.fingerprint()));
            if (refused.isPresent()) {
                tell("this is refused: " + refused.get());
            } else {
                isRemoved(device, where);
            }
        }
    }

    private void isRemoved(SimulatedDevice device, RoomId where) {
        members.get(where).remove(device);
        former.get(where).add(device);
        removed.get(where).add(device);
        sharedByItself.removeIf(own -> own.device() == device);
    }

    /** Whoever has left, or was removed and knows it, is let in again. */
    private void comeBack(SimulatedDevice device, RoomId where) {
        if (!device.isUp() || !former.get(where).contains(device)) {
            return;
        }
        if (device.room(where).isPresent()) {
            if (isInItsOwnView(device, where)) {
                return;
            }
            tell(device + " forgets the room that it was removed from");
            done(device.sync().leave(where));
            isOut(device, where);
        }
        List<SimulatedDevice> inviters = inviters(where).stream()
                .filter(other -> other.room(where).orElseThrow().members().stream()
                        .noneMatch(member -> member.fingerprint().equals(device.fingerprint())))
                .toList();
        if (inviters.isEmpty()) {
            return;
        }
        SimulatedDevice inviter = any(inviters);
        tell(device + " comes back, let in by " + inviter);
        Invite invite = done(inviter.sync().invite(where));
        members.get(where).add(device);
        letInBy.get(where).put(device, inviter);
        CompletableFuture<RoomId> joined = device.sync().join(invite).toCompletableFuture();
        time.until(joined::isDone, Duration.ofMinutes(2));
        if (!joined.isDone() || joined.isCompletedExceptionally()) {
            tell(device + " was not let in: " + (joined.isDone() ? joined.exceptionNow() : "no answer"));
            joined.cancel(true);
            isOut(device, where);
        }
    }

    /** Those who can let others in. */
    private List<SimulatedDevice> inviters(RoomId where) {
        return members.get(where).stream()
                .filter(device -> device.isUp() && isInItsOwnView(device, where))
                .toList();
    }

    private static boolean isInItsOwnView(SimulatedDevice device, RoomId where) {
        return device.room(where)
                .filter(view -> view.standing() != Room.Standing.REMOVED)
                .isPresent();
    }

    // What happens to them

    private void network(SimulatedDevice device) {
        SimulatedDevice other = any(everybody());
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
            everybody().forEach(each -> side.put(each, random.nextBoolean()));
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
        for (String item : device.vault.ids()) {
            device.holds(item)
                    .filter(held -> !device.knows(held.revision()))
                    .ifPresent(held -> whileOff.addAll(words(held)));
        }
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

    private void newcomer(SimulatedDevice device, List<SimulatedDevice> those, RoomId where) {
        List<SimulatedDevice> up = inviters(where);
        if (up.isEmpty()) {
            return;
        }
        tell(device + " joins");
        device.start();
        SimulatedDevice inviter = any(up);
        Invite invite = done(inviter.sync().invite(where));
        members.get(where).add(device);
        letInBy.get(where).put(device, inviter);
        CompletableFuture<RoomId> joined = device.sync().join(invite).toCompletableFuture();
        those.add(device);
        time.until(joined::isDone, Duration.ofMinutes(2));
        if (!joined.isDone() || joined.isCompletedExceptionally()) {
            tell(device + " was not let in: " + (joined.isDone() ? joined.exceptionNow() : "no answer"));
            device.crash(true);
            those.remove(device);
            members.get(where).remove(device);
        }
    }

    // What must be so at any time

    /** Whoever is said to have an item has it on disk: what was on this device's disk a moment ago, at least. */
    private void checkTheStatus() throws SQLException {
        SimulatedDevice device = any(everybody());
        if (!device.isUp()) {
            return;
        }
        Map<RoomId, Map<String, Knowledge>> before = new HashMap<>();
        for (RoomId each : members.keySet()) {
            before.put(each, device.onDisk(each));
        }
        time.pass(Duration.ofMillis(1500));
        Map<Fingerprint, SimulatedDevice> byKey = new HashMap<>();
        everybody().forEach(each -> byKey.put(each.fingerprint(), each));
        for (String item : allItems()) {
            ItemStatus status = device.status(item);
            if (status.badge() == Badge.SYNCED && status.holders().isEmpty()) {
                throw new AssertionError(device + " says that " + item + " is synced, and with nobody");
            }
            for (Fingerprint holder : status.holders()) {
                SimulatedDevice other = byKey.get(holder);
                RoomId where = status.room().orElseThrow();
                if (!members.get(where).contains(other)) {
                    if (former.get(where).contains(other)) {
                        continue; // of which this device may not have heard
                    }
                    throw new AssertionError(device + " says that " + other + ", who is not in its room, has " + item);
                }
                Map<String, Knowledge> there = other.onDisk(where);
                List<String> documents = device.documentsOf(item, where);
                // This device may know of it what is on no disk of its own yet.
                boolean has = documents.isEmpty()
                        || documents.stream()
                                .anyMatch(document -> there.getOrDefault(document, Knowledge.NOTHING)
                                        .covers(before.get(where).getOrDefault(document, Knowledge.NOTHING)));
                if (!has) {
                    throw new AssertionError(device + " says that " + other + " has " + item + ", which it has not");
                }
            }
        }
    }

    /** Nobody is told anything of a room that they are not in, and what is of a type that is never shared goes to nobody. */
    private void checkWhatIsSaid(String to, byte[] frame) {
        String said = new String(frame, StandardCharsets.ISO_8859_1);
        for (RoomId each : members.keySet()) {
            boolean wasMember = Stream.concat(members.get(each).stream(), former.get(each).stream())
                    .anyMatch(member -> member.name.equals(to));
            if (!wasMember
                    && (said.contains(each.hex()) || Optional.of(each).equals(second) && said.contains(HIDDEN))) {
                errors.add(new AssertionError(to + " is told of a room that it is not in"));
            }
        }
        if (policies.keptWords().stream().anyMatch(word -> isSaid(word, said))) {
            errors.add(new AssertionError(to + " is told what is never shared"));
        }
    }

    /** As a value, after its length or a quotation mark: keys and signatures say all kinds of things, too. */
    private static boolean isSaid(String word, String said) {
        return said.contains((char) word.length() + word) || said.contains('"' + word);
    }

    /** Nobody has anything of a room that they are not in, and of what is in one room nothing is in the other. */
    private void checkWhoHasWhat() throws SQLException {
        Set<String> secret = ledger.ofItems(hidden);
        for (SimulatedDevice device : everybody()) {
            for (RoomId each : members.keySet()) {
                if (!members.get(each).contains(device)
                        && !removed.get(each).contains(device)
                        && !device.digests(each).isEmpty()) {
                    throw new AssertionError(device + " has documents of a room that it is not in");
                }
            }
            if (second.isPresent()
                    && !members.get(second.get()).contains(device)
                    && !former.get(second.get()).contains(device)) {
                for (String id : device.vault.ids()) {
                    if (id.startsWith(HIDDEN)
                            || words(device.holds(id).orElseThrow()).stream().anyMatch(secret::contains)) {
                        throw new AssertionError(device + " holds what only others may know: " + device.holds(id));
                    }
                }
            }
            Set<String> seen = new HashSet<>();
            for (Room each : device.sync().rooms()) {
                if (each.standing() == Room.Standing.REMOVED) {
                    continue;
                }
                for (String item : each.items()) {
                    if (!seen.add(item)) {
                        throw new AssertionError(item + " is in two rooms on " + device);
                    }
                }
            }
        }
    }

    // The end

    private void putEverythingRight() throws Exception {
        tell("everything is put right");
        network.connectAll();
        for (SimulatedDevice device : everybody()) {
            recover(device);
            if (!device.isUp()) {
                device.start();
            }
            resume(device);
        }
        everybody().forEach(device -> device.sync().syncNow());
        untilNothingIsMissing();
    }

    private void untilNothingIsMissing() throws Exception {
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
            boolean stuck = everybody().stream()
                    .anyMatch(device -> allItems().stream()
                            .anyMatch(item -> device.status(item).badge() == Badge.ERROR));
            if (!missing.isEmpty() && stuck && !restarted) {
                // What the host refused waits for a change, or for the next start.
                restarted = true;
                for (SimulatedDevice device : everybody()) {
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
        for (RoomId each : members.keySet()) {
            String missing = whoIsNotIn(each);
            missing = missing.isEmpty() ? whatIsMissing(each, members.get(each)) : missing;
            missing = missing.isEmpty() ? whatIsNotOffered(each, members.get(each)) : missing;
            if (!missing.isEmpty()) {
                return missing + (each.equals(room) ? "" : ", in the second room");
            }
        }
        for (Own own : sharedByItself) {
            if (own.device().holds(own.item()).isPresent() && !own.device().shares(own.item())) {
                return own.item() + " is not shared by itself on " + own.device();
            }
        }
        return "";
    }

    /** Who is in a room is so for all; whoever left without anybody hearing of it is removed. */
    private String whoIsNotIn(RoomId where) {
        SimulatedDevice founder = founders.get(where);
        Set<Fingerprint> in = founder.room(where).orElseThrow().members().stream()
                .map(member -> member.fingerprint())
                .collect(Collectors.toSet());
        for (SimulatedDevice device : List.copyOf(members.get(where))) {
            if (device != founder && !in.contains(device.fingerprint())) {
                if (!wasLetInByWhoWasRemoved(device, where)) {
                    return founder + " does not know that " + device + " is in the room";
                }
                tell(device + " is out, as who let it in was removed before");
                isRemoved(device, where);
            }
        }
        for (SimulatedDevice device : former.get(where)) {
            if (members.get(where).contains(device)) {
                continue;
            }
            if (in.contains(device.fingerprint())) {
                refusal(founder.sync().removeMember(where, device.fingerprint()));
                return device + ", who left, was in the room";
            }
            // Who was away when it was removed cannot hear of it: nobody answers it any more.
            if (!removed.get(where).contains(device) && device.room(where).isPresent()) {
                return device + " is in the room that it has left";
            }
        }
        return "";
    }

    private boolean wasLetInByWhoWasRemoved(SimulatedDevice device, RoomId where) {
        SimulatedDevice inviter = letInBy.get(where).get(device);
        return inviter != null && (former.get(where).contains(inviter) || wasLetInByWhoWasRemoved(inviter, where));
    }

    /** What a device has not taken it is shown, with its name, and it is told how much there is. */
    private String whatIsNotOffered(RoomId where, Set<SimulatedDevice> those) {
        for (SimulatedDevice device : choosy ? those : Set.<SimulatedDevice>of()) {
            List<Offer> offers = done(device.sync().offers(where));
            long notTaken = offers.stream().filter(offer -> !offer.taken()).count();
            if (device.room(where).orElseThrow().offered() != notTaken) {
                return device + " counts " + device.room(where).orElseThrow().offered() + " offers of " + offers;
            }
            for (String item : allItems()) {
                Optional<Offer> offer = offers.stream()
                        .filter(each -> each.itemId().equals(item))
                        .findFirst();
                if (device.shares(item, where) != offer.filter(Offer::taken).isPresent()) {
                    return device + " is shown " + item + " as " + offer + " and has it as "
                            + device.status(item).badge();
                }
                Optional<Item> elsewhere = those.stream()
                        .filter(other -> other.shares(item, where) && !clashes(other, item))
                        .flatMap(other -> other.holds(item).stream())
                        .map(Stored::item)
                        .findFirst();
                if (elsewhere.isPresent()
                        && !device.shares(item, where)
                        && offer.filter(each ->
                                        each.name().equals(elsewhere.get().name())
                                                && each.type().equals(policies.typeOf(item)))
                                .isEmpty()) {
                    return device + " is shown " + offer + ", which is " + elsewhere;
                }
            }
        }
        return "";
    }

    /** People take some of what they are shown. */
    private void takeSome() {
        for (RoomId each : members.keySet()) {
            for (SimulatedDevice device : members.get(each)) {
                take(device, each);
            }
        }
    }

    private String whatIsMissing(RoomId where, Set<SimulatedDevice> those) throws SQLException {
        for (String item : allItems()) {
            List<SimulatedDevice> taking = new ArrayList<>(those);
            for (SimulatedDevice device : those) {
                if (!device.shares(item, where) && device.hasStopped(item, where)) {
                    taking.remove(device);
                }
            }
            List<SimulatedDevice> sharing =
                    taking.stream().filter(device -> device.shares(item, where)).toList();
            if (!sharing.isEmpty() && sharing.size() != taking.size()) {
                return item + " is shared on " + sharing;
            }
            if (sharing.isEmpty()) {
                continue;
            }
            Map<String, List<SimulatedDevice>> contents = new TreeMap<>();
            for (SimulatedDevice device : taking) {
                ItemStatus status = device.status(item);
                boolean alone = those.size() == 1 && status.badge() == Badge.PENDING;
                if (status.badge() != Badge.SYNCED && status.badge() != Badge.CONFLICT && !alone) {
                    return item + " is " + status.badge() + " on " + device + " "
                            + status.problem().orElse("") + whoLacks(device, status, those);
                }
                if (network.announces() && status.holders().size() != those.size() - 1) {
                    return device + " says of " + item + " that "
                            + status.holders().size() + " have it" + whoLacks(device, status, those);
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
        for (SimulatedDevice device : those) {
            Map<String, String> here = device.digests(where);
            here.values().removeIf(digest -> digest.equals(NOTHING));
            if (digests != null && !here.equals(digests)) {
                Map<String, String> fewer = new TreeMap<>(here);
                fewer.entrySet().removeAll(digests.entrySet());
                Map<String, String> more = new TreeMap<>(digests);
                more.entrySet().removeAll(here.entrySet());
                return "the documents of " + device + " are not those of "
                        + those.iterator().next() + ": " + fewer + " and " + more;
            }
            digests = digests == null ? here : digests;
        }
        return "";
    }

    private static String whoLacks(SimulatedDevice device, ItemStatus status, Set<SimulatedDevice> those)
            throws SQLException {
        RoomId where = status.room().orElseThrow();
        StringBuilder lacking = new StringBuilder();
        for (SimulatedDevice other : those) {
            if (other != device && !status.holders().contains(other.fingerprint())) {
                lacking.append("; ")
                        .append(other)
                        .append(" (")
                        .append(device.sync().rooms().stream()
                                .filter(each -> each.id().equals(where))
                                .flatMap(each -> each.members().stream())
                                .filter(member -> member.fingerprint().equals(other.fingerprint()))
                                .map(member -> member.reach().getClass().getSimpleName())
                                .findFirst()
                                .orElse("unknown"))
                        .append(')');
                Map<String, String> here = device.digests(where);
                Map<String, String> there = other.digests(where);
                for (String document : device.documentsOf(status.itemId(), where)) {
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

    private static String essence(SimulatedDevice device, String item) {
        return device.holds(item).map(Stored::item).map(Simulation::essence).orElse("nothing");
    }

    /** What an item says, without what a host may have normalised. */
    private static String essence(Item item) {
        ObjectNode content = content(item.content());
        content.remove("n");
        Map<String, JsonNode> sorted = new TreeMap<>();
        content.properties().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
        return item.name() + sorted;
    }

    /** Also who was removed, and does not know it, takes no part. */
    private boolean takesPart(SimulatedDevice device, String item) {
        return device.status(item)
                .room()
                .filter(where -> members.get(where).contains(device))
                .isPresent();
    }

    private void checkWhatIsLeft() throws SQLException {
        checkWhoHasWhat();
        for (SimulatedDevice device : everybody()) {
            for (String item : policies.unwanted(device)) {
                if (device.holds(item).isPresent()) {
                    throw new AssertionError(device + " holds " + item + ", which it has not taken");
                }
            }
        }
        for (SimulatedDevice device : everybody()) {
            for (RoomId each : members.keySet()) {
                Map<String, String> stored = device.digests(each);
                device.onDisk(each).forEach((document, knowledge) -> {
                    String true_ = java.util.HexFormat.of().formatHex(knowledge.digest());
                    if (!true_.equals(stored.get(document))) {
                        throw new AssertionError(
                                "the digest of " + document + " on " + device + " is not of what it holds");
                    }
                });
            }
        }
        Map<String, String> told = new HashMap<>(); // by item, what conflicts say
        for (String item : allItems()) {
            told.put(
                    item,
                    everybody().stream()
                            .flatMap(device -> device.sync().conflicts(item).stream())
                            .map(conflict -> conflict.standing() + " " + conflict.lost())
                            .collect(Collectors.joining(" ")));
        }
        for (Ledger.Word word : ledger.owed()) {
            String item = word.item();
            boolean conflicting = told.get(item).contains(word.word());
            boolean alone = (stoppedForAll.contains(item) ? everybody() : List.of(word.by()))
                    .stream()
                            .filter(device -> !takesPart(device, item))
                            .anyMatch(device -> device.holds(item)
                                    .map(Simulation::words)
                                    .orElse(Set.of())
                                    .contains(word.word()));
            boolean there = everybody().stream()
                    .filter(device -> takesPart(device, item) && !clashes(device, item))
                    .anyMatch(device -> device.holds(item)
                            .map(Simulation::words)
                            .orElse(Set.of())
                            .contains(word.word()));
            if (!conflicting && !alone && !there) {
                throw new AssertionError("lost: " + word + "; conflicts: " + told.get(item) + "; "
                        + everybody().stream()
                                .map(device ->
                                        device + " " + device.status(item).badge() + " " + essence(device, item))
                                .toList());
            }
        }
        String growth = Growth.of(
                everybody().stream().map(SimulatedDevice::sync).toList(),
                200 + 40 * allItems().size() + 8 * everybody().size());
        if (!growth.isEmpty()) {
            throw new AssertionError("memory grows: " + growth);
        }
    }

    private static Set<String> words(Stored stored) {
        return words(stored.item());
    }
}
