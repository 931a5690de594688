// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.vaultsync.Badge;
import org.vaultsync.Invite;
import org.vaultsync.ItemStatus;
import org.vaultsync.RoomId;
import org.vaultsync.transport.lan.LanTransport;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;

/**
 * A process that is killed: the real core over real TLS, and somebody who adds words to items without end. Its vault is
 * in memory alone, so that what there is after a restart can have come from sync's own store only. It is ordered over its
 * input, and says on its output what it was promised:
 *
 * <ul>
 *   <li>{@code durable WORD}: the word is on this device's disk
 *   <li>{@code held WORD}: the word is on the disk of both devices
 * </ul>
 */
final class KilledDevice {
    private static final int EDITED = 8;

    private final String name;
    private final MemoryVault vault = new MemoryVault();
    private final LocalVaultSync sync;
    private final PrintStream out = System.out;
    private volatile boolean working;
    private volatile boolean idle = true;

    private KilledDevice(String name, Path home, String port) {
        this.name = name;
        sync = new LocalVaultSync(home, TestDevice.REPLICAS, Clock.systemUTC());
        sync.addTransport(new LanTransport(Map.of(
                "vaultsync.lan.port", port,
                "vaultsync.lan.bind", "127.0.0.1",
                "vaultsync.lan.discovery", "off")::get));
        sync.setVault(vault);
    }

    /** @param arguments name, folder, port */
    public static void main(String[] arguments) throws Exception {
        new KilledDevice(arguments[0], Path.of(arguments[1]), arguments[2]).obey();
        System.exit(0);
    }

    private void obey() throws Exception {
        until(() -> sync.self().isPresent() || sync.problem().isPresent());
        sync.problem().ifPresent(problem -> out.println("problem " + problem));
        out.println("up");
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order; (order = orders.readLine()) != null; ) {
            String[] words = order.split(" ", 2);
            switch (words[0]) {
                case "create" -> {
                    RoomId room = get(sync.createRoom("Room"));
                    out.println("invite " + get(sync.invite(room)).line());
                }
                case "join" -> {
                    get(sync.join(Invite.parse(words[1])));
                    out.println("joined");
                }
                case "work" -> {
                    working = true;
                    idle = false;
                    long seed = Long.parseLong(words[1]);
                    Thread.ofPlatform().daemon().start(() -> work(new Random(seed), seed));
                }
                case "rest" -> {
                    working = false;
                    until(() -> idle);
                    out.println("rests");
                }
                case "tell" -> {
                    vault.ids().forEach(id -> out.println("has " + id + " " + vault.content(id)));
                    vault.ids()
                            .forEach(id -> out.println(
                                    "badge " + id + " " + sync.status(id).badge()));
                    out.println("told");
                }
                default -> throw new IllegalArgumentException(order);
            }
        }
    }

    private void work(Random random, long seed) {
        RoomId room = sync.rooms().getFirst().id();
        try {
            for (int number = 0; working; number++) {
                String word = "w" + name + seed + "x" + number + "w";
                List<String> own = vault.ids().stream()
                        .filter(id -> id.startsWith(name))
                        .sorted()
                        .toList();
                List<String> edited = own.subList(Math.max(0, own.size() - EDITED), own.size());
                String item = edited.isEmpty() || random.nextInt(40) == 0
                        ? "%s-%06d-%06d".formatted(name, seed, number)
                        : edited.get(random.nextInt(edited.size()));
                if (vault.get(item).isEmpty()) {
                    vault.save(
                            new Item(
                                    item,
                                    "note",
                                    item,
                                    "{\"log\":[\"" + word + "\"],\"text\":\"" + "much ".repeat(random.nextInt(4000))
                                            + "\"}"),
                            Revision.NONE);
                    get(sync.share(room, List.of(item)));
                    out.println("durable " + word);
                    awaitHeld(item, word);
                } else if (sync.status(item).badge() == Badge.SYNCED) {
                    vault.save(item, content -> content.replace("\"log\":[", "\"log\":[\"" + word + "\","));
                    // The badge was "synced" without this word: it has to have been another before it says so again.
                    if (within(() -> sync.status(item).badge() != Badge.SYNCED)) {
                        awaitHeld(item, word);
                    }
                }
                LockSupport.parkNanos(random.nextInt(4_000_000));
            }
        } catch (Exception failed) {
            out.println("problem " + failed);
        }
        idle = true;
    }

    private void awaitHeld(String item, String word) {
        if (within(() -> {
            ItemStatus status = sync.status(item);
            return status.badge() == Badge.SYNCED && !status.holders().isEmpty();
        })) {
            out.println("held " + word);
        }
    }

    /** Whether it becomes so while people work and wait for it: news of it may also have come and gone. */
    private boolean within(BooleanSupplier condition) {
        for (long end = System.nanoTime() + 300_000_000; System.nanoTime() < end && working; ) {
            if (condition.getAsBoolean()) {
                return true;
            }
            LockSupport.parkNanos(50_000);
        }
        return false;
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(120, TimeUnit.SECONDS);
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(1_000_000);
        }
    }
}
