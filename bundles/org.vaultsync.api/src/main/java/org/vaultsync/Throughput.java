// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

/**
 * What went over a link in the last seconds, as it was measured.
 *
 * @param sent bytes a second
 * @param received bytes a second
 */
public record Throughput(long sent, long received) {
    /** Nothing, or not measured yet. */
    public static final Throughput NONE = new Throughput(0, 0);
}
