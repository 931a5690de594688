// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.vaultsync.robot.driver.HostDriver;

/** Two Hangars on one screen: A with the sample vault, B with an empty one. */
final class Pair implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(30);

    /** Starts a host with an empty vault. */
    static final String EMPTY = "-Dhangar.sample=none";

    static final String ANNA = "Anna's laptop";
    static final String BEN = "Ben's desktop";

    private static final String TYPE_INVITE = "Invite or code:";

    final HostDriver a;
    final HostDriver b;

    Pair(HostDriver a, HostDriver b) {
        this.a = a;
        this.b = b;
    }

    /** Starts a host. */
    @FunctionalInterface
    interface Start {
        HostDriver start() throws IOException;
    }

    /** Starts both at once, and names them. */
    static Pair start(Installation hangar, Path workspaces) {
        return start(hangar, workspaces, EMPTY);
    }

    /** Starts both at once, B with arguments for Java, and names them. */
    static Pair start(Installation hangar, Path workspaces, String... ofB) {
        return named(() -> hangar.start(workspaces.resolve("a")), () -> hangar.start(workspaces.resolve("b"), ofB));
    }

    /** Starts both at once, and names them. */
    static Pair named(Start a, Start b) {
        Pair pair = atOnce(a, b);
        try {
            name(pair.a, pair.b);
            return pair;
        } catch (RuntimeException failed) {
            end(pair.a);
            end(pair.b);
            throw failed;
        }
    }

    /** Starts both at once. */
    static Pair atOnce(Start a, Start b) {
        CompletableFuture<HostDriver> other = CompletableFuture.supplyAsync(() -> begin(b));
        HostDriver one = null;
        try {
            one = begin(a);
            return new Pair(one, other.join());
        } catch (RuntimeException failed) {
            end(one);
            other.handle((started, why) -> end(started)).join();
            throw failed;
        }
    }

    /** Of one that may not have started. */
    private static Process end(HostDriver host) {
        return host == null ? null : host.process().destroyForcibly();
    }

    private static HostDriver begin(Start host) {
        try {
            return host.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Names two that were started. */
    static void name(HostDriver a, HostDriver b) {
        a.send("name-device", ANNA);
        b.send("name-device", BEN);
    }

    /** In A: opens an item, switches on its sync toggle and creates a room for it. Returns the invite. */
    String share(String item, String room) {
        a.open(item);
        a.click("Not shared");
        a.waitDialog("Room", SOON);
        a.type("Name:", room);
        a.click("Create");
        a.waitDialog("Invite", SOON);
        a.send("wait-enabled", "Copy Invite", SOON.toMillis());
        a.click("Copy Invite");
        a.click("Close");
        return a.clipboard();
    }

    /** In B: joins by pasting. */
    void join(String invite) {
        b.command("org.vaultsync.ui.joinRoom");
        b.waitDialog("Room", SOON);
        b.type(TYPE_INVITE, invite);
        b.click("Join");
        b.waitDialog("Hangar", SOON);
    }

    /** Both at once. */
    void quit() {
        CompletableFuture<Void> other = CompletableFuture.runAsync(b::quit);
        a.quit();
        other.join();
    }

    @Override
    public void close() throws IOException {
        try (a;
                b) {
            // Only to be sure that both processes are gone.
        }
    }
}
