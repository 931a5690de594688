// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * How devices that do not know each other yet meet: who asks to be let in with an invite, and devices nearby that are
 * paired by comparing a code on both screens. Found as an OSGi service beside {@link VaultSync}, with the same manners;
 * {@link SyncListener#roomsChanged()} tells of changes.
 */
@ProviderType
public interface Pairing {
    /** Whether a person is asked before a device with an invite is let in. */
    boolean asksFirst();

    /** Sets whether a person is asked before a device with an invite is let in. */
    CompletionStage<Void> askFirst(boolean ask);

    /** Who waits to be let in, the first to come first. */
    List<JoinRequest> requests();

    /** Lets a device in, or not. Nothing happens if it does not wait any more. */
    void answer(JoinRequest request, boolean letIn);

    /** Shows this device under its name to all devices nearby, for ten minutes; or no longer. */
    void discoverable(boolean on);

    /** Until when this device is shown to all devices nearby; empty if it is not. */
    Optional<Instant> discoverableUntil();

    /** The devices nearby that are discoverable now, by name. Anybody may show any name: only the code tells who it is. */
    List<Neighbour> nearby();

    /**
     * Meets a device nearby. Completes when there is a code to compare; the other screen shows it, too.
     *
     * @param neighbour one of {@link #nearby()}
     */
    CompletionStage<Encounter> meet(Neighbour neighbour);

    /** The encounters under way, also those that the other side began. */
    List<Encounter> encounters();

    /**
     * Says that both screens show the same code. Completes once the one device has joined the room of the other.
     *
     * @param room to let the other device into; empty to join a room of the other's. Exactly one of the two names one.
     */
    CompletionStage<RoomId> confirm(Encounter encounter, Optional<RoomId> room);

    /** Ends an encounter: the codes differ, or nobody wants it any more. */
    void reject(Encounter encounter);
}
