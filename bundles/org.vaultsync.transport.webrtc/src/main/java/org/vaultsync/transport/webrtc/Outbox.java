// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/** Sends over a connection without filling it: native code closes a channel in which too much is queued. */
final class Outbox {
    private static final int MOST_BUFFERED = 1 << 20;
    private static final long PAUSE_NANOS = 200_000;
    /** Asking costs as much as sending a small message, so it is asked now and then. */
    private static final int ASK_AGAIN = 128 << 10;

    private final Connection connection;
    private long unasked = ASK_AGAIN; // one thread at a time

    Outbox(Connection connection) {
        this.connection = connection;
    }

    /** Blocks while too much is on its way. By one thread at a time. */
    void send(byte[] message) throws IOException {
        unasked += message.length;
        if (unasked >= ASK_AGAIN) {
            unasked = message.length;
            while (connection.buffered() > MOST_BUFFERED) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        connection.send(message);
    }

    /** Waits until what was sent is in the network, or it is too late for it. */
    void flush(long untilNanos) throws IOException {
        while (connection.buffered() > 0 && System.nanoTime() < untilNanos) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
