// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import dev.onvoid.webrtc.CreateSessionDescriptionObserver;
import dev.onvoid.webrtc.PeerConnectionObserver;
import dev.onvoid.webrtc.RTCAnswerOptions;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCDataChannelBuffer;
import dev.onvoid.webrtc.RTCDataChannelInit;
import dev.onvoid.webrtc.RTCDataChannelObserver;
import dev.onvoid.webrtc.RTCDataChannelState;
import dev.onvoid.webrtc.RTCIceCandidate;
import dev.onvoid.webrtc.RTCIceGatheringState;
import dev.onvoid.webrtc.RTCOfferOptions;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.RTCPeerConnectionIceErrorEvent;
import dev.onvoid.webrtc.RTCPeerConnectionState;
import dev.onvoid.webrtc.RTCSdpType;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.onvoid.webrtc.RTCStats;
import dev.onvoid.webrtc.RTCStatsType;
import dev.onvoid.webrtc.SetSessionDescriptionObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One native connection with one data channel. Confined to the engine's thread, but for {@link #send} and {@link
 * #buffered}. What native code calls never blocks, never throws, and does next to nothing.
 *
 * <p>Using a channel while it is disposed ends the process, so whoever touches it holds its lock and looks whether it is
 * still there. Native threads never take that lock.
 */
final class Connection {
    private static final Logger log = LoggerFactory.getLogger(Connection.class);
    /** The most that the library sends; with one byte more it closes the channel without saying so. */
    static final int MAX_MESSAGE = 262_144;

    /** Each is tried in native code, from each address of this device; a device has a few. */
    static final int MOST_WAYS = 100;

    private static final Duration SETTLED = Duration.ofSeconds(1);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

    /** Who is told what happens to a connection. */
    interface Owner {
        /** What to tell the other side of this one: the offer or the answer. On the engine's thread. */
        void described(boolean offer, Sdp sdp);

        /** A way to this side, for the other one. On the engine's thread. */
        void found(Candidate candidate);

        /** A STUN or TURN server was of no help. On the engine's thread. */
        default void refused(Refusal refusal) {}

        /** All ways to this side are found. On the engine's thread. */
        default void gathered() {}

        /** The channel is open. On the engine's thread. */
        void opened();

        /** The other side does not answer, though the channel is open. It may again. On the engine's thread. */
        default void silent() {}

        /** A message came. On a native thread: returns at once. */
        void received(byte[] message);

        /** It is closed, by either side or because it broke. The last call, on the engine's thread. */
        void closed(String why);
    }

    /**
     * What a STUN or TURN server, or the way there, had to say.
     *
     * @param code of STUN, such as 401; 701 where nothing was heard from the server
     * @param text as native code words it
     */
    record Refusal(int code, String text) {}

    private final Engine engine;
    private final Engine.Factory factory;
    private final Owner owner;
    final RTCPeerConnection peer;
    private final Watch watch = new Watch(this);
    private final ReentrantLock using = new ReentrantLock();
    private final Set<Candidate> ways = new HashSet<>(); // engine thread only; told since the last description
    private final List<Candidate> early = new ArrayList<>(); // engine thread only; until the other side is described
    private Optional<Sdp> local = Optional.empty(); // engine thread only
    private Optional<Sdp> remote = Optional.empty(); // engine thread only
    private boolean described; // engine thread only; native code has taken the other side's description
    private boolean offering; // engine thread only; has made an offer that nobody has answered
    private boolean opened; // engine thread only
    private Optional<ScheduledFuture<?>> looking = Optional.empty(); // engine thread only
    private volatile Optional<String> path = Optional.empty();
    private volatile Optional<Duration> roundTrip = Optional.empty();
    private boolean patient; // engine thread only; goes on while no way is found, and tries those that are told again
    private RTCDataChannel channel; // changed with the lock held; null while there is none
    private boolean closed; // changed on the engine's thread with the lock held

    Connection(Engine engine, Engine.Factory factory, RTCConfiguration how, Owner owner) {
        this.engine = engine;
        this.factory = factory;
        this.owner = owner;
        peer = factory.connect(how, watch);
    }

