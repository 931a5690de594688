// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.SyncException;
import org.vaultsync.Trouble;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.transport.SignalingHost;
import org.vaultsync.transport.SignalingHost.Hosted;
import org.vaultsync.transport.TroubleException;

/** The signaling server of this device, while somebody wants one. Thread-safe. */
final class OwnSignaling implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OwnSignaling.class);

    private final Choices choices;
    private final Worker thread;
    private final Runnable changed;
    private volatile Optional<SignalingHost> host = Optional.empty(); // changed on the thread
    private volatile Optional<Hosted> running = Optional.empty(); // changed on the thread
    private volatile Optional<Trouble> trouble = Optional.empty(); // changed on the thread

    OwnSignaling(Choices choices, Machine machine, Runnable changed) {
        this.choices = choices;
        this.changed = changed;
        thread = machine.worker("vaultsync signaling");
    }

    /** The same one may be told again. */
    void came(SignalingHost present) {
        thread.execute(() -> {
            if (host.filter(known -> known == present).isEmpty()) {
                host = Optional.of(present);
                startAsChosen();
            }
        });
    }

    void gone(SignalingHost absent) {
        thread.execute(() -> {
            if (host.filter(present -> present == absent).isPresent()) {
                stop();
                host = Optional.empty();
                trouble = Optional.empty();
                changed.run();
            }
        });
    }

    /** Where it is to run. */
    Optional<Integer> port() {
        return choices.signaling().orElseGet(() -> host.flatMap(SignalingHost::usualPort));
    }

    boolean isRunning() {
        return running.isPresent();
    }

    List<String> addresses() {
        return running.map(Hosted::addresses).orElse(List.of());
    }

    /** Why it does not run though it is to. */
    Optional<Trouble> trouble() {
        return trouble;
    }

    /** Runs it there, or not at all. Where that fails, what ran before runs again. */
    CompletionStage<Void> run(Optional<Integer> port) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        thread.execute(() -> {
            try {
                restart(port);
            } catch (IOException refused) {
                startAsChosen();
                done.completeExceptionally(new SyncException(TroubleException.of(refused)));
                return;
            }
            trouble = Optional.empty();
            changed.run();
            choices.signaling(port).whenComplete((stored, failed) -> {
                if (failed == null) {
                    done.complete(null);
                } else {
                    done.completeExceptionally(failed);
                }
            });
        });
        return done;
    }

    private void startAsChosen() {
        try {
            restart(port());
            trouble = Optional.empty();
        } catch (IOException refused) {
            LOG.error("the signaling server of this device does not run: {}", refused.getMessage());
            trouble = Optional.of(TroubleException.of(refused));
        }
        changed.run();
    }

    /** The host is another bundle: whatever it throws, whoever waits is answered. */
    private void restart(Optional<Integer> port) throws IOException {
        try {
            stop();
            start(port);
        } catch (RuntimeException failed) {
            throw new IOException(failed.toString(), failed);
        }
    }

    private void start(Optional<Integer> port) throws IOException {
        if (port.isEmpty()) {
            return;
        }
        SignalingHost present = host.orElseThrow(
                () -> new IOException("The part of sync that runs a signaling server is not installed here."));
        running = Optional.of(present.open(port.get()));
    }

    private void stop() {
        Optional<Hosted> former = running;
        running = Optional.empty();
        former.ifPresent(Hosted::close);
    }

    @Override
    public void close() {
        thread.execute(this::stop);
        thread.close();
    }
}
