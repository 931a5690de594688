// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.Badge;
import org.vaultsync.DeviceSettings.KeyPlace;
import org.vaultsync.Fingerprint;
import org.vaultsync.Invite;
import org.vaultsync.JoinRequest;
import org.vaultsync.Listening;
import org.vaultsync.Reach;
import org.vaultsync.Room;
import org.vaultsync.RoomId;
import org.vaultsync.core.wire.Message;
import org.vaultsync.keyring.Keyring;
import org.vaultsync.transport.Transport;
import org.vaultsync.transport.lan.LanTransport;

/** What a person decides about who gets in and how this device is reached. */
@Timeout(120)
class ReachTest {
    @TempDir
    private Path folder;

    private TestDevice anna;
    private TestDevice ben;
    private RoomId room;

    @BeforeEach
    void annaHasARoom() throws Exception {
        anna = new TestDevice(folder.resolve("anna"), "Anna's laptop", new MemoryVault());
        ben = new TestDevice(folder.resolve("ben"), "Ben's desktop", new MemoryVault());
        room = anna.createRoom("Friday group");
        anna.create("u1", "{\"a\":1}");
        anna.share(room, "u1");
    }

    @AfterEach
    void close() {
        anna.close();
        ben.close();
    }

    private static String failure(CompletableFuture<?> stage) {
        return assertThrows(ExecutionException.class, () -> stage.get(60, TimeUnit.SECONDS))
                .getCause()
                .getMessage();
    }

    private void asksFirst() throws Exception {
        anna.sync.askFirst(true).toCompletableFuture().get();
        assertTrue(anna.sync.asksFirst());
    }

    private JoinRequest request() {
        TestDevice.until("a request", () -> anna.sync.requests().size() == 1);
        return anna.sync.requests().getFirst();
    }

    @Test
    void whoIsAcceptedGetsIn() throws Exception {
        asksFirst();
        CompletableFuture<RoomId> joining = ben.sync.join(anna.invite(room)).toCompletableFuture();
        JoinRequest request = request();
        assertEquals("Ben's desktop", request.name());
        assertEquals(ben.sync.self().orElseThrow().fingerprint(), request.fingerprint());
        assertEquals(room, request.room());
        // Longer than a greeting may take.
        assertThrows(TimeoutException.class, () -> joining.get(6, TimeUnit.SECONDS));
        assertTrue(anna.sync.rooms().getFirst().members().isEmpty());
        anna.sync.answer(request, true);
        assertEquals(room, joining.get(60, TimeUnit.SECONDS));
        ben.untilContent("u1", "{\"a\":1}");
        assertTrue(anna.sync.requests().isEmpty());
    }

    @Test
    void whoIsNotAcceptedIsToldSoAndMayAskAgain() throws Exception {
        asksFirst();
        Invite invite = anna.invite(room);
        CompletableFuture<RoomId> joining = ben.sync.join(invite).toCompletableFuture();
        anna.sync.answer(request(), false);
        assertEquals("The person at the other device did not let this one in.", failure(joining));
        assertTrue(anna.sync.rooms().getFirst().members().isEmpty());
        CompletableFuture<RoomId> again = ben.sync.join(invite).toCompletableFuture();
        anna.sync.answer(request(), true);
        assertEquals(room, again.get(60, TimeUnit.SECONDS));
    }

    @Test
    void whoGivesUpDoesNotWaitAnyMore() throws Exception {
        asksFirst();
        ben.sync.join(anna.invite(room));
        JoinRequest request = request();
        ben.close();
        TestDevice.until("given up", () -> anna.sync.requests().isEmpty());
        anna.sync.answer(request, true);
        assertTrue(anna.sync.rooms().getFirst().members().isEmpty());
        ben = new TestDevice(folder.resolve("ben"), "Ben's desktop", ben.vault);
    }

