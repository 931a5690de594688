// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.vaultsync.Invite;
import org.vaultsync.LogEntry;
import org.vaultsync.Room;
import org.vaultsync.RoomId;
import org.vaultsync.Scope;
import org.vaultsync.SyncListener;
import org.vaultsync.transport.lan.LanTransport;
import org.vaultsync.vault.Attachment;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;

/**
 * A device that {@link CoreBench} measures, in a process of its own: takes orders on its standard input and tells on its
 * standard output what happens, and when, in microseconds of the clock that all processes of a machine share.
 */
final class BenchDevice implements SyncListener {
    private static final Pattern MARK = Pattern.compile("\"benchmark\":(\\d+)");
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Held here, since what is set on a logger goes with it when nobody does. */
    private static final Logger IN_STEP = Logger.getLogger("org.vaultsync.core.room.Exchange");

    private final DiskVault vault;
    private final LocalVaultSync sync;
    private volatile int awaitedFirst = Integer.MAX_VALUE;
    private volatile int awaitedShown = Integer.MAX_VALUE;
    private volatile int awaitedHeld = Integer.MAX_VALUE;

    private BenchDevice(Path home) throws IOException {
        vault = new DiskVault(home.resolve("vault"), this::shown);
        sync = new LocalVaultSync(home.resolve("sync"), TestDevice.REPLICAS, Clock.systemUTC());
        sync.addListener(this);
        sync.addTransport(new LanTransport(Map.of(
                "vaultsync.lan.port", "0",
                "vaultsync.lan.bind", "127.0.0.1",
                "vaultsync.lan.discovery", "off")::get));
        sync.setVault(vault);
    }

    public static void main(String[] arguments) throws Exception {
        quiet();
        new BenchDevice(Path.of(arguments[1])).run(arguments[0]);
        System.exit(0);
    }

