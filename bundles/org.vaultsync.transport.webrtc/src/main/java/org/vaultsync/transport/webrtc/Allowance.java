// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import java.time.Duration;

/** How often something may be done: a number of times at once, and once more after each pause. Confined to one thread. */
final class Allowance {
    private final int most;
    private final long pause; // in nanoseconds
    private int left;
    private long counted; // when the last one was added

    /** @param now as {@link System#nanoTime} tells it */
    Allowance(int most, Duration pause, long now) {
        this.most = most;
        this.pause = pause.toNanos();
        left = most;
        counted = now;
    }

    /** Takes one; says whether there was one. */
    boolean take(long now) {
        long added = Math.max(0, (now - counted) / pause);
        counted += added * pause;
        left = (int) Math.min(most, left + added);
        if (left == 0) {
            return false;
        }
        left--;
        return true;
    }
}