    /**
     * What native code calls. It is never freed there, so it is small and lets go of everything when the connection
     * closes.
     */
    private static final class Watch implements PeerConnectionObserver, RTCDataChannelObserver {
        private volatile Connection connection;

        Watch(Connection connection) {
            this.connection = connection;
        }

        private void tell(Consumer<Connection> what) {
            try {
                Connection present = connection;
                if (present != null) {
                    present.engine.execute(() -> present.guarded(() -> what.accept(present)));
                }
            } catch (Throwable never) {
                report(never);
            }
        }

        /** What leaves a callback ends the process. */
        private static void report(Throwable never) {
            try {
                log.error("webrtc: failed in a callback", never);
            } catch (Throwable evenThat) {
                return;
            }
        }

        @Override
        public void onIceCandidate(RTCIceCandidate candidate) {
            tell(there -> there.found(candidate));
        }

        @Override
        public void onIceCandidateError(RTCPeerConnectionIceErrorEvent error) {
            tell(there -> there.owner.refused(new Refusal(error.getErrorCode(), String.valueOf(error.getErrorText()))));
        }

        @Override
        public void onIceGatheringChange(RTCIceGatheringState state) {
            if (state == RTCIceGatheringState.COMPLETE) {
                tell(there -> there.owner.gathered());
            }
        }

        @Override
        public void onConnectionChange(RTCPeerConnectionState state) {
            tell(there -> there.changed(state));
        }

        @Override
        public void onDataChannel(RTCDataChannel incoming) {
            tell(there -> there.adopt(incoming));
        }

        @Override
        public void onStateChange() {
            tell(Connection::channelChanged);
        }

        @Override
        public void onBufferedAmountChange(long before) {
            // Never called by this version of the library.
        }

        @Override
        public void onMessage(RTCDataChannelBuffer buffer) {
            try {
                Connection present = connection;
                if (present != null) {
                    // The buffer dies with this call.
                    byte[] message = new byte[buffer.data.remaining()];
                    buffer.data.get(message);
                    present.factory.received();
                    present.owner.received(message);
                }
            } catch (Throwable never) {
                report(never);
                tell(there -> there.close("this device failed to take a message"));
            }
        }
    }

    /** Native code throws errors on what it does not like; they cost this connection alone. */
    private void guarded(Runnable step) {
        if (closed) {
            return;
        }
        try {
            step.run();
        } catch (RuntimeException | Error refused) {
            log.debug("webrtc: a connection fails", refused);
            close("it broke: " + refused.getMessage());
        }
    }

    /** Opens a channel and makes the offer. */
    void offer(String label) {
        guarded(() -> {
            offering = true;
            RTCDataChannelInit reliable = new RTCDataChannelInit();
            reliable.ordered = true;
            adopt(peer.createDataChannel(label, reliable));
            peer.createOffer(new RTCOfferOptions(), new Made(true));
        });
    }

    /**
     * Looks for ways to the other side anew, from the networks that this device is on now. The channel stays, and what is on
     * its way is sent again. Called again when the other side cannot have heard of it.
     */
    void restart() {
        guarded(() -> {
            if (opened) {
                offering = true;
                RTCOfferOptions anew = new RTCOfferOptions();
                anew.iceRestart = true;
                peer.createOffer(anew, new Made(true));
            }
        });
    }

    /**
     * Takes the other side's offer and makes the answer. Called again when the other side renegotiates; an offer of this side
     * that nobody has answered is taken back then. The same offer comes again where both look at one server under several
     * addresses; to answer twice would end the connection.
     */
    void accept(Sdp offer) {
        guarded(() -> {
            if (remote.filter(offer::equals).isPresent()) {
                return;
            }
            if (offering) {
                offering = false;
                peer.setLocalDescription(
                        new RTCSessionDescription(RTCSdpType.ROLLBACK, ""), new Done(there -> there.take(offer)));
            } else {
                take(offer);
            }
        });
    }