    @Test
    void whoGivesUpJoiningIsAskedAboutNoMoreAndMayJoinLater() throws Exception {
        asksFirst();
        Invite invite = anna.invite(room);
        CompletableFuture<RoomId> joining = ben.sync.join(invite).toCompletableFuture();
        JoinRequest request = request();
        assertTrue(joining.cancel(false));
        TestDevice.until("it to be withdrawn", () -> anna.sync.requests().isEmpty());
        anna.sync.answer(request, true);
        assertTrue(anna.sync.rooms().getFirst().members().isEmpty());
        assertTrue(ben.sync.rooms().isEmpty());
        CompletableFuture<RoomId> again = ben.sync.join(invite).toCompletableFuture();
        anna.sync.answer(request(), true);
        assertEquals(room, again.get(60, TimeUnit.SECONDS));
        ben.untilContent("u1", "{\"a\":1}");
    }

    @Test
    void whoEntersTheInviteOnceMoreIsInTheRoomOnce() throws Exception {
        asksFirst();
        Invite invite = anna.invite(room);
        CompletableFuture<RoomId> before = ben.sync.join(invite).toCompletableFuture();
        before.thenAccept(ben.sync::leave);
        JoinRequest request = request();
        CompletableFuture<RoomId> again = ben.sync.join(invite).toCompletableFuture();
        assertEquals("This invite was entered once more, and what was begun with it goes on there.", failure(before));
        before.cancel(false);
        anna.sync.answer(request, true);
        assertEquals(room, again.get(60, TimeUnit.SECONDS));
        ben.untilContent("u1", "{\"a\":1}");
        assertEquals(List.of(room), ben.sync.rooms().stream().map(Room::id).toList());
        assertEquals(1, anna.sync.rooms().getFirst().members().size());
        assertEquals(
                "This device is already in that room.",
                failure(ben.sync.join(invite).toCompletableFuture()));
    }

    @Test
    void whoIsLetInByTwoInvitesIsInTheRoomOnce() throws Exception {
        asksFirst();
        CompletableFuture<RoomId> one = ben.sync.join(anna.invite(room)).toCompletableFuture();
        request();
        CompletableFuture<RoomId> other = ben.sync.join(anna.invite(room)).toCompletableFuture();
        TestDevice.until("both are answered", () -> {
            anna.sync.requests().forEach(request -> anna.sync.answer(request, true));
            return one.isDone() && other.isDone();
        });
        assertNotEquals(one.isCompletedExceptionally(), other.isCompletedExceptionally());
        assertEquals("This device is already in that room.", failure(one.isCompletedExceptionally() ? one : other));
        ben.untilContent("u1", "{\"a\":1}");
    }

    /** As one whose first link is dead without anybody knowing so. */
    @Test
    void whoAsksOverTwoLinksIsLetInOverBoth() throws Exception {
        asksFirst();
        Invite invite = anna.invite(room);
        Rogue carla = new Rogue(folder.resolve("carla.key"));
        Message.Redeem asking =
                new Message.Redeem(1, Rogue.proof(invite.token(), carla.fingerprint(), invite.inviter()), "Carla");
        try (Rogue.Talk first = carla.knock(invite);
                Rogue.Talk second = carla.knock(invite)) {
            first.send(asking);
            JoinRequest request = request();
            second.send(asking);
            anna.sync.answer(request, true);
            first.await(Message.Welcome.class);
            second.await(Message.Welcome.class);
        }
        assertTrue(anna.sync.requests().isEmpty());
        assertEquals(1, anna.sync.rooms().getFirst().members().size());
    }

    private LocalVaultSync starting(String name, Transport transport) {
        LocalVaultSync sync = new LocalVaultSync(folder.resolve(name), TestDevice.REPLICAS, Clock.systemUTC());
        sync.addTransport(transport);
        return sync;
    }

    private static LanTransport lan() {
        return new LanTransport(Map.of(
                "vaultsync.lan.port", "0",
                "vaultsync.lan.bind", "127.0.0.1",
                "vaultsync.lan.discovery", "off")::get);
    }

    @Test
    void whoJoinsWhileSyncStartsIsLetIn() throws Exception {
        LocalVaultSync carla = starting("carla", lan());
        try {
            assertEquals(
                    room, carla.join(anna.invite(room)).toCompletableFuture().get(60, TimeUnit.SECONDS));
        } finally {
            carla.stop();
        }
    }

