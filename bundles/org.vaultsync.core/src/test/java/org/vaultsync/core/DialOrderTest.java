// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;
import org.vaultsync.Fingerprint;
import org.vaultsync.Reach;
import org.vaultsync.RoomId;
import org.vaultsync.Scope;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.transport.Door;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.NoWayException;
import org.vaultsync.transport.Rendezvous;
import org.vaultsync.transport.Transport;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;

/** Where a device that is away is looked for, and when, in a time of its own. */
class DialOrderTest {
    private static final Duration A_WHILE = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    private final List<Throwable> errors = new ArrayList<>();
    private SimulatedTime time;
    private SimulatedNetwork network;
    private ReplicaEngine engine;
    private SharedReplicas replicas;
    private SimulatedDevice anna;
    private SimulatedDevice ben;

    @BeforeEach
    void twoInARoom() {
        time = new SimulatedTime(1);
        network = new SimulatedNetwork(time, false);
        network.claim("anna", List.of("annas-dock", "annas-vpn"));
        engine = TestDevice.REPLICAS.openEngine();
        replicas = new SharedReplicas(engine, new Random(1));
        anna = new SimulatedDevice("anna", folder, time, network, replicas, errors::add);
        ben = new SimulatedDevice("ben", folder, time, network, replicas, errors::add);
        anna.start();
        ben.start();
        ben.sync().join(done(anna.sync().invite(done(anna.sync().createRoom("Room")))));
        assertTrue(time.until(this::linked, A_WHILE));
    }

    @AfterEach
    void stop() {
        ben.crash(true);
        if (anna.isUp()) {
            anna.crash(true);
        }
        engine.close();
        assertEquals(List.of(), errors);
    }

    private <T> T done(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        assertTrue(time.until(future::isDone, A_WHILE));
        return future.join();
    }

    private boolean linked() {
        return linked(ben);
    }

    private static boolean linked(SimulatedDevice device) {
        return device.sync().rooms().stream()
                .flatMap(room -> room.members().stream())
                .anyMatch(member -> member.reach() instanceof Reach.Linked);
    }

    /** What Ben dials once Anna is not where she was. */
    private List<SimulatedNetwork.Dial> dials() {
        network.separate("anna", "ben", false);
        assertTrue(time.until(() -> !linked(), A_WHILE));
        network.dials();
        time.pass(Duration.ofMillis(1900));
        return network.dials().stream()
                .filter(dial -> dial.from().equals("ben"))
                .toList();
    }

    @Test
    void whereItWasSeenThenWhereItWasLinkedThenWhereItSaysItIsThenWhatAPersonTyped() {
        done(ben.sync().setTypedAddresses(anna.fingerprint(), List.of("z.example", "annas-dock", "a.example")));
        network.see("ben", "anna", "seen");
        List<SimulatedNetwork.Dial> dials = dials();
        assertEquals(
                List.of("seen", "anna", "annas-vpn", "z.example", "annas-dock", "a.example"),
                dials.stream().map(SimulatedNetwork.Dial::to).limit(6).toList());
    }

    /** What hangs is what the tests of the race are about. */
    @Test
    void whereNobodyListensThatCostsNothing() {
        List<SimulatedNetwork.Dial> dials = dials();
        assertEquals(
                List.of("anna", "annas-dock", "annas-vpn"),
                dials.stream().map(SimulatedNetwork.Dial::to).limit(3).toList());
        assertEquals(dials.getFirst().at(), dials.get(2).at());
    }

    /** What a network namespace shows in {@link NetworkTest}, for outages of any length, and whatever else the machine does. */
    @Test
    void aCutBehindASwitchIsNoticedWithinTenSecondsAndInSyncThreeSecondsAfterItIsHealed() {
        RoomId room = anna.sync().rooms().getFirst().id();
        anna.vault.save(new Item("u1", "note", "u1", "{\"cut\":-1}"), Revision.NONE);
        done(anna.sync().share(room, List.of("u1")));
        assertTrue(time.until(() -> ben.vault.content("u1").equals("{\"cut\":-1}"), A_WHILE));
        for (int outage : new int[] {0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 580}) {
            network.separate("anna", "ben", true);
            assertTrue(time.until(() -> !linked(), Duration.ofSeconds(10)), "not noticed");
            String edited = "{\"cut\":" + outage + "}";
            anna.vault.save("u1", content -> edited);
            time.pass(Duration.ofSeconds(outage));
            network.connectAll();
            assertTrue(
                    time.until(() -> ben.vault.content("u1").equals(edited), Duration.ofSeconds(3)),
                    "not in sync 3 s after a cut of " + outage + " s");
            time.pass(Duration.ofSeconds(5));
        }
    }

    @Test
    void ofManyAddressesTheLastIsDialledWithinASecondToo() {
        done(ben.sync()
                .setTypedAddresses(
                        anna.fingerprint(),
                        IntStream.range(0, 32).mapToObj(i -> "stale" + i).toList()));
        List<SimulatedNetwork.Dial> dials = dials();
        long last = dials.stream()
                .filter(dial -> dial.to().equals("stale31"))
                .findFirst()
                .orElseThrow()
                .at();
        assertTrue(last - dials.getFirst().at() < 1_100_000_000L, dials.toString());
    }

    @Test
    void whoIsAwayIsLookedForAgainAsOftenAsAPersonWants() {
        anna.crash(true);
        time.pass(Duration.ofMinutes(20));
        long usual = roundsInAnHour();
        assertTrue(usual >= 45 && usual <= 80, usual + " in an hour");
        done(ben.sync().setLookAgain(Duration.ofMinutes(30)));
        time.pass(Duration.ofMinutes(5));
        long seldom = roundsInAnHour();
        assertTrue(seldom >= 1 && seldom <= 3, seldom + " in an hour");
        ben.stop();
        ben.start();
        assertEquals(Duration.ofMinutes(30), ben.sync().lookAgain());
    }