    private void take(Sdp offer) {
        ways.retainAll(early);
        remote = Optional.of(offer);
        peer.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, offer.wire()), new Done(there -> {
            there.remoteIsDescribed();
            there.peer.createAnswer(new RTCAnswerOptions(), there.new Made(false));
        }));
    }

    /** Takes the other side's answer. */
    void answered(Sdp answer) {
        guarded(() -> {
            if (!offering || local.isEmpty()) {
                log.debug("webrtc: an answer to nothing");
                return;
            }
            offering = false;
            ways.retainAll(early);
            remote = Optional.of(answer);
            peer.setRemoteDescription(
                    new RTCSessionDescription(RTCSdpType.ANSWER, answer.wire()),
                    new Done(Connection::remoteIsDescribed));
        });
    }

    private void remoteIsDescribed() {
        described = true;
        early.forEach(this::put);
        early.clear();
    }

    /** Does not end when no way to the other side is found, until it is closed. */
    void patient() {
        patient = true;
    }

    /** Takes a way to the other side; one that was given up is tried again. */
    void add(Candidate candidate) {
        guarded(() -> {
            if (!ways.contains(candidate) && ways.size() >= MOST_WAYS) {
                log.debug("webrtc: one way too many is passed over");
                return;
            }
            ways.add(candidate);
            if (described) {
                put(candidate);
            } else if (early.size() < MOST_WAYS) {
                early.add(candidate);
            }
        });
    }

    private void put(Candidate candidate) {
        if (candidate.isNumeric()) {
            peer.addIceCandidate(new RTCIceCandidate(candidate.mid(), candidate.index(), candidate.text()));
        }
    }

    /** Takes the result of making an offer or an answer. */
    private final class Made implements CreateSessionDescriptionObserver {
        private final boolean offer;

        Made(boolean offer) {
            this.offer = offer;
        }

        @Override
        public void onSuccess(RTCSessionDescription made) {
            watch.tell(there -> {
                Sdp sdp = new Sdp(made.sdp);
                there.local = Optional.of(sdp);
                there.peer.setLocalDescription(made, new Done(connection -> {}));
                there.owner.described(offer, sdp);
            });
        }

        @Override
        public void onFailure(String why) {
            watch.tell(there -> there.close("it broke: " + why));
        }
    }

    /** Takes the result of setting a description. */
    private final class Done implements SetSessionDescriptionObserver {
        private final Consumer<Connection> then;

        Done(Consumer<Connection> then) {
            this.then = then;
        }

        @Override
        public void onSuccess() {
            watch.tell(then);
        }

        @Override
        public void onFailure(String why) {
            watch.tell(there -> there.close("the other side described itself wrongly: " + why));
        }
    }

    private void found(RTCIceCandidate candidate) {
        if (candidate.sdp.isEmpty()) {
            return;
        }
        try {
            owner.found(new Candidate(candidate.sdp, candidate.sdpMid, candidate.sdpMLineIndex));
        } catch (IllegalArgumentException unusual) {
            log.debug("webrtc: a candidate of an unusual form is not told");
        }
    }

    private void adopt(RTCDataChannel one) {
        boolean second;
        using.lock();
        try {
            second = channel != null;
            if (!second) {
                channel = one;
            }
        } finally {
            using.unlock();
        }
        if (second) {
            // Nobody would read from it, and native code keeps what it gets. It ends with the connection.
            close("it opened a second channel");
            return;
        }
        one.registerObserver(watch);
        channelChanged();
    }

    private void channelChanged() {
        if (channel == null) {
            return;
        }
        RTCDataChannelState state = channel.getState();
        if (state == RTCDataChannelState.OPEN && !opened) {
            opened = true;
            lookNowAndThen();
            owner.opened();
        } else if (state == RTCDataChannelState.CLOSED) {
            close("the other side closed it");
        }
    }

    private void changed(RTCPeerConnectionState state) {
        switch (state) {
            case FAILED -> {
                if (opened || !patient) {
                    close(opened ? "it broke" : "no way to the other side was found");
                }
            }
            case CLOSED -> close("the other side closed it");
            case DISCONNECTED -> {
                log.debug("webrtc: a connection is {}", state);
                if (opened) {
                    owner.silent();
                }
            }
            case NEW, CONNECTING, CONNECTED -> log.debug("webrtc: a connection is {}", state);
        }
    }

    /** The hash of the certificate of this side, as described. On the engine's thread, once the channel is open. */
    String localFingerprint() {
        return local.orElseThrow().fingerprint();
    }

    /** The hash of the certificate that the other side has shown. On the engine's thread, once the channel is open. */
    String remoteFingerprint() {
        return remote.orElseThrow().fingerprint();
    }

    /** Whether this side has offered and the other has not answered yet. */
    boolean isOffering() {
        return offering;
    }

    /** Whether this comes from the other end of this connection, not from a later one: each has a certificate of its own. */
    boolean isWith(Sdp description) {
        return remote.filter(known -> known.fingerprint().equals(description.fingerprint()))
                .isPresent();
    }

    /** Sends one message of at most {@link #MAX_MESSAGE} bytes. On any thread; returns at once. */
    void send(byte[] message) throws IOException {
        using.lock();
        try {
            if (closed || channel == null) {
                throw new IOException("it is closed");
            }
            channel.send(new RTCDataChannelBuffer(ByteBuffer.wrap(message), true));
        } catch (IOException closedBefore) {
            throw closedBefore;
        } catch (Exception | Error refused) {
            throw new IOException("it broke: " + refused.getMessage(), refused);
        } finally {
            using.unlock();
        }
    }

    /** How many bytes are on their way into the network. On any thread. */
    long buffered() throws IOException {
        using.lock();
        try {
            if (closed || channel == null) {
                throw new IOException("it is closed");
            }
            return channel.getBufferedAmount();
        } catch (RuntimeException | Error refused) {
            throw new IOException("it broke: " + refused.getMessage(), refused);
        } finally {
            using.unlock();
        }
    }

    /** How the other side was reached when last looked at: {@code direct} or {@code relayed}. On any thread. */
    Optional<String> path() {
        return path;
    }

    /** How long the way there and back took when last looked at. On any thread. */
    Optional<Duration> roundTrip() {
        return roundTrip;
    }

    /** Asks native code how the other side is reached now: that changes while better ways are found. */
    private void look() {
        guarded(() -> peer.getStats(report -> watch.tell(there -> there.seen(report.getStats()))));
    }

    private void lookNowAndThen() {
        look();
        engine.after(SETTLED, this::look);
        looking = Optional.of(engine.every(BETWEEN_LOOKS, this::look));
    }

    private void seen(Map<String, RTCStats> stats) {
        stats.values().stream()
                .filter(one -> one.getType() == RTCStatsType.TRANSPORT)
                .map(one -> stats.get(String.valueOf(one.getAttributes().get("selectedCandidatePairId"))))
                .filter(pair -> pair != null)
                .findFirst()
                .ifPresent(pair -> {
                    boolean relayed = Stream.of("localCandidateId", "remoteCandidateId")
                            .map(end -> stats.get(
                                    String.valueOf(pair.getAttributes().get(end))))
                            .anyMatch(end -> end != null
                                    && "relay".equals(end.getAttributes().get("candidateType")));
                    path = Optional.of(relayed ? "relayed" : "direct");
                    if (pair.getAttributes().get("currentRoundTripTime") instanceof Number seconds) {
                        roundTrip = Optional.of(Duration.ofNanos((long) (seconds.doubleValue() * 1e9)));
                    }
                });
    }

    /** Closes it at once; what was sent a moment before may be lost. On the engine's thread. Harmless when it is closed. */
    void close(String why) {
        using.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            using.unlock();
        }
        watch.connection = null;
        looking.ifPresent(each -> each.cancel(false));
        // In this order, or the process ends.
        try {
            if (channel != null) {
                channel.unregisterObserver();
                channel.close();
                channel.dispose();
            }
            peer.close();
        } catch (RuntimeException | Error alreadyBroken) {
            log.debug("webrtc: broke while it closed", alreadyBroken);
        }
        factory.closed(this);
        owner.closed(why);
    }
}