    @Test
    void aTransportThatGoesWhileSyncStartsIsGone() throws Exception {
        LanTransport gone = lan();
        LocalVaultSync carla = starting("carla", gone);
        try {
            carla.removeTransport(gone);
            RoomId hers = carla.createRoom("Alone").toCompletableFuture().get(60, TimeUnit.SECONDS);
            String told = failure(carla.invite(hers).toCompletableFuture());
            assertTrue(told.contains("no network transport is running"), told);
        } finally {
            carla.stop();
        }
    }

    @Test
    void aDialThatHangsIsGivenUpWhenTheNetworkChanges() throws Exception {
        ben.join(anna.invite(room));
        ben.untilContent("u1", "{\"a\":1}");
        TestDevice.until("linked", () -> anna.isLinked() && ben.isLinked());
        CountDownLatch annasDials = anna.lan.holdDials();
        CountDownLatch bensDials = ben.lan.holdDials();
        ben.lan.breakLinks();
        TestDevice.until("both dial", () -> anna.lan.held() > 0 && ben.lan.held() > 0);
        int hanging = ben.lan.held();
        ben.lan.holdNoMore();
        assertFalse(ben.isLinked());
        ben.lan.changeNetwork();
        TestDevice.until("linked by a fresh dial", () -> anna.isLinked() && ben.isLinked());
        assertTrue(ben.lan.held() >= hanging, "the old dials hang still");
        // What links at last is not wanted any more, and does no harm.
        bensDials.countDown();
        annasDials.countDown();
        TestDevice.until("no dial hangs", () -> anna.lan.held() + ben.lan.held() == 0);
        ben.vault.save("u1", content -> "{\"a\":2}");
        anna.untilContent("u1", "{\"a\":2}");
    }

    @Test
    void theQuestionIsAskedAfterARestartToo() throws Exception {
        asksFirst();
        anna.close();
        anna = new TestDevice(folder.resolve("anna"), "Anna's laptop", anna.vault);
        assertTrue(anna.sync.asksFirst());
    }

    @Test
    void aNewKeyLeavesAllRoomsAndKeepsTheItems() throws Exception {
        ben.join(anna.invite(room));
        ben.untilContent("u1", "{\"a\":1}");
        Fingerprint before = ben.sync.self().orElseThrow().fingerprint();
        ben.sync.rotateKey().toCompletableFuture().get(60, TimeUnit.SECONDS);
        TestDevice.until("started again", () -> ben.sync.self().isPresent());
        Fingerprint after = ben.sync.self().orElseThrow().fingerprint();
        assertNotEquals(before, after);
        assertEquals("Ben's desktop", ben.sync.self().orElseThrow().name());
        assertTrue(ben.sync.rooms().isEmpty());
        assertEquals("{\"a\":1}", ben.vault.content("u1"));
        TestDevice.until(
                "gone at Anna", () -> anna.sync.rooms().getFirst().members().isEmpty());
        ben.join(anna.invite(room));
        ben.untilBadge("u1", Badge.SYNCED);
        anna.vault.save("u1", content -> "{\"a\":2}");
        ben.untilContent("u1", "{\"a\":2}");
        assertEquals(after, anna.sync.rooms().getFirst().members().getFirst().fingerprint());
    }

    @Test
    void anotherWayToListenHoldsAtOnceAndAfterARestart() throws Exception {
        ben.join(anna.invite(room));
        TestDevice.until("linked", () -> anna.isLinked() && ben.isLinked());
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Listening wanted = new Listening(false, port, List.of("127.0.0.1"), 8, 500, Duration.ofSeconds(3));
        anna.sync.listen(wanted).toCompletableFuture().get(60, TimeUnit.SECONDS);
        assertEquals(
                List.of("127.0.0.1:" + port), anna.sync.self().orElseThrow().addresses());
        TestDevice.until("linked again", () -> anna.isLinked() && ben.isLinked());
        anna.vault.save("u1", content -> "{\"a\":2}");
        ben.untilContent("u1", "{\"a\":2}");
        anna.close();
        anna = new TestDevice(folder.resolve("anna"), "Anna's laptop", anna.vault);
        assertEquals(wanted, anna.sync.listening());
        TestDevice.until(
                "listens", () -> anna.sync.self().orElseThrow().addresses().equals(List.of("127.0.0.1:" + port)));
    }

