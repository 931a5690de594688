// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.time.Duration;
import java.util.List;

/**
 * How this device lets others reach it over the network.
 *
 * @param discovery whether it is announced on the local network, for the members of its rooms alone, and looks out for them
 * @param port 0 for any free one; another that is taken is replaced by any free one
 * @param bind numeric addresses of this machine to listen on; none for all
 * @param connectionsPerAddress how many connections one address may have open, 2 to 10,000
 * @param attemptsPerMinute how many connections one address may make in a minute, 10 to 100,000
 * @param handshake how long a caller may take to prove who it is, 1 s to 60 s
 */
public record Listening(
        boolean discovery,
        int port,
        List<String> bind,
        int connectionsPerAddress,
        int attemptsPerMinute,
        Duration handshake) {
    /** What holds unless somebody sets something else. */
    public static final Listening USUAL = new Listening(true, 8765, List.of(), 64, 240, Duration.ofSeconds(5));

    public Listening {
        bind = List.copyOf(bind);
        within("port", port, 0, 65_535);
        within("number of connections", connectionsPerAddress, 2, 10_000);
        within("number of attempts", attemptsPerMinute, 10, 100_000);
        within("number of seconds", handshake.toSeconds(), 1, 60);
    }

    private static void within(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "The " + what + " is " + value + "; it must be " + least + " to " + most + ".");
        }
    }
}
