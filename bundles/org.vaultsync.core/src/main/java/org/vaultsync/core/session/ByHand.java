// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.session;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.vaultsync.Fingerprint;
import org.vaultsync.LinkByHand;
import org.vaultsync.SyncException;
import org.vaultsync.Trouble;
import org.vaultsync.core.identity.Knocks;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.transport.Courier;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.Rendezvous;
import org.vaultsync.transport.TroubleException;

/** Links for which a person carries the offer and its answer, made on threads that may wait. Thread-safe. */
final class ByHand {
    private final Machine machine;
    private final Secrets secrets;
    private final Predicate<Fingerprint> paused;
    private final Map<String, Endpoint> endpoints; // that are there now, by kind of transport
    private final Map<String, Trouble> closed; // why there is none, by kind

    ByHand(
            Machine machine,
            Secrets secrets,
            Predicate<Fingerprint> paused,
            Map<String, Endpoint> endpoints,
            Map<String, Trouble> closed) {
        this.machine = machine;
        this.secrets = secrets;
        this.paused = paused;
        this.endpoints = endpoints;
        this.closed = closed;
    }

    CompletionStage<String> offer(Fingerprint member) {
        return run(courier -> {
            byte[] secret =
                    secrets.with(member).orElseThrow(() -> new IOException("It is in no room with this device."));
            if (paused.test(member)) {
                throw new IOException("Sync with it is paused.");
            }
            return courier.offer(member, new Rendezvous(Knocks.ofRendezvous(secret), List.of()));
        });
    }

    /** Takes what a person has carried here. */
    CompletionStage<LinkByHand.Reply> take(String text) {
        return run(courier -> {
            Map<Fingerprint, Rendezvous> members = new LinkedHashMap<>();
            secrets.eachMember((member, secret) -> {
                if (!paused.test(member)) {
                    members.put(member, new Rendezvous(Knocks.ofRendezvous(secret), List.of()));
                }
            });
            return courier.take(text, members);
        });
    }

    void end(Fingerprint member) {
        courier().ifPresent(courier -> courier.end(member));
    }

    private Optional<Courier> courier() {
        return endpoints.values().stream()
                .flatMap(endpoint -> endpoint.courier().stream())
                .findFirst();
    }

    /** What is asked of a courier. */
    @FunctionalInterface
    private interface Errand<T> {
        T run(Courier courier) throws IOException;
    }

    private <T> CompletionStage<T> run(Errand<T> errand) {
        CompletableFuture<T> result = new CompletableFuture<>();
        machine.run("vaultsync by hand", Duration.ZERO, () -> {
            try {
                result.complete(errand.run(courier()
                        .orElseThrow(() -> Optional.ofNullable(closed.get("webrtc"))
                                .<IOException>map(why -> new TroubleException(why, null))
                                .orElseGet(() -> new IOException(
                                        "This needs WebRTC, which is not installed here or is switched off.")))));
            } catch (IOException cannot) {
                result.completeExceptionally(new SyncException(TroubleException.of(cannot)));
            } catch (RuntimeException | Error ours) {
                result.completeExceptionally(ours);
            }
        });
        return result;
    }
}
