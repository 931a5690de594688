// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.time.Duration;
import org.vaultsync.Listening;

/**
 * How long and how much is put up with.
 *
 * @param handshake from the connection to the authenticated link
 * @param dial a whole dial
 * @param connect to an address that may drop packets
 * @param unstarted an authenticated link that nobody starts
 * @param farewell from closing a link to cutting it off
 * @param waiting connections that have not knocked yet; one more pushes out the oldest
 * @param waitingPerSource of these, from one address
 * @param connectionsPerSource all that came from one address, links included
 * @param attemptsPerMinute so many connections may be made from one address in a minute, on average and at once
 */
record Limits(
        Duration handshake,
        Duration dial,
        Duration connect,
        Duration unstarted,
        Duration farewell,
        int waiting,
        int waitingPerSource,
        int connectionsPerSource,
        int attemptsPerMinute) {
    static final Limits USUAL = new Limits(
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(4),
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            64,
            16,
            64,
            240);

    /** These, but for what a person has set. */
    Limits with(Listening set) {
        return new Limits(
                set.handshake(),
                dial,
                connect,
                unstarted,
                farewell,
                waiting,
                Math.min(waitingPerSource, set.connectionsPerAddress()),
                set.connectionsPerAddress(),
                set.attemptsPerMinute());
    }
}
