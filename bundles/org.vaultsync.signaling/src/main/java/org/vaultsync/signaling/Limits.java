// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import java.time.Duration;

/**
 * How much a server puts up with. An address is one of IPv4, or a /64 network of IPv6. What is spent by the second may be
 * saved up for ten seconds.
 *
 * @param clients how many connections there may be
 * @param clientsPerAddress how many of them from one address
 * @param topicsPerAddress how many subscriptions the clients of one address may have together; a topic counts once more for
 *     each 256 characters
 * @param messageBytes the most bytes of one message
 * @param messagesPerSecond how many messages one address may send; a connection counts as ten
 * @param deliveredBytesPerSecond how many bytes one address may cause to be sent: a message counts once for each receiver
 * @param backlogBytes how much may wait for one client that reads too slowly
 * @param backlogBytesInAll how much may wait for all of them; beyond that, those of the address that has most are cut off
 * @param handshake how long a connection may take to say what it wants
 * @param ping how often a client is asked whether it is there; one that has not answered by the next time is cut off
 */
public record Limits(
        int clients,
        int clientsPerAddress,
        int topicsPerAddress,
        int messageBytes,
        int messagesPerSecond,
        int deliveredBytesPerSecond,
        int backlogBytes,
        long backlogBytesInAll,
        Duration handshake,
        Duration ping) {
    /** Enough for a household behind one address, and for some ten thousand clients in all. */
    public static final Limits USUAL = new Limits(
            10_000,
            100,
            10_000,
            64 << 10,
            100,
            4 << 20,
            1 << 20,
            64 << 20,
            Duration.ofSeconds(10),
            Duration.ofSeconds(30));

    /** Those of a server inside of an application, which needs its memory for other things. */
    public static final Limits INSIDE = USUAL.withBacklogInAll(16 << 20);

    public Limits {
        positive("clients", clients);
        positive("clients per address", clientsPerAddress);
        positive("topics per address", topicsPerAddress);
        positive("bytes of a message", messageBytes);
        positive("messages per second", messagesPerSecond);
        positive("delivered bytes per second", deliveredBytesPerSecond);
        positive("bytes of backlog", backlogBytes);
        positive("bytes of backlog in all", backlogBytesInAll);
        positive("milliseconds for a handshake", handshake.toMillis());
        positive("milliseconds between pings", ping.toMillis());
    }

    /** These, but for how much may wait for all clients together. */
    public Limits withBacklogInAll(long bytes) {
        return new Limits(
                clients,
                clientsPerAddress,
                topicsPerAddress,
                messageBytes,
                messagesPerSecond,
                deliveredBytesPerSecond,
                backlogBytes,
                bytes,
                handshake,
                ping);
    }

    private static void positive(String what, long number) {
        if (number <= 0) {
            throw new IllegalArgumentException("The number of " + what + " is " + number + "; it must be at least 1.");
        }
    }
}
