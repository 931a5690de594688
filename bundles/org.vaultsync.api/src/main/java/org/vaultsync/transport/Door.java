// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.vaultsync.Listening;
import org.vaultsync.Meeting;

/** What core tells a transport about who may come in, and what the transport tells core about who came. Thread-safe. */
@ProviderType
public interface Door {
    /**
     * Who knocks. Asked before the device shows anything of itself, its certificate included. Returns at once.
     *
     * @return empty for a stranger and for a knock that was heard before: the caller hangs up
     */
    Optional<Guest> recognise(Knock knock);

    /**
     * Where this device could be dialled when it last ran, so that a transport may listen there again and others find it
     * where they left it. Returns at once.
     */
    default List<String> formerAddresses() {
        return List.of();
    }

    /** How a person wants this device to be reached; empty where nobody has set that. Returns at once. */
    default Optional<Listening> settings() {
        return Optional.empty();
    }

    /** How a person wants this device to meet those that it cannot dial; empty where nobody has set that. Returns at once. */
    default Optional<Meeting> meeting() {
        return Optional.empty();
    }

    /** Hands over a link that another device dialled and that is authenticated. Returns at once. */
    void linked(Link link);

    /**
     * Callers were hung up on before they were anybody: they did not knock, say, or proved another key. What happens often is
     * told once in a while, with how often. Returns at once.
     *
     * @param why a sentence for people, the same for all of a kind
     * @param times how many there were since that was told last
     */
    default void refused(String why, int times) {}

    /** A device was seen nearby; the same one may be told again. Returns at once. */
    default void sighted(Sighting sighting) {}

    /**
     * A device nearby shows itself to everybody; the same one may be told again. Returns at once.
     *
     * @param id names it until {@link #shownNoLonger}
     */
    default void shown(String id, Card card, List<String> addresses) {}

    /** A device that was {@link #shown} is not any more. Returns at once. */
    default void shownNoLonger(String id) {}

    /**
     * Somebody nearby runs a signaling server for everybody; the same one may be told again. Returns at once.
     *
     * @param id names it until {@link #servedNoLonger}
     * @param addresses such as {@code ws://192.168.1.20:4444}
     */
    default void served(String id, List<String> addresses) {}

    /** A server that was {@link #served} is not there any more. Returns at once. */
    default void servedNoLonger(String id) {}

    /**
     * The networks of this device have changed, or it woke up: addresses that did not answer may do so now, and
     * {@link Endpoint#addresses()} may have changed. Returns at once.
     */
    default void networkChanged() {}
}
