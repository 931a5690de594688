// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.time.Duration;
import java.util.Map;
import org.vaultsync.RoomId;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.room.LiveRoom;
import org.vaultsync.crdt.ReplicaFactory;

/** Loads JavaScript before a person waits for it, on a thread of its own. Thread-safe. */
final class WarmUp {
    /** A host that starts links at once, and needs the processor for its window then. */
    private static final Duration AFTER_THE_START = Duration.ofSeconds(10);
    /** Items that come for the first time need no JavaScript, and are to be there first: it is loaded in a pause. */
    private static final Duration AFTER_JOINING = Duration.ofSeconds(3);

    private final Machine machine;
    private final ReplicaFactory replicas;
    private final Map<RoomId, LiveRoom> rooms; // those that this device is in now

    WarmUp(Machine machine, ReplicaFactory replicas, Map<RoomId, LiveRoom> rooms) {
        this.machine = machine;
        this.replicas = replicas;
        this.rooms = rooms;
    }

    void atOnce() {
        in(Duration.ZERO);
    }

    void afterTheStart() {
        in(AFTER_THE_START);
    }

    /** Who enters a room will edit in it soon, and should not wait for JavaScript then. */
    void afterJoining() {
        in(AFTER_JOINING);
    }

    private void in(Duration pause) {
        machine.run("vaultsync warm-up", pause, () -> {
            if (rooms.values().stream().anyMatch(LiveRoom::isBusy)) {
                afterJoining();
            } else {
                replicas.warmUp();
            }
        });
    }
}
