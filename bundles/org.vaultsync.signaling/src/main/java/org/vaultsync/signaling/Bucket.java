// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

/** What somebody may spend: so much a second, saved up for ten seconds. One thread. */
final class Bucket {
    private static final double SAVED_SECONDS = 10;
    private static final double NANOS = 1e9;

    private final double perSecond;
    private double held;
    private long filledAt;

    Bucket(double perSecond, long now) {
        this.perSecond = perSecond;
        held = perSecond * SAVED_SECONDS;
        filledAt = now;
    }

    /** Whether this much was there; then it is spent. */
    boolean spend(double amount, long now) {
        fill(now);
        if (held < amount) {
            return false;
        }
        held -= amount;
        return true;
    }

    boolean full(long now) {
        fill(now);
        return held >= perSecond * SAVED_SECONDS;
    }

    private void fill(long now) {
        held = Math.min(perSecond * SAVED_SECONDS, held + (now - filledAt) / NANOS * perSecond);
        filledAt = now;
    }
}