    @Test
    void aWayToListenThatDoesNotWorkChangesNothing() throws Exception {
        List<String> before = anna.invite(room).addresses();
        Listening elsewhere = new Listening(false, 0, List.of("203.0.113.7"), 8, 500, Duration.ofSeconds(3));
        String why = failure(anna.sync.listen(elsewhere).toCompletableFuture());
        assertTrue(why.contains("203.0.113.7"), why);
        assertEquals(Listening.USUAL, anna.sync.listening());
        assertEquals(before, anna.invite(room).addresses());
        Listening noAddress = new Listening(false, 0, List.of("laptop"), 8, 500, Duration.ofSeconds(3));
        assertTrue(failure(anna.sync.listen(noAddress).toCompletableFuture()).contains("numeric addresses"));
        ben.join(anna.invite(room));
    }

    @Test
    void typedAddressesAreDialledAtOnceAndStayInTheirOrder() throws Exception {
        ben.join(anna.invite(room));
        TestDevice.until("linked", () -> anna.isLinked() && ben.isLinked());
        Fingerprint annaKey = anna.sync.self().orElseThrow().fingerprint();
        String works = ben.sync.addresses(annaKey).getFirst();
        List<String> typed = List.of("laptop.tailnet.example:8765", works, "192.0.2.7");
        type(annaKey, List.of("192.0.2.9", "192.0.2.7"));
        type(annaKey, List.of(" laptop.tailnet.example:8765", works, "192.0.2.7", "192.0.2.7 "));
        assertEquals(typed, ben.sync.typedAddresses(annaKey));
        assertEquals(works, ben.sync.addresses(annaKey).getFirst());
        assertFalse(ben.sync.addresses(annaKey).contains("192.0.2.9"));
        for (List<String> wrong : List.of(List.of("192.0.2.8", "two words"), List.of(" "), List.of("laptop:99999"))) {
            assertTrue(failure(ben.sync.setTypedAddresses(annaKey, wrong).toCompletableFuture())
                    .contains("is not an address"));
        }
        assertTrue(failure(ben.sync
                        .setTypedAddresses(
                                annaKey,
                                IntStream.range(0, 33)
                                        .mapToObj(i -> "192.0.2." + i)
                                        .toList())
                        .toCompletableFuture())
                .contains("At most 32"));
        assertEquals(typed, ben.sync.typedAddresses(annaKey));
        ben.close();
        ben = new TestDevice(folder.resolve("ben"), "Ben's desktop", ben.vault);
        TestDevice.until("linked again", () -> anna.isLinked() && ben.isLinked());
        assertEquals(typed, ben.sync.typedAddresses(annaKey));
        assertTrue(ben.sync.addresses(annaKey).containsAll(typed));
        type(annaKey, List.of());
        assertEquals(List.of(), ben.sync.typedAddresses(annaKey));
        assertFalse(ben.sync.addresses(annaKey).contains("192.0.2.7"));
    }