    @Test
    void whoIsAwayIsLookedForAgainAfterTheAddressesCouldNotBeRead() throws Exception {
        network.separate("anna", "ben", false);
        assertTrue(time.until(() -> !linked(), A_WHILE));
        change("ALTER TABLE address RENAME TO kept");
        time.pass(Duration.ofMinutes(5));
        change("ALTER TABLE kept RENAME TO address");
        network.dials();
        time.pass(Duration.ofMinutes(5));
        assertTrue(network.dials().stream().anyMatch(dial -> dial.from().equals("ben")));
    }

    private void change(String sql) throws SQLException {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + folder.resolve("ben/sync.db"));
        try (Connection database = source.getConnection();
                Statement statement = database.createStatement()) {
            statement.execute(sql);
        }
    }

    /** On the fastest of networks, too. */
    @Test
    void whoHasJustBeenLetInIsKnownWhenItDials() {
        RoomId room = anna.sync().rooms().getFirst().id();
        for (int i = 0; i < 50; i++) {
            String name = "newcomer" + i;
            network.delay(name, "anna", Duration.ofDays(-1));
            SimulatedDevice newcomer = new SimulatedDevice(name, folder, time, network, replicas, errors::add);
            newcomer.start();
            done(newcomer.sync().join(done(anna.sync().invite(room))));
            assertTrue(time.until(() -> linked(newcomer), A_WHILE));
            newcomer.crash(true);
        }
        assertEquals(
                List.of(),
                network.strangers().stream()
                        .filter(dial -> dial.to().equals("anna"))
                        .toList());
    }

    @Test
    void oneOrThoseOfARoomAreDialledAtOnceAndNobodyElse() {
        anna.crash(true);
        time.pass(Duration.ofMinutes(20));
        done(ben.sync().setLookAgain(Duration.ofDays(1)));
        time.pass(Duration.ofMinutes(5));
        RoomId room = ben.sync().rooms().getFirst().id();
        assertFalse(dialsAfter(new Scope.OfPeer(ben.fingerprint())));
        assertFalse(dialsAfter(new Scope.OfRoom(new RoomId("f".repeat(32)))));
        assertTrue(dialsAfter(new Scope.OfPeer(anna.fingerprint())));
        assertTrue(dialsAfter(new Scope.OfRoom(room)));
        assertTrue(dialsAfter(new Scope.Everything()));
    }

    /** Whether Ben dials Anna then. He tries five times, and not again before the next day. */
    private boolean dialsAfter(Scope scope) {
        network.dials();
        ben.sync().syncNow(scope);
        time.pass(Duration.ofMinutes(5));
        return network.dials().stream()
                .anyMatch(dial -> dial.from().equals("ben") && dial.to().equals("anna"));
    }

    /** A way to meet others at a server, by which nobody gets through. */
    private final class InVain implements Transport {
        final List<Long> met = new ArrayList<>();
        Door door;

        @Override
        public String kind() {
            return "in vain";
        }

        @Override
        public Endpoint open(Identity self, Door opened) {
            door = opened;
            return new Endpoint() {
                @Override
                public boolean meets() {
                    return true;
                }

                @Override
                public List<String> addresses() {
                    return List.of("ws://server.example");
                }

                @Override
                public Link dial(String address, Fingerprint expected, Knock knock) {
                    throw new IllegalStateException(address);
                }

                @Override
                public Link meet(Rendezvous where, Fingerprint expected, Knock knock) throws IOException {
                    met.add(time.now());
                    throw new NoWayException("No way to it was found.", new IOException());
                }

                @Override
                public void close() {}
            };
        }

        int metIn(Duration pause) {
            met.clear();
            time.pass(pause);
            return met.size();
        }
    }

    /** Each such try costs both sides memory that is never freed. */
    @Test
    void whoIsMetInVainIsMetLessAndLessOftenAndDialledAsOftenAsBefore() {
        InVain inVain = new InVain();
        ben.sync().addTransport(inVain);
        anna.crash(true);
        time.pass(Duration.ofMinutes(11)); // in ten of which a link that broke is expected back
        int inTheFirstHour = inVain.metIn(Duration.ofHours(1));
        assertTrue(inTheFirstHour >= 7 && inTheFirstHour <= 13, inTheFirstHour + " in the first hour");
        network.dials();
        int later = inVain.metIn(Duration.ofHours(3));
        assertTrue(later >= 9 && later <= 12, later + " in three hours");
        long dialled = network.dials().stream()
                .filter(dial -> dial.from().equals("ben") && dial.to().equals("anna"))
                .count();
        assertTrue(dialled >= 3 * 45, dialled + " in three hours");
        Reach reach = ben.sync().rooms().getFirst().members().getFirst().reach();
        assertEquals(
                Optional.of("No way to it was found. There is a pause of 15 min until the next try."),
                ((Reach.Away) reach).why());

        ben.sync().syncNow();
        int asked = inVain.metIn(Duration.ofMinutes(1));
        assertTrue(asked >= 4, asked + " in the minute after a person asked for it");
        time.pass(Duration.ofHours(1));
        inVain.door.networkChanged();
        int changed = inVain.metIn(Duration.ofMinutes(1));
        assertTrue(changed >= 4, changed + " in the minute after the network changed");
    }

    private long roundsInAnHour() {
        network.dials();
        time.pass(Duration.ofHours(1));
        return network.dials().stream()
                .filter(dial -> dial.from().equals("ben") && dial.to().equals("anna"))
                .count();
    }
}
