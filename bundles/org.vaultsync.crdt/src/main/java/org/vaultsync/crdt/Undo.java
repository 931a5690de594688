// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt;

import java.util.Optional;
import java.util.Set;

/**
 * Takes back, step by step, what this person wrote into one open replica. What others wrote stays: where somebody has
 * overwritten a value since, there is nothing to take back. Used as its replica is, by one thread at a time; its
 * replica's failure is its own.
 */
public interface Undo {
    /**
     * A step that was taken back, or made again.
     *
     * @param update to be stored and sent like every other, format V1
     * @param members the members of roots that may have changed, as JSON Pointers such as {@code /content/armor}
     */
    record Step(byte[] update, Set<String> members) {
        public Step {
            members = Set.copyOf(members);
        }
    }

    /** What is written next is a step of its own. Without this, all that is written in a row is one step. */
    void endStep() throws ReplicaException;

    /** Whether a step is left; it may turn out that others have overwritten all of it. */
    boolean canUndo() throws ReplicaException;

    /** Whether a step that was undone can be made again: none, once something else was written. */
    boolean canRedo() throws ReplicaException;

    /** Takes back the last step of which something still stands; empty if there is none. */
    Optional<Step> undo() throws ReplicaException;

    /** Makes the step again that was undone last; empty if there is none. */
    Optional<Step> redo() throws ReplicaException;
}
