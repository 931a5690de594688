// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.vaultsync.Badge;
import org.vaultsync.Invite;
import org.vaultsync.Reach;
import org.vaultsync.RoomId;
import org.vaultsync.core.room.Jsons;
import org.vaultsync.crdt.ReplicaFactory;
import org.vaultsync.crdt.graal.GraalReplicaFactory;
import org.vaultsync.transport.lan.LanTransport;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;

/** One device as it is in the world: the real core on a real store, real Yjs, real TLS over loopback. Only the host is small. */
final class TestDevice implements AutoCloseable {
    static final ReplicaFactory REPLICAS = GraalReplicaFactory.from(Path.of("../org.vaultsync.crdt/lib"));
    private static final Duration PATIENCE = Duration.ofSeconds(Integer.getInteger("patience", 30));

    final MemoryVault vault;
    final LocalVaultSync sync;
    final BrittleTransport lan = new BrittleTransport(new LanTransport(Map.of(
            "vaultsync.lan.port", "0",
            "vaultsync.lan.bind", "127.0.0.1",
            "vaultsync.lan.discovery", "off")::get));

    TestDevice(Path home, String name, MemoryVault vault) throws Exception {
        this(home, name, vault, Clock.systemUTC());
    }

    TestDevice(Path home, String name, MemoryVault vault, Clock clock) throws Exception {
        this(home, name, vault, clock, REPLICAS);
    }

    TestDevice(Path home, String name, MemoryVault vault, Clock clock, ReplicaFactory replicas) throws Exception {
        this.vault = vault;
        sync = new LocalVaultSync(home, replicas, clock);
        sync.addTransport(lan);
        sync.setVault(vault);
        sync.nameDevice(name).toCompletableFuture().get(300, TimeUnit.SECONDS);
    }

    /** Shuts sync down in order; the vault goes on. */
    @Override
    public void close() {
        sync.unsetVault(vault);
        sync.stop();
    }

    RoomId createRoom(String name) throws Exception {
        return sync.createRoom(name).toCompletableFuture().get(300, TimeUnit.SECONDS);
    }

    Invite invite(RoomId room) throws Exception {
        return sync.invite(room).toCompletableFuture().get(300, TimeUnit.SECONDS);
    }

    RoomId join(Invite invite) throws Exception {
        return sync.join(invite).toCompletableFuture().get(300, TimeUnit.SECONDS);
    }

    void share(RoomId room, String... items) throws Exception {
        sync.share(room, List.of(items)).toCompletableFuture().get(300, TimeUnit.SECONDS);
    }

    void create(String id, String content) {
        vault.save(new Item(id, "note", "Note " + id, content), Revision.NONE);
    }

    boolean isLinked() {
        return sync.rooms().stream()
                .flatMap(room -> room.members().stream())
                .allMatch(member -> member.reach() instanceof Reach.Linked);
    }

    void untilBadge(String item, Badge badge) {
        until(
                "badge of " + item + " is " + badge + ", not " + sync.status(item),
                () -> sync.status(item).badge() == badge);
    }

    void untilContent(String item, String json) {
        until(() -> item + " is " + json + ", not " + vault.content(item), () -> same(json, vault.content(item)));
    }

    private static boolean same(String one, String other) {
        return !other.isEmpty() && Jsons.same(one, other);
    }

    static void until(String what, BooleanSupplier condition) {
        until(() -> what, condition);
    }

    static void until(Supplier<String> what, BooleanSupplier condition) {
        for (long end = System.nanoTime() + PATIENCE.toNanos(); !condition.getAsBoolean(); ) {
            if (System.nanoTime() > end) {
                fail("not within " + PATIENCE.toSeconds() + " s: " + what.get());
            }
            LockSupport.parkNanos(2_000_000);
        }
    }
}
