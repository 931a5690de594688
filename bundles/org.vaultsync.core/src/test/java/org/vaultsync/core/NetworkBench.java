// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.RoomId;
import org.vaultsync.core.identity.Knocks;
import org.vaultsync.core.wire.Message;
import org.vaultsync.vault.Attachment;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;

/** Measures whole devices in a room; not run with the tests. Prints one line a figure. */
class NetworkBench {
    private static final int ROUNDS = Integer.getInteger("rounds", 20);
    private static final int TRANSFERS = Integer.getInteger("transfers", 5);
    private static final int VOLUME = 256 << 20;

    @TempDir
    private Path folder;

    private static void print(String figure, String value, String target) {
        System.out.printf(Locale.ROOT, "lan: %-58s %12s   (%s)%n", figure, value, target);
    }

    private static void print(String figure, List<Long> nanos, String target) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        print(
                figure,
                Math.round(sorted[sorted.length / 2] / 1e6) + " / "
                        + Math.round(sorted[sorted.length * 95 / 100] / 1e6),
                "p50 / p95 in ms of " + sorted.length + "; " + target);
    }

    @Test
    void fromNetworkUpToInSync() throws Exception {
        Lab lab = Lab.open();
        try {
            Lab.Device ann = lab.device(folder, "ann", "10.9.0.1");
            Lab.Device ben = lab.device(folder, "ben", "10.9.0.2");
            String room = ann.ask("found", "room ");
            ann.tell("create u1 {\"edit\":0}");
            ann.ask("share " + room + " u1", "shared");
            ben.ask("join " + ann.ask("invite " + room, "invite "), "joined ");
            ben.mustSay("content u1", 60);
            lab.run("bridge link set dev ann mcast_flood off && bridge link set dev ben mcast_flood off");
            List<Long> stored = new ArrayList<>();
            for (int i = 1; i <= ROUNDS; i++) {
                stored.add(round(ann, ben, "10.9.0.1", i));
            }
            print("network up to in sync, by a stored address", stored, "target p50 500 ms");
            lab.run("bridge link set dev ann mcast_flood on && bridge link set dev ben mcast_flood on");
            List<Long> found = new ArrayList<>();
            for (int i = ROUNDS + 1; i <= 2 * ROUNDS; i++) {
                // Cards of their own, so that no address of theirs was ever heard of, those that follow from a card
                // neither.
                Set<String> known = linkedAt(ann);
                known.addAll(linkedAt(ben));
                plugInAnotherCard(ann, "02:00:00:00:01:" + HexFormat.of().toHexDigits((byte) i));
                plugInAnotherCard(ben, "02:00:00:00:02:" + HexFormat.of().toHexDigits((byte) i));
                found.add(round(ann, ben, "10.9.0." + (100 + i), i));
                foundByMdns(ann, known);
                foundByMdns(ben, known);
            }
            print("network up to in sync, by mDNS alone", found, "targets p50 5 s, p95 8 s");
        } finally {
            lab.remove();
        }
    }

    /** Ben is away while Ann edits, and has an address that Ann does not know, nor he hers, if it is another one. */
    private static long round(Lab.Device ann, Lab.Device ben, String annsAddress, int edit) throws Exception {
        ben.run("ip link set eth0 down");
        ann.mustSay("away ben", 20);
        ben.mustSay("away ann", 20);
        ann.run("ip addr flush dev eth0 scope global && ip addr add " + annsAddress
                + "/24 dev eth0 && ip link set eth0 up");
        ann.tell("edit u1 {\"edit\":" + edit + "}");
        TimeUnit.SECONDS.sleep(4);
        ben.run("ip addr flush dev eth0 scope global && ip addr add "
                + (annsAddress.equals("10.9.0.1") ? "10.9.0.2" : annsAddress.replace(".1", ".2"))
                + "/24 dev eth0");
        ben.forget();
        ann.forget();
        long began = System.nanoTime();
        ben.run("ip link set eth0 up");
        ben.mustSay("content u1 {\"edit\":" + edit + "}", 60);
        long took = System.nanoTime() - began;
        ben.untilLinked("ann", 20);
        ann.untilLinked("ben", 20);
        return took;
    }

    /** The hosts that a device said it was linked to or from, without ports. */
    private static Set<String> linkedAt(Lab.Device device) {
        return device.told().stream()
                .filter(line -> line.startsWith("linked "))
                .map(line -> line.split(" ")[2].replaceFirst(":\\d+$", ""))
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static void plugInAnotherCard(Lab.Device device, String card) throws Exception {
        device.run("ip link set eth0 down && ip link set eth0 address " + card);
    }

    /** Fails where the link came about by an address of earlier rounds, which both have stored. */
    private static void foundByMdns(Lab.Device device, Set<String> known) {
        Set<String> now = linkedAt(device);
        now.removeAll(known);
        assertFalse(now.isEmpty(), () -> device.name + " was linked by a stored address: " + device.told());
        assertTrue(
                now.stream().allMatch(host -> host.startsWith("10.9.0.") || host.startsWith("[fe80:")), now::toString);
    }

    @Test
    void handshakeToFirstSyncedByte() throws Exception {
        try (TestDevice anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault())) {
            RoomId room = anna.createRoom("Friday group");
            Rogue peer = new Rogue(folder.resolve("peer.key"));
            byte[] annaKey = peer.join(anna.invite(room));
            int port = Rogue.port(anna.invite(room));
            List<Long> took = new ArrayList<>();
            for (int i = 0; i < 120; i++) {
                TimeUnit.MILLISECONDS.sleep(300); // below the limit of connections in a minute
                long began = System.nanoTime();
                try (Rogue.Talk talk = peer.talk(port, Knocks.under(peer.pairSecret(annaKey)), "TLSv1.3")) {
                    talk.await(Message.Hello.class);
                    talk.send(new Message.Hello(1, "peer", "Peer", List.of()));
                    talk.send(talk.await(Message.OpenRoom.class));
                    talk.await(Message.RoomDigest.class);
                }
                if (i >= 40) {
                    took.add(System.nanoTime() - began);
                }
            }
            print("dial to the first synced byte of a room, warm", took, "target 150 ms");
        }
    }

    @Test
    void attachments() throws Exception {
        Path from = Files.createDirectory(folder.resolve("a"));
        Path to = Files.createDirectory(folder.resolve("b"));
        Path bare = folder.resolve("bare");
        List<Double> ofSockets = new ArrayList<>();
        List<Double> ofDevices = new ArrayList<>();
        List<Double> work = new ArrayList<>();
        try (TestDevice anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault(from));
                TestDevice ben = new TestDevice(folder.resolve("ben"), "Ben", new MemoryVault(to))) {
            RoomId room = anna.createRoom("Friday group");
            ben.join(anna.invite(room));
            TestDevice.until("linked", () -> anna.isLinked() && ben.isLinked());
            ben.sync.setFetchedAtOnce(VOLUME).toCompletableFuture().join();
            BareSockets sockets = new BareSockets(folder.resolve("bare.key"));
            long before = 0;
            long most = 0;
            for (int i = 0; i <= TRANSFERS; i++) {
                Attachment file = file(from, i);
                long cpu = cpu();
                double one = sockets.carry(from.resolve(file.sha256()), bare);
                long cpuOfSockets = cpu() - cpu;
                Files.delete(bare);
                anna.vault.save(new Item("u" + i, "note", "Note", "{}", List.of(file), List.of()), Revision.NONE);
                cpu = cpu();
                long began = System.nanoTime();
                anna.share(room, "u" + i);
                while (!has(ben, file.sha256())) {
                    TimeUnit.MILLISECONDS.sleep(10);
                    most = i == 0 ? 0 : Math.max(most, inUse());
                    if (System.nanoTime() - began > TimeUnit.MINUTES.toNanos(3)) {
                        throw new AssertionError("the attachment did not arrive");
                    }
                }
                double other = VOLUME / 1e6 / ((System.nanoTime() - began) / 1e9);
                double times = (double) (cpu() - cpu) / cpuOfSockets;
                Files.delete(from.resolve(file.sha256()));
                Files.delete(to.resolve(file.sha256()));
                if (i == 0) {
                    before = used();
                } else {
                    ofSockets.add(one);
                    ofDevices.add(other);
                    work.add(times);
                }
            }
            String rounds = "median of " + TRANSFERS + " times " + (VOLUME >> 20) + " MiB";
            print("bare TLS 1.3 sockets, hashed and written", Math.round(median(ofSockets)) + " MB/s", rounds);
            print("an attachment from vault to vault", Math.round(median(ofDevices)) + " MB/s", rounds);
            print(
                    "an attachment against bare sockets",
                    Math.round(100 * median(ofDevices) / median(ofSockets)) + " %",
                    "target 60 %");
            print(
                    "CPU time of an attachment against bare sockets",
                    Math.round(100 * median(work)) + " %",
                    "not changed by what else runs; target at most 166 %");
            print(
                    "heap kept after all of them",
                    (used() - before >> 10) + " KiB",
                    "target flat; at most " + (most - before >> 20) + " MiB in between");
        }
    }

    private static long cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    /** A file of its own content in the folder, under its hash. */
    private static Attachment file(Path folder, int seed) throws Exception {
        byte[] chunk = new byte[1 << 20];
        new Random(seed).nextBytes(chunk);
        MessageDigest hash = MessageDigest.getInstance("SHA-256");
        Path written = folder.resolve("written");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(written))) {
            for (int i = 0; i < VOLUME / chunk.length; i++) {
                chunk[0] = (byte) i;
                hash.update(chunk);
                out.write(chunk);
            }
        }
        String sha = HexFormat.of().formatHex(hash.digest());
        Files.move(written, folder.resolve(sha));
        return new Attachment("k", "large.bin", sha, VOLUME, "application/octet-stream");
    }

    private static boolean has(TestDevice device, String sha) throws IOException {
        var bytes = device.vault.openAttachment(sha);
        if (bytes.isPresent()) {
            bytes.get().close();
        }
        return bytes.isPresent();
    }

    private static long used() {
        System.gc();
        return inUse();
    }

    private static long inUse() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