    /** Of what is logged, only that two devices are in step is told. */
    private static void quiet() {
        Logger.getLogger("").setLevel(Level.WARNING);
        IN_STEP.setLevel(Level.FINE);
        IN_STEP.setUseParentHandlers(false);
        IN_STEP.addHandler(new Handler() {
            @Override
            public void publish(LogRecord entry) {
                if (entry.getMessage().contains("in step")) {
                    say("in-step " + now());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
    }

    private static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    private void run(String name) throws Exception {
        wait(sync.nameDevice(name));
        say("ready");
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = orders.readLine()) != null; ) {
            try {
                obey(line.split(" "));
            } catch (Exception failed) {
                failed.printStackTrace();
                say("failed " + line + ": " + failed);
            }
        }
        sync.stop();
    }

    private void obey(String[] order) throws Exception {
        switch (order[0]) {
            case "found" -> say("room " + wait(sync.createRoom("Bench")).hex());
            case "invite" ->
                say("invite " + wait(sync.invite(new RoomId(order[1]))).line());
            case "join" -> {
                try {
                    wait(sync.join(Invite.parse(order[1])));
                    say("join " + now());
                } catch (ExecutionException tooBusy) {
                    say("join not");
                }
            }
            case "fill" -> {
                List<String> units = Units.realAreHere() ? Units.real() : Units.made(1000, 1);
                for (int i = 0; i < Integer.parseInt(order[1]); i++) {
                    vault.save(new Item("item-" + i, "unit", "Unit " + i, units.get(i % units.size())), Revision.NONE);
                }
                say("filled");
            }
            case "share" -> share(new RoomId(order[1]), Integer.parseInt(order[2]), Integer.parseInt(order[3]));
            case "await" -> {
                awaitedFirst = vault.size() + 50;
                awaitedShown = Integer.parseInt(order[1]);
                awaitedHeld = awaitedShown;
                say("awaiting " + now());
                roomsChanged();
            }
            case "edit" -> {
                edit(order[1], Integer.parseInt(order[2]));
            }
            case "pause" -> wait(sync.pause(new Scope.Everything()));
            case "resume" -> {
                say("resuming " + now());
                wait(sync.resume(new Scope.Everything()));
            }
            case "attach" -> attach(Integer.parseInt(order[1]));
            case "take-all-files" -> {
                wait(sync.setFetchedAtOnce(Long.MAX_VALUE));
                say("taking");
            }
            case "heap" -> say("heap " + heap());
            case "cpu" ->
                say("cpu "
                        + ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime()
                                / 1000);
            case "traffic" -> say("traffic " + traffic());
            default -> throw new IllegalArgumentException(order[0]);
        }
    }

    private void share(RoomId room, int from, int to) {
        List<String> items = new ArrayList<>();
        for (int i = from; i < to; i++) {
            items.add("item-" + i);
        }
        say("sharing " + now());
        sync.share(room, items)
                .whenComplete((done, failed) -> say(failed == null ? "shared " + now() : "failed " + failed));
    }

    private void edit(String id, int mark) throws IOException {
        var held = vault.get(id).orElseThrow();
        Item item = held.item();
        String content = ((ObjectNode) JSON.readTree(item.content()))
                .put("benchmark", mark)
                .toString();
        say("edited " + now());
        vault.save(
                new Item(id, item.type(), item.name(), content, item.attachments(), item.references()),
                held.revision());
    }

    /** Makes a file, and an item that has it. */
    private void attach(int megabytes) throws Exception {
        byte[] chunk = new byte[1 << 20];
        new Random(1).nextBytes(chunk);
        MessageDigest hash = MessageDigest.getInstance("SHA-256");
        Path half = vault.attachment("half");
        try (OutputStream out = Files.newOutputStream(half)) {
            for (int i = 0; i < megabytes; i++) {
                chunk[0] = (byte) i;
                chunk[1] = (byte) (i >> 8);
                hash.update(chunk);
                out.write(chunk);
            }
        }
        String sha = HexFormat.of().formatHex(hash.digest());
        Files.move(half, vault.attachment(sha));
        Attachment file = new Attachment("k", "large.bin", sha, (long) megabytes << 20, "application/octet-stream");
        vault.save(new Item("item-9", "unit", "Unit 9", "{}", List.of(file), List.of()), Revision.NONE);
        say("attached " + sha);
    }

    private static long heap() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(200);
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** The bytes of the messages of the link that was closed last, both ways. */
    private long traffic() throws Exception {
        return wait(new LocalSyncLog(sync).entries(50)).stream()
                .filter(entry -> entry.kind() == LogEntry.Kind.CLOSED)
                .findFirst()
                .flatMap(LogEntry::traffic)
                .map(traffic -> traffic.bytesSent() + traffic.bytesReceived())
                .orElse(-1L);
    }

    private static <T> T wait(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(300, TimeUnit.SECONDS);
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private void shown(Item item) {
        Matcher mark = MARK.matcher(item.content());
        if (mark.find()) {
            say("sees " + mark.group(1) + " " + now());
        }
        int size = vault.size();
        if (size == awaitedFirst) {
            say("shown-50 " + now());
        }
        if (size >= awaitedShown) {
            awaitedShown = Integer.MAX_VALUE;
            say("shown " + now());
        }
        for (Attachment attachment : item.attachments()) {
            say("names " + attachment.sha256() + " " + now());
        }
    }

    @Override
    public void itemsChanged(Set<String> items) {}

    @Override
    public void filesChanged(Set<String> hashes) {
        hashes.stream()
                .filter(hash -> Files.exists(vault.attachment(hash)))
                .forEach(hash -> say("has " + hash + " " + now()));
    }

    @Override
    public void roomsChanged() {
        if (awaitedHeld == Integer.MAX_VALUE) {
            return;
        }
        List<Room> rooms = sync.rooms();
        boolean everybodyHasAll = rooms.stream()
                .allMatch(room -> !room.members().isEmpty()
                        && room.members().stream()
                                .allMatch(
                                        member -> member.items() >= room.items().size()));
        if (everybodyHasAll
                && rooms.stream().mapToInt(room -> room.items().size()).sum() >= awaitedHeld) {
            awaitedHeld = Integer.MAX_VALUE;
            say("held " + now());
        }
    }
}
