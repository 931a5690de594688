// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.vaultsync.transport.Announcement;
import org.vaultsync.transport.Card;
import org.vaultsync.transport.Door;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.Sighting;
import org.vaultsync.transport.contract.Heard;
import org.vaultsync.transport.contract.Identities;
import org.vaultsync.transport.contract.Lack;

/**
 * Two that find each other by mDNS, in the network that {@code releng/own-network} makes for this JVM. They take their time to
 * come and to go, so several pairs do it at once, where the network stays as it is.
 */
@Timeout(180)
class DiscoveryTest {
    private static final String NETWORK = "web0";
    private static final String ADDRESS = "10.8.0.1";
    private static final String ANOTHER = "10.8.1.7";

    private static final AtomicInteger SEED = new AtomicInteger(3);

    private final Random random = new Random(SEED.getAndIncrement());
    private final List<LanEndpoint> open = new ArrayList<>();
    private final Told told = new Told();
    private LanEndpoint looking;

    /** What a transport tells. */
    private static final class Told implements Door {
        final List<Sighting> sightings = new CopyOnWriteArrayList<>();
        final Map<String, Card> cards = new ConcurrentHashMap<>();
        final Map<String, List<String>> servers = new ConcurrentHashMap<>();
        final Map<String, List<String>> everServed = new ConcurrentHashMap<>();
        final Set<String> gone = ConcurrentHashMap.newKeySet();
        final AtomicInteger changes = new AtomicInteger();

        @Override
        public Optional<Guest> recognise(Knock knock) {
            return Optional.empty();
        }

        @Override
        public void linked(Link link) {
            link.close();
        }

        @Override
        public void sighted(Sighting sighting) {
            sightings.add(sighting);
        }

        @Override
        public void shown(String id, Card card, List<String> addresses) {
            cards.put(id, card);
        }

        @Override
        public void shownNoLonger(String id) {
            cards.remove(id);
            gone.add(id);
        }

        @Override
        public void served(String id, List<String> addresses) {
            everServed.put(id, addresses);
            servers.put(id, addresses);
        }

        @Override
        public void servedNoLonger(String id) {
            servers.remove(id);
            gone.add(id);
        }

        @Override
        public void networkChanged() {
            changes.incrementAndGet();
        }

        boolean hasSeen(Announcement announcement, String address) {
            byte[] token = announcement.tokens().getFirst();
            return sightings.stream()
                    .anyMatch(one -> Arrays.equals(one.said().nonce(), announcement.nonce())
                            && one.said().tokens().stream().anyMatch(other -> Arrays.equals(other, token))
                            && one.addresses().contains(address));
        }

        Optional<String> server(String address) {
            return servers.entrySet().stream()
                    .filter(server -> server.getValue().contains(address))
                    .map(Map.Entry::getKey)
                    .findFirst();
        }

        boolean shows(String name) {
            return cards.values().stream().anyMatch(card -> card.name().equals(name));
        }
    }

    @BeforeEach
    void open() throws IOException {
        if (NetworkInterface.getByName(NETWORK) == null) {
            throw Lack.of("this machine does not let tests make network namespaces");
        }
        looking = endpoint(told, true);
        looking.announce(this::announcement);
    }

    @AfterEach
    void close() {
        // Each takes seconds to say goodbye.
        open.parallelStream().forEach(LanEndpoint::close);
    }

    private LanEndpoint endpoint(Door door, boolean discovery) throws IOException {
        LanEndpoint endpoint =
                new LanEndpoint(new LanSettings(0, List.of(), discovery), Limits.USUAL, Identities.make(), door);
        open.add(endpoint);
        return endpoint;
    }

    private Announcement announcement() {
        byte[] nonce = new byte[16];
        byte[] token = new byte[8];
        random.nextBytes(nonce);
        random.nextBytes(token);
        return new Announcement(nonce, List.of(token));
    }

    private static Card card(String name) {
        return new Card(name, new byte[16]);
    }

