// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.Reach;
import org.vaultsync.RoomId;
import org.vaultsync.SyncPolicy.Incoming;
import org.vaultsync.SyncPolicy.Taking;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;

/** How a device goes about what comes in bulk, in a time of its own. */
class MuchAtOnceTest {
    private static final Duration A_WHILE = Duration.ofMinutes(10);

    @TempDir
    private Path folder;

    private final List<Throwable> errors = new ArrayList<>();
    private SimulatedTime time;
    private SimulatedNetwork network;
    private ReplicaEngine engine;
    private SimulatedDevice anna;
    private SimulatedDevice ben;
    private RoomId room;
    private int entriesRead; // of Ben's index, each by itself
    private int timesReadWhole; // Ben's index

    @BeforeEach
    void twoInARoom() {
        time = new SimulatedTime(1);
        network = new SimulatedNetwork(time, true);
        engine = TestDevice.REPLICAS.openEngine();
        anna = device("anna", new SharedReplicas(engine, new Random(1)));
        ben = device("ben", new SharedReplicas(engine, new Random(2), this::counting));
        room = done(anna.sync().createRoom("Room"));
        done(ben.sync().join(done(anna.sync().invite(room))));
        until(this::areLinked);
        share("first");
        until(() -> ben.vault.ids().size() == 1);
    }

    @AfterEach
    void stop() {
        anna.stop();
        ben.stop();
        engine.close();
        assertEquals(List.of(), errors);
    }

    private SimulatedDevice device(String name, SharedReplicas replicas) {
        SimulatedDevice device = new SimulatedDevice(name, folder, time, network, replicas, errors::add);
        device.start();
        return device;
    }

    private Replica counting(Replica replica) {
        return (Replica) Proxy.newProxyInstance(
                Replica.class.getClassLoader(), new Class<?>[] {Replica.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("json") && arguments == null) {
                        timesReadWhole++;
                    } else if (method.getName().equals("json")) {
                        entriesRead++;
                    }
                    try {
                        return method.invoke(replica, arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }

    private <T> T done(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        until(future::isDone);
        return future.join();
    }

    private void until(BooleanSupplier condition) {
        assertTrue(time.until(condition, A_WHILE));
    }

    private boolean areLinked() {
        return List.of(anna, ben).stream()
                .allMatch(device -> device.sync().rooms().getFirst().members().stream()
                        .anyMatch(member -> member.reach() instanceof Reach.Linked));
    }

    private CompletionStage<Void> begin(List<String> items) {
        items.forEach(
                item -> anna.vault.save(new Item(item, "note", item, "{\"text\":\"" + item + "\"}"), Revision.NONE));
        return anna.sync().share(room, items);
    }

    private void share(String... items) {
        done(begin(List.of(items)));
    }

    private static List<String> items(String name, int count) {
        return IntStream.range(0, count).mapToObj(i -> name + i).toList();
    }

    private void whileApart(Runnable something) {
        network.separate("anna", "ben", false);
        something.run();
        network.connectAll();
        until(this::areLinked);
    }

    private void untilBenHas(String item, Optional<Instant> otherThan) {
        until(() -> !anna.status(item).lastSynced().equals(otherThan));
    }

    /** Anna writes it, and Ben has it on disk, but his vault does not show it. */
    private void editThatIsNotShown(String item, String text) {
        Optional<Instant> before = anna.status(item).lastSynced();
        anna.vault.save(item, content -> "{\"text\":\"" + text + "\"}");
        untilBenHas(item, before);
        assertTrue(ben.vault.content(item).contains(item), ben.vault.content(item));
    }

    /** Edits have Ben's vault asked more than is asked at once in bulk, and much comes while it has yet to answer. */
    @Test
    void anEditThatComesWhileTheOneBeforeIsBeingShownGoesBeforeWhatComesInBulk() throws SQLException {
        share(items("other", 20).toArray(String[]::new));
        until(() -> ben.vault.ids().size() == 21);
        ben.slowHost(Duration.ofSeconds(20));
        share(items("item", 200).toArray(String[]::new));
        items("item", 200).forEach(item -> untilBenHas(item, Optional.empty()));
        editThatIsNotShown("first", "one");
        editThatIsNotShown("first", "two");
        until(() -> ben.vault.ids().size() > 50);
        until(() -> ben.vault.ids().size() > 70);
        items("other", 20).forEach(item -> editThatIsNotShown(item, "edited"));
        assertTrue(ben.vault.content("first").contains("first"), ben.vault.content("first"));
        until(() -> ben.vault.content("first").contains("one"));
        int before = ben.vault.ids().size();
        CompletionStage<Void> shared = begin(items("more", 1000));
        while (ben.documentsOf("more0").isEmpty()) {
            time.pass(Duration.ofMillis(50));
        }
        assertTrue(ben.vault.content("first").contains("one"), ben.vault.content("first"));
        ben.slowHost(Duration.ofMillis(40));
        until(() -> ben.vault.content("first").contains("two"));
        int meanwhile = ben.vault.ids().size() - before;
        done(shared);
        until(() -> ben.vault.ids().size() == 1221);
        assertTrue(meanwhile < 100, meanwhile + " were shown before it");
    }

    @Test
    void ofTheIndexIsReadWhatChangedUnlessThatIsMostOfIt() {
        int read = entriesRead;
        int whole = timesReadWhole;
        whileApart(() -> share(items("many", 400).toArray(String[]::new)));
        until(() -> ben.vault.ids().size() == 401);
        assertTrue(timesReadWhole > whole);
        assertTrue(entriesRead - read < 100, entriesRead - read + " were read by themselves");
        int before = entriesRead;
        int wholeBefore = timesReadWhole;
        whileApart(() -> share(items("some", 128).toArray(String[]::new)));
        until(() -> ben.vault.ids().size() == 529);
        assertTrue(entriesRead - before >= 128, entriesRead - before + " were read by themselves");
        assertEquals(wholeBefore, timesReadWhole);
    }

    @Test
    void whatTheIndexNamesBeforeItHasComeIsNotWrittenDown() throws SQLException {
        whileApart(() -> share(items("item", 400).toArray(String[]::new)));
        while (ben.vault.ids().size() < 401) {
            time.pass(Duration.ofMillis(10));
            assertEquals(List.of(), ben.emptyOnDisk());
        }
    }

    /** The document of an item that somebody shares comes before the index says what it is. */
    @Test
    void whatWasNotTakenWhenItCameIsNotTakenAfterARestartEither() {
        done(ben.sync().setTaking(room, new Taking(Incoming.ASK, Optional.empty())));
        share("second");
        time.pass(Duration.ofSeconds(10));
        done(ben.sync().setTaking(room, new Taking(Incoming.TAKE, Optional.empty())));
        time.pass(Duration.ofSeconds(10));
        assertEquals(List.of("first"), ben.vault.ids());
        ben.stop();
        ben.start();
        time.pass(Duration.ofSeconds(10));
        assertEquals(List.of("first"), ben.vault.ids());
        share("third");
        until(() -> ben.vault.ids().contains("third"));
    }
}
