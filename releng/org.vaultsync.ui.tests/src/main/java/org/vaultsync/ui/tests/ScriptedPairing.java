// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.vaultsync.DeviceSettings;
import org.vaultsync.Encounter;
import org.vaultsync.Fingerprint;
import org.vaultsync.JoinRequest;
import org.vaultsync.Listening;
import org.vaultsync.Meeting;
import org.vaultsync.Neighbour;
import org.vaultsync.Pairing;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;

/** Devices nearby and what is set about this one, as a test wants them. */
final class ScriptedPairing implements Pairing, DeviceSettings {
    final List<String> calls = new CopyOnWriteArrayList<>();
    final CompletableFuture<Encounter> meeting = new CompletableFuture<>();
    final CompletableFuture<RoomId> pairing = new CompletableFuture<>();
    volatile List<Neighbour> nearby = List.of();
    volatile List<Encounter> encounters = List.of();
    volatile List<JoinRequest> requests = List.of();
    volatile Optional<Instant> until = Optional.empty();
    volatile Listening listening = Listening.USUAL;
    private Meeting servers = Meeting.USUAL;
    volatile List<String> nearbyServers = List.of();
    volatile List<String> typed = List.of();
    volatile Duration pause = Duration.ofMinutes(1);
    volatile Optional<String> refusal = Optional.empty();
    volatile boolean asks;
    volatile Set<String> off = Set.of();
    volatile Optional<SyncException> rotating = Optional.empty(); // why the key cannot be replaced
    volatile Optional<Integer> signaling = Optional.of(4444);

    @Override
    public boolean asksFirst() {
        return asks;
    }

    @Override
    public CompletionStage<Void> askFirst(boolean ask) {
        asks = ask;
        return CompletableFuture.completedStage(null);
    }

    @Override
    public List<JoinRequest> requests() {
        return requests;
    }

    @Override
    public void answer(JoinRequest request, boolean letIn) {
        calls.add("answer " + request.name() + " " + letIn);
        requests = List.of();
    }

    @Override
    public void discoverable(boolean on) {
        until = on ? Optional.of(Instant.now().plus(Duration.ofMinutes(10))) : Optional.empty();
    }

    @Override
    public Optional<Instant> discoverableUntil() {
        return until;
    }

    @Override
    public List<Neighbour> nearby() {
        return nearby;
    }

    @Override
    public CompletionStage<Encounter> meet(Neighbour neighbour) {
        calls.add("meet " + neighbour.name());
        return meeting;
    }

    @Override
    public List<Encounter> encounters() {
        return encounters;
    }

    @Override
    public CompletionStage<RoomId> confirm(Encounter encounter, Optional<RoomId> room) {
        calls.add("confirm " + encounter.code() + " " + room.map(RoomId::hex).orElse("-"));
        return pairing;
    }

    @Override
    public void reject(Encounter encounter) {
        calls.add("reject " + encounter.code());
        encounters = List.of();
    }

    @Override
    public Listening listening() {
        return listening;
    }

    @Override
    public CompletionStage<Void> listen(Listening how) {
        listening = how;
        return CompletableFuture.completedStage(null);
    }

    @Override
    public Meeting meeting() {
        return servers;
    }

    @Override
    public CompletionStage<Void> meet(Meeting how) {
        servers = how;
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Set<String> transports() {
        return Set.of("lan", "webrtc");
    }

    @Override
    public Set<String> transportsOff() {
        return off;
    }

    @Override
    public CompletionStage<Void> switchOff(Set<String> transports) {
        calls.add("switch off " + transports);
        off = transports;
        return CompletableFuture.completedStage(null);
    }

    @Override
    public Duration lookAgain() {
        return pause;
    }

    @Override
    public CompletionStage<Void> setLookAgain(Duration again) {
        calls.add("look again after " + again);
        pause = again;
        return CompletableFuture.completedStage(null);
    }

    @Override
    public List<String> addresses(Fingerprint member) {
        return Stream.concat(Stream.of("192.168.1.4:8765"), typed.stream()).toList();
    }

    @Override
    public List<String> typedAddresses(Fingerprint member) {
        return typed;
    }

    @Override
    public CompletionStage<Void> setTypedAddresses(Fingerprint member, List<String> addresses) {
        calls.add("addresses of " + member + " " + addresses);
        if (refusal.isPresent()) {
            return CompletableFuture.failedStage(new SyncException(refusal.get()));
        }
        typed = List.copyOf(addresses);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public Optional<Integer> signalingPort() {
        return signaling;
    }

    @Override
    public CompletionStage<Void> runSignaling(Optional<Integer> port) {
        calls.add("signaling " + port);
        signaling = port;
        return CompletableFuture.completedStage(null);
    }

    @Override
    public List<String> signalingAddresses() {
        return signaling.map(port -> "ws://192.168.1.20:" + port).stream().toList();
    }

    @Override
    public List<String> nearbySignaling() {
        return nearbyServers;
    }

    @Override
    public KeyPlace keyPlace() {
        return KeyPlace.KEYRING;
    }

    @Override
    public CompletionStage<Void> rotateKey() {
        calls.add("rotate");
        return rotating.<CompletionStage<Void>>map(CompletableFuture::failedStage)
                .orElseGet(() -> CompletableFuture.completedStage(null));
    }
}
