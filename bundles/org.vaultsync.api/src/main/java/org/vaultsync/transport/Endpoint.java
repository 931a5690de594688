// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.vaultsync.Fingerprint;
import org.vaultsync.Trouble;

/** A transport that listens. Thread-safe. Closing it closes its links too. */
public interface Endpoint extends AutoCloseable {
    /** Where other devices may dial this one, likeliest first, in the form that {@link #dial} takes. They change as networks come and go. */
    List<String> addresses();

    /** What keeps it from working as it is set, though it listens. Answers at once. */
    default Optional<Trouble> trouble() {
        return Optional.empty();
    }

    /**
     * Dials a device. Blocks, at most 10 s; called on a virtual thread.
     *
     * @param address as the other side's {@link #addresses()} gave it, or as a person typed it
     * @param expected the key that the other side must prove
     * @throws OtherKeyException if somebody answered there who has another key
     * @throws IOException if nobody answered there, or somebody who does not know this device, with a sentence for people
     */
    Link dial(String address, Fingerprint expected, Knock knock) throws IOException;

    /** Whether devices are met over this transport, with {@link #meet}, and not dialled. Its addresses are where they look. */
    default boolean meets() {
        return false;
    }

    /**
     * Lets itself be met by whoever knows one of these, until it is called again. Returns at once.
     */
    default void await(Collection<Rendezvous> whom) {}

    /**
     * Meets a device that {@link #await awaits} this one. Blocks, at most 15 s; called on a virtual thread.
     *
     * @param expected the key that the other side must prove
     * @throws NoWayException if somebody was there, and no link came about
     * @throws IOException if nobody was there, with a sentence for people
     */
    default Link meet(Rendezvous where, Fingerprint expected, Knock knock) throws IOException {
        throw new IOException("Devices cannot be met this way.");
    }

    /** Makes links by texts that people carry, where this transport can. */
    default Optional<Courier> courier() {
        return Optional.empty();
    }

    /**
     * Dials a device that shows itself to everybody, whatever key it has. Blocks, at most 10 s; called on a virtual
     * thread.
     *
     * @throws IOException if nobody answered there, with a sentence for people
     */
    default Link visit(String address, Knock knock) throws IOException {
        throw new IOException("Devices nearby cannot be met this way.");
    }

    /** Shows this device to everybody nearby, until {@link #show} is called with nothing. Returns at once. */
    default void show(Optional<Card> card) {}

    /**
     * Makes this device findable for others nearby, and looks out for them, until {@link #hide()}. Returns at once.
     * Called again when who may find it has changed.
     *
     * @param fresh gives a new announcement each time one is needed: now, for each network, and when networks come;
     *     called on a thread of the transport, and returns at once
     */
    default void announce(Supplier<Announcement> fresh) {}

    /**
     * Tells everybody nearby that a signaling server runs at this port of this device, or none any more. Returns at once.
     * While this device {@linkplain #announce looks out} for others, the door is told of theirs.
     */
    default void serve(Optional<Integer> signalingPort) {}

    /** No longer announces this device nor looks out for others. Links stay. Returns at once. */
    default void hide() {}

    @Override
    void close();
}
