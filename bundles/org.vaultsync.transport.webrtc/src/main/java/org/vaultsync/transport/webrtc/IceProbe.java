// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.vaultsync.IceServer;
import org.vaultsync.Meeting;
import org.vaultsync.ServerChecks.Answer;
import org.vaultsync.ServerChecks.Candidate;
import org.vaultsync.ServerChecks.Problem;
import org.vaultsync.ServerChecks.Reason;
import org.vaultsync.Trouble;

/**
 * Makes an offer to nobody with the help of one STUN or TURN server, to see which kinds of candidates come. Confined to
 * the engine's thread.
 */
final class IceProbe implements Connection.Owner {
    /** Native code itself goes on for 40 s. */
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private static final Duration BUSY = Duration.ofSeconds(15);
    private static final int UNAUTHORIZED = 401;

    private final IceServer server;
    private final Candidate wanted;
    private final long began = System.nanoTime();
    private final Set<Candidate> candidates = EnumSet.noneOf(Candidate.class);
    private final List<Connection.Refusal> refusals = new ArrayList<>();
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private Optional<Connection> connection = Optional.empty();

    private IceProbe(IceServer server) {
        this.server = server;
        wanted = server.url().startsWith("turn") ? Candidate.RELAYED : Candidate.SERVER_REFLEXIVE;
    }

    /** Blocks until it is known. */
    static Answer ask(Engine engine, IceServer server) throws InterruptedException {
        IceProbe probe = new IceProbe(server);
        Optional<Trouble> missing = Natives.trouble();
        if (missing.isPresent()) {
            return probe.failed(new Problem(Reason.NO_WEBRTC, "", missing));
        }
        engine.execute(() -> probe.begin(engine));
        try {
            return probe.answer.get(BUSY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            return probe.failed(
                    new Problem(Reason.OTHER, String.valueOf(failed.getCause().getMessage())));
        } catch (TimeoutException switchedOff) {
            return probe.failed(new Problem(Reason.OTHER, ""));
        } finally {
            engine.execute(probe::end);
        }
    }

    private void begin(Engine engine) {
        try {
            connection = Optional.of(engine.connect(new Meeting(List.of(), List.of(server), false), this));
            connection.get().offer("probe");
            engine.after(PATIENCE, this::conclude);
        } catch (IOException | RuntimeException | Error cannot) {
            answer.completeExceptionally(cannot);
        }
    }

    private void end() {
        connection.ifPresent(there -> there.close("it was a trial"));
    }

    @Override
    public void described(boolean offer, Sdp sdp) {
        // Nobody is told.
    }

    @Override
    public void found(org.vaultsync.transport.webrtc.Candidate candidate) {
        switch (candidate.type()) {
            case "host" -> candidates.add(Candidate.HOST);
            case "srflx" -> candidates.add(Candidate.SERVER_REFLEXIVE);
            case "relay" -> candidates.add(Candidate.RELAYED);
            default -> throw new IllegalStateException(candidate.type());
        }
        if (candidates.contains(wanted)) {
            conclude();
        }
    }

    @Override
    public void refused(Connection.Refusal refusal) {
        // An IPv6 address of this device cannot reach a server over IPv4, and says nothing about it.
        if (!refusal.text().contains("incompatible")) {
            refusals.add(refusal);
        }
    }

    @Override
    public void gathered() {
        conclude();
    }

    private void conclude() {
        Duration took = took();
        answer.complete(new Answer(candidates, problem(took), took));
    }

    private Optional<Problem> problem(Duration took) {
        if (candidates.contains(wanted)) {
            return Optional.empty();
        }
        if (refusals.stream().anyMatch(refusal -> refusal.code() == UNAUTHORIZED)) {
            return Optional.of(new Problem(Reason.WRONG_CREDENTIALS, ""));
        }
        Optional<String> said = refusals.stream().map(Connection.Refusal::text).findFirst();
        if (said.filter(text -> text.contains("lookup")).isPresent()) {
            return Optional.of(new Problem(Reason.UNKNOWN_NAME, ""));
        }
        if (candidates.isEmpty()) {
            return Optional.of(new Problem(Reason.NO_NETWORK, ""));
        }
        if (said.isPresent()) {
            return Optional.of(new Problem(Reason.NO_ANSWER, said.get()));
        }
        // Where no router changes the address, what a STUN server answers is the address that is known already.
        return wanted == Candidate.SERVER_REFLEXIVE && took.compareTo(PATIENCE) < 0
                ? Optional.empty()
                : Optional.of(new Problem(Reason.NO_ANSWER, ""));
    }

    private Answer failed(Problem problem) {
        return new Answer(Set.of(), Optional.of(problem), took());
    }

    private Duration took() {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    @Override
    public void opened() {
        throw new IllegalStateException("nobody was told of it");
    }

    @Override
    public void received(byte[] message) {
        throw new IllegalStateException("nobody was told of it");
    }

    @Override
    public void closed(String why) {
        answer.completeExceptionally(new IOException(why));
    }
}