    private static void until(String what, BooleanSupplier condition) {
        for (long end = System.nanoTime() + 60_000_000_000L; !condition.getAsBoolean(); ) {
            assertTrue(System.nanoTime() < end, what);
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static void ip(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    @ResourceLock(value = NETWORK, mode = ResourceAccessMode.READ)
    void whoIsAnnouncedIsSightedWithItsTokensAndWhereItListens() throws IOException {
        Announcement said = announcement();
        LanEndpoint other = endpoint(new Told(), true);
        other.announce(() -> said);
        until("sighted", () -> told.hasSeen(said, ADDRESS + ":" + other.port()));
        assertTrue(other.addresses().contains(ADDRESS + ":" + other.port()), other.addresses()::toString);
        assertFalse(
                told.sightings.stream().anyMatch(one -> one.addresses().contains(ADDRESS + ":" + looking.port())),
                "this device sees itself");
    }

    /** Where a server of names does not answer, each question takes seconds, in which nobody is found. */
    @Test
    @Execution(ExecutionMode.CONCURRENT)
    @ResourceLock(value = NETWORK, mode = ResourceAccessMode.READ)
    void noServerIsAskedForTheNameOfAnAddress() throws IOException {
        Announcement said = announcement();
        LanEndpoint other = endpoint(new Told(), true);
        other.announce(() -> said);
        until("sighted", () -> told.hasSeen(said, ADDRESS + ":" + other.port()));
        assertFalse(AskedNames.OF.contains(ADDRESS), AskedNames.OF::toString);
        InetAddress.getByAddress(new byte[] {127, 0, 0, 1}).getHostName();
        assertTrue(AskedNames.OF.contains("127.0.0.1"), "it would have been seen");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    @ResourceLock(value = NETWORK, mode = ResourceAccessMode.READ)
    void whoIsShownIsSeenByItsNameUntilItIsNotShownAnyMore() throws IOException {
        LanEndpoint other = endpoint(new Told(), true);
        other.announce(this::announcement);
        other.show(Optional.of(card("Anna's laptop")));
        until("shown", () -> told.shows("Anna's laptop"));
        String id = told.cards.entrySet().stream()
                .filter(shown -> shown.getValue().name().equals("Anna's laptop"))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
        other.show(Optional.empty());
        until("shown no longer", () -> told.gone.contains(id));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    @ResourceLock(value = NETWORK, mode = ResourceAccessMode.READ)
    void aSignalingServerIsSeenUntilItIsGone() throws IOException {
        LanEndpoint other = endpoint(new Told(), true);
        other.announce(this::announcement);
        other.serve(Optional.of(4441));
        until("served", () -> told.server("ws://" + ADDRESS + ":4441").isPresent());
        String id = told.server("ws://" + ADDRESS + ":4441").orElseThrow();
        other.serve(Optional.empty());
        until("served no longer", () -> told.gone.contains(id));
    }

    /** As when somebody comes into a room. Else rooms that are met there would be left and entered again. */
    @Test
    @Execution(ExecutionMode.CONCURRENT)
    @ResourceLock(value = NETWORK, mode = ResourceAccessMode.READ)
    void anotherAnnouncementDoesNotWithdrawASignalingServer() throws IOException {
        LanEndpoint other = endpoint(new Told(), true);
        other.announce(this::announcement);
        other.serve(Optional.of(4442));
        until("served", () -> told.server("ws://" + ADDRESS + ":4442").isPresent());
        String id = told.server("ws://" + ADDRESS + ":4442").orElseThrow();
        Announcement said = announcement();
        other.announce(() -> said);
        until("sighted", () -> told.hasSeen(said, ADDRESS + ":" + other.port()));
        other.serve(Optional.of(4443));
        until(
                "served at another port",
                () -> told.server("ws://" + ADDRESS + ":4443").isPresent());
        assertEquals(
                List.of(id),
                told.everServed.keySet().stream()
                        .filter(each -> told.everServed.get(each).contains("ws://" + ADDRESS + ":4442"))
                        .toList());
    }

    /** It may be that of a device that is known only now. */
    @Test
    @Execution(ExecutionMode.CONCURRENT)
    @ResourceLock(value = NETWORK, mode = ResourceAccessMode.READ)
    void whoWasAnnouncedBeforeIsSightedAgainWithTheNextAnnouncementOfThisDevice() throws IOException {
        Announcement said = announcement();
        LanEndpoint other = endpoint(new Told(), true);
        other.announce(() -> said);
        Told told = new Told();
        LanEndpoint one = endpoint(told, true);
        one.announce(this::announcement);
        until("sighted", () -> told.hasSeen(said, ADDRESS + ":" + other.port()));
        told.sightings.clear();
        one.announce(this::announcement);
        until("sighted again", () -> told.hasSeen(said, ADDRESS + ":" + other.port()));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    @ResourceLock(value = NETWORK, mode = ResourceAccessMode.READ)
    void whoLeavesSaysGoodbye() throws IOException {
        LanEndpoint other = endpoint(new Told(), true);
        other.announce(this::announcement);
        other.show(Optional.of(card("Ben's desktop")));
        until("shown", () -> told.shows("Ben's desktop"));
        other.close();
        until("gone", () -> !told.shows("Ben's desktop"));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    @ResourceLock(value = NETWORK, mode = ResourceAccessMode.READ)
    void whereDiscoveryIsOffNothingIsTold() throws IOException {
        LanEndpoint silent = endpoint(new Told(), false);
        Announcement secret = announcement();
        silent.announce(() -> secret);
        silent.show(Optional.of(card("Carla")));
        silent.serve(Optional.of(5555));
        LanEndpoint other = endpoint(new Told(), true);
        Announcement said = announcement();
        other.announce(() -> said);
        other.show(Optional.of(card("Dan")));
        other.serve(Optional.of(4444));
        until("one that is announced later is sighted", () -> told.hasSeen(said, ADDRESS + ":" + other.port()));
        until("and shown", () -> told.shows("Dan"));
        until("and its server", () -> told.servers.toString().contains(":4444"));
        assertFalse(told.hasSeen(secret, ADDRESS + ":" + silent.port()));
        assertFalse(told.shows("Carla"));
        assertFalse(told.servers.toString().contains(":5555"), told.servers::toString);
    }

    /** Each is withdrawn at each address, which takes two seconds. */
    @Test
    @ResourceLock(NETWORK)
    void whoHidesWhatItShowedAtTenAddressesIsAnnouncedAnewAtOnce() throws Exception {
        List<String> addresses = IntStream.rangeClosed(1, 10)
                .mapToObj(n -> "10.8." + (10 + n) + ".1/24")
                .toList();
        for (String address : addresses) {
            ip("addr", "add", address, "dev", NETWORK);
        }
        try {
            Told itsOwn = new Told();
            LanEndpoint other = endpoint(itsOwn, true);
            AtomicInteger first = new AtomicInteger();
            other.announce(() -> {
                first.incrementAndGet();
                return announcement();
            });
            until("at all addresses", () -> first.get() > addresses.size());
            other.show(Optional.of(card("Gus")));
            other.serve(Optional.of(4447));
            until("shown", () -> told.shows("Gus"));
            until("served", () -> told.servers.toString().contains(":4447"));
            other.show(Optional.empty());
            other.serve(Optional.empty());
            CompletableFuture<Void> asked = new CompletableFuture<>();
            other.announce(() -> {
                asked.complete(null);
                return announcement();
            });
            asked.get(10, TimeUnit.SECONDS);
            until("shown no longer", () -> !told.shows("Gus"));
            assertEquals(Map.of(), itsOwn.cards, "it does not see itself");
        } finally {
            for (String address : addresses) {
                ip("addr", "del", address, "dev", NETWORK);
            }
        }
    }

    /** What the library decodes, too: whatever comes to the socket, those who come afterwards are seen. */
    @Test
    @ResourceLock(NETWORK)
    void hostileDatagramsHarmNobody() throws Exception {
        Heard heard = new Heard("org.vaultsync.transport.lan");
        try (MulticastSocket group = new MulticastSocket(5353)) {
            InetSocketAddress all = new InetSocketAddress(InetAddress.getByName("224.0.0.251"), 5353);
            NetworkInterface here = NetworkInterface.getByName(NETWORK);
            group.joinGroup(all, here);
            group.setNetworkInterface(here);
            List<byte[]> corpus = heardOf(group);
            int rounds = Boolean.getBoolean("soak") ? 100_000 : 2_000;
            long seed = Boolean.getBoolean("soak") ? new Random().nextLong() : 7;
            Random dice = new Random(seed);
            for (int i = 0; i < rounds; i++) {
                byte[] bytes = hostile(corpus, dice);
                group.send(new DatagramPacket(bytes, bytes.length, all));
                if (i % 100 == 99) {
                    LockSupport.parkNanos(5_000_000); // else the system drops most of them
                }
            }
            System.out.println("DATAGRAM: " + rounds + " inputs by seed " + seed);
        }
        Announcement said = announcement();
        LanEndpoint other = endpoint(new Told(), true);
        other.announce(() -> said);
        other.show(Optional.of(card("Fay after the storm")));
        until("sighted", () -> told.hasSeen(said, ADDRESS + ":" + other.port()));
        until("shown", () -> told.shows("Fay after the storm"));
        heard.close();
        assertEquals(List.of(), heard.warnings());
    }

    /** What two devices say that announce and show themselves. */
    private List<byte[]> heardOf(MulticastSocket group) throws IOException {
        LanEndpoint one = endpoint(new Told(), true);
        one.announce(this::announcement);
        one.show(Optional.of(card("Eve")));
        one.serve(Optional.of(4447));
        List<byte[]> corpus = new ArrayList<>();
        group.setSoTimeout(60_000);
        Set<String> missing = new HashSet<>(Set.of("_vaultsync-pair", "_vaultsync-meet", "t0=", "c=Eve"));
        while (!missing.isEmpty()) {
            DatagramPacket packet = new DatagramPacket(new byte[9000], 9000);
            group.receive(packet);
            byte[] bytes = Arrays.copyOf(packet.getData(), packet.getLength());
            corpus.add(bytes);
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            missing.removeIf(text::contains);
        }
        return corpus;
    }

    private static byte[] hostile(List<byte[]> corpus, Random dice) {
        if (dice.nextInt(10) == 0) {
            byte[] noise = new byte[dice.nextInt(1400)];
            dice.nextBytes(noise);
            return noise;
        }
        byte[] bytes = corpus.get(dice.nextInt(corpus.size())).clone();
        for (int changes = dice.nextInt(6); changes > 0 && bytes.length > 1; changes--) {
            int at = dice.nextInt(bytes.length);
            switch (dice.nextInt(6)) {
                case 0 -> bytes[at] = (byte) dice.nextInt();
                case 1 -> bytes[at] = (byte) 0xff;
                case 2 -> bytes[at] += (byte) (dice.nextBoolean() ? 1 : -1);
                case 3 -> bytes = Arrays.copyOf(bytes, at);
                // A name that goes on at itself, or somewhere else.
                case 4 -> {
                    bytes[at] = (byte) 0xc0;
                    bytes[Math.min(at + 1, bytes.length - 1)] = (byte) (dice.nextBoolean() ? at : dice.nextInt());
                }
                // More questions and records than there are.
                default -> bytes[Math.min(4 + dice.nextInt(8), bytes.length - 1)] = (byte) dice.nextInt();
            }
        }
        return bytes;
    }

    @Test
    @ResourceLock(NETWORK)
    void anAddressThatComesAndGoesIsFollowed() throws Exception {
        Announcement said = announcement();
        Told itsOwn = new Told();
        LanEndpoint other = endpoint(itsOwn, true);
        other.announce(() -> said);
        until("sighted", () -> told.hasSeen(said, ADDRESS + ":" + other.port()));
        String there = ANOTHER + ":" + other.port();
        assertFalse(other.addresses().contains(there));
        ip("addr", "add", ANOTHER + "/24", "dev", NETWORK);
        try {
            until("told", () -> itsOwn.changes.get() > 0);
            until("at the new address", () -> other.addresses().contains(there));
            until("sighted there", () -> told.hasSeen(said, there));
        } finally {
            ip("addr", "del", ANOTHER + "/24", "dev", NETWORK);
        }
        until("not at the new address", () -> !other.addresses().contains(there));
    }

    /** As each container that starts brings one. Everybody would be dialled anew. */
    @Test
    @ResourceLock(NETWORK)
    void aLinkLocalAddressThatComesIsNoOtherNetwork() throws Exception {
        Told itsOwn = new Told();
        AtomicInteger looks = new AtomicInteger();
        LanEndpoint other =
                new LanEndpoint(new LanSettings(0, List.of(), true), Limits.USUAL, Identities.make(), itsOwn, () -> {
                    looks.incrementAndGet();
                    return Instant.now();
                });
        open.add(other);
        ip("link", "add", "vault9", "type", "veth", "peer", "name", "vault8");
        try {
            ip("addr", "add", "169.254.9.9/16", "dev", "vault9");
            ip("link", "set", "vault8", "up");
            ip("link", "set", "vault9", "up");
            int before = looks.get();
            until("looked at twice", () -> looks.get() >= before + 3);
            assertEquals(0, itsOwn.changes.get());
        } finally {
            ip("link", "del", "vault9");
        }
    }

    @Test
    @ResourceLock(NETWORK)
    void aNetworkThatGoesAndComesBackIsFollowed() throws Exception {
        String here = ADDRESS + ":" + looking.port();
        assertTrue(looking.addresses().contains(here));
        ip("link", "set", NETWORK, "down");
        try {
            until("gone", () -> !looking.addresses().contains(here));
        } finally {
            ip("link", "set", NETWORK, "up");
        }
        until("back", () -> looking.addresses().contains(here));
        until("told of both", () -> told.changes.get() >= 2);
        Announcement said = announcement();
        LanEndpoint other = endpoint(new Told(), true);
        other.announce(() -> said);
        until("sighted again", () -> told.hasSeen(said, ADDRESS + ":" + other.port()));
    }

    /** Nobody says goodbye in a network that this device is not in any more. */
    @Test
    @ResourceLock(NETWORK)
    void aSignalingServerIsForgottenWithTheNetworkThatItWasSeenIn() throws Exception {
        LanEndpoint other = endpoint(new Told(), true);
        other.announce(this::announcement);
        other.serve(Optional.of(4444));
        until("served", () -> told.server("ws://" + ADDRESS + ":4444").isPresent());
        String id = told.server("ws://" + ADDRESS + ":4444").orElseThrow();
        ip("link", "set", NETWORK, "down");
        try {
            until("forgotten", () -> told.gone.contains(id));
        } finally {
            ip("link", "set", NETWORK, "up");
        }
        until("seen again", () -> told.server("ws://" + ADDRESS + ":4444").isPresent());
    }

    @Test
    @ResourceLock(NETWORK)
    void aSignalingServerThatIsStillSeenOverAnotherAddressIsNotForgotten() throws Exception {
        ip("addr", "add", ANOTHER + "/24", "dev", NETWORK);
        LanEndpoint other;
        try {
            until("at both addresses", () -> looking.addresses().contains(ANOTHER + ":" + looking.port()));
            other = endpoint(new Told(), true);
            other.announce(this::announcement);
            other.serve(Optional.of(4445));
            until("served", () -> told.server("ws://" + ADDRESS + ":4445").isPresent());
        } finally {
            ip("addr", "del", ANOTHER + "/24", "dev", NETWORK);
        }
        String id = told.server("ws://" + ADDRESS + ":4445").orElseThrow();
        until("at one address", () -> !looking.addresses().contains(ANOTHER + ":" + looking.port()));
        LanEndpoint later = endpoint(new Told(), true);
        later.announce(this::announcement);
        later.serve(Optional.of(4446));
        until(
                "another one served",
                () -> told.server("ws://" + ADDRESS + ":4446").isPresent());
        assertFalse(told.gone.contains(id));
    }
}