    @Test
    void anotherKeyInThePlaceOfAMemberIsRefusedAndSaidAndNeverPinned() throws Exception {
        ben.join(anna.invite(room));
        TestDevice.until("linked", () -> anna.isLinked() && ben.isLinked());
        Fingerprint benKey = ben.sync.self().orElseThrow().fingerprint();
        String address = ben.sync.self().orElseThrow().addresses().getFirst();
        int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        ben.close();
        Rogue impostor = new Rogue(folder.resolve("impostor.key"));
        try (ServerSocket door = impostor.context()
                .getServerSocketFactory()
                .createServerSocket(port, 50, InetAddress.getByName("127.0.0.1"))) {
            Thread.ofPlatform().daemon().start(() -> {
                while (!door.isClosed()) {
                    try (Socket caller = door.accept()) {
                        caller.getOutputStream().write(1);
                    } catch (IOException hungUp) {
                        // as it should
                    }
                }
            });
            anna.sync.syncNow();
            TestDevice.until(
                    "refused",
                    () -> reach(benKey) instanceof Reach.Refused refused
                            && refused.why().contains(impostor.fingerprint().grouped())
                            && refused.why().contains("invite it again"));
        }
        ben = new TestDevice(folder.resolve("ben"), "Ben's desktop", ben.vault);
        TestDevice.until("linked again", () -> anna.isLinked() && ben.isLinked());
    }

    private Reach reach(Fingerprint member) {
        return anna.sync.rooms().getFirst().members().stream()
                .filter(each -> each.fingerprint().equals(member))
                .findFirst()
                .orElseThrow()
                .reach();
    }

    private void type(Fingerprint member, List<String> addresses) throws Exception {
        ben.sync.setTypedAddresses(member, addresses).toCompletableFuture().get();
    }

    /** Keeps in memory. */
    private static final class MemoryKeyring implements Keyring {
        private final Map<String, byte[]> kept = new HashMap<>();
        private volatile boolean locked;

        @Override
        public String name() {
            return "The test keyring";
        }

        @Override
        public synchronized Optional<byte[]> read(String name) throws IOException {
            check();
            return Optional.ofNullable(kept.get(name));
        }

        @Override
        public synchronized void keep(String name, byte[] secret) throws IOException {
            check();
            kept.put(name, secret.clone());
        }

        private void check() throws IOException {
            if (locked) {
                throw new IOException("It is locked.");
            }
        }
    }

    @Test
    void aKeyringThatIsLockedAtTheFirstStartIsNotWaitedFor() throws Exception {
        MemoryKeyring keyring = new MemoryKeyring();
        keyring.locked = true;
        Path home = folder.resolve("carla");
        LocalVaultSync first = new LocalVaultSync(home, TestDevice.REPLICAS, Clock.systemUTC());
        first.setKeyring(keyring);
        Fingerprint made;
        try {
            TestDevice.until("started", () -> first.self().isPresent());
            made = first.self().orElseThrow().fingerprint();
            assertEquals(Optional.empty(), first.problem());
        } finally {
            first.stop();
        }
        assertEquals(KeyPlace.FILE, first.keyPlace());
        keyring.locked = false;
        LocalVaultSync second = new LocalVaultSync(home, TestDevice.REPLICAS, Clock.systemUTC());
        second.setKeyring(keyring);
        try {
            TestDevice.until("wrapped", () -> second.keyPlace() == KeyPlace.KEYRING);
            assertEquals(made, second.self().orElseThrow().fingerprint());
        } finally {
            second.stop();
        }
    }

    @Test
    void theKeyIsWrappedOnceAKeyringIsThereAndStartWaitsForIt() throws Exception {
        Fingerprint before = anna.sync.self().orElseThrow().fingerprint();
        assertEquals(KeyPlace.FILE, anna.sync.keyPlace());
        MemoryKeyring keyring = new MemoryKeyring();
        anna.sync.setKeyring(keyring);
        TestDevice.until("wrapped", () -> anna.sync.keyPlace() == KeyPlace.KEYRING);
        anna.close();
        LocalVaultSync waiting = new LocalVaultSync(folder.resolve("anna"), TestDevice.REPLICAS, Clock.systemUTC());
        try {
            TestDevice.until("says so", () -> waiting.problem().orElse("").contains("keyring of the computer"));
            assertTrue(waiting.self().isEmpty());
            waiting.setKeyring(keyring);
            TestDevice.until("started", () -> waiting.self().isPresent());
            assertEquals(before, waiting.self().orElseThrow().fingerprint());
            assertEquals(Optional.empty(), waiting.problem());
            assertEquals(KeyPlace.KEYRING, waiting.keyPlace());
        } finally {
            waiting.stop();
        }
    }
}
