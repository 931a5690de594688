// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

/** What can be paused and resumed, and synced at once. */
public sealed interface Scope {
    /** All sync of this device: nobody is dialled and nobody is answered. */
    record Everything() implements Scope {}

    /** One room: nothing of it is sent or taken. */
    record OfRoom(RoomId room) implements Scope {}

    /** One other device, in all rooms: it is neither dialled nor answered. */
    record OfPeer(Fingerprint peer) implements Scope {}
}
