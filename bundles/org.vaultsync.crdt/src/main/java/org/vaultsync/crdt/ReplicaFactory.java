// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt;

/** Where replicas come from: an OSGi service, usable from any thread. */
public interface ReplicaFactory {
    /**
     * A new engine. Returns at once: JavaScript is loaded when the engine opens its first replica, which takes about
     * a second the first time in a JVM and some milliseconds afterwards.
     *
     * @param textFields what it lays out new texts by; of those that are there nothing changes
     */
    ReplicaEngine openEngine(TextFields textFields);

    /** A new engine that lays out the items of all types alike. */
    default ReplicaEngine openEngine() {
        return openEngine(TextFields.NONE);
    }

    /**
     * Loads JavaScript and has it make an edit, so that the first edit of a person need not wait for that. Blocks for a
     * second or more the first time in a JVM; afterwards it does nothing.
     */
    void warmUp();

    /** A client id that was not used before, as Yjs draws them: 32 random bits from a secure source. */
    long freshClientId();
}
