// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Tries servers out before anything relies on them. An OSGi service, there while the WebRTC transport is; it needs no room
 * and leaves nothing behind. Thread-safe; several servers may be tried at once. To give up, interrupt the thread that
 * waits.
 */
@ProviderType
public interface ServerChecks {
    /**
     * Asks a STUN or TURN server for addresses under which others could reach this device, as a link would. Blocks up to
     * 15 s.
     *
     * @throws InterruptedException if the wait was given up
     */
    Answer gather(IceServer server) throws InterruptedException;

    /**
     * Connects to a signaling server and waits until it has answered a message. Blocks up to 15 s.
     *
     * @param address such as {@code wss://example.org:4444}
     * @throws IllegalArgumentException if that is no address, as {@link Meeting#checked} says
     * @throws InterruptedException if the wait was given up
     */
    Answer reach(String address) throws InterruptedException;

    /** A way to this device that others could try. */
    enum Candidate {
        /** An address of this device itself. */
        HOST,
        /** The address that a server sees this device under: that of a router, where there is one. */
        SERVER_REFLEXIVE,
        /** An address of the server, which passes on what comes there. */
        RELAYED
    }

    /**
     * What came of it.
     *
     * @param candidates the kinds that there are with this server; none for a signaling server. A STUN server that works
     *     adds none where no router changes addresses
     * @param problem why the server cannot be used; empty if it does what it is there for
     * @param took until it had answered, or the check was over
     */
    record Answer(Set<Candidate> candidates, Optional<Problem> problem, Duration took) {
        public Answer {
            candidates = Set.copyOf(candidates);
        }
    }

    /**
     * Why a server cannot be used.
     *
     * @param detail what was said about it by whom it came from; may be empty
     * @param trouble of {@link Reason#NO_WEBRTC} why it does not run; of others empty
     */
    record Problem(Reason reason, String detail, Optional<Trouble> trouble) {
        public Problem(Reason reason, String detail) {
            this(reason, detail, Optional.empty());
        }
    }

    /** Why a server cannot be used, in kinds. */
    enum Reason {
        /** WebRTC does not run on this machine. */
        NO_WEBRTC,
        /** This device is on no network. */
        NO_NETWORK,
        /** There is no computer of that name. */
        UNKNOWN_NAME,
        /** Nothing listens there, or there is no way there. */
        NOT_LISTENING,
        /** Nothing comes back: it does not run, or something between lets nothing through. */
        NO_ANSWER,
        /** It does not take the user and the password. */
        WRONG_CREDENTIALS,
        /** Its certificate is not trusted. */
        NOT_TRUSTED,
        /** Something answers there that is no server of that kind. */
        OTHER_SERVICE,
        /** Anything else. */
        OTHER
    }
}
