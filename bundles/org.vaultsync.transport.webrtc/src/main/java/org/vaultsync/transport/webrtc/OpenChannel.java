// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.OpenRooms.Channel;

/** A channel to one peer of an open room: y-webrtc's messages as they are, and nothing else. */
final class OpenChannel implements Channel {
    private static final long MOST_UNREAD = 64 << 20;

    /** Of all open channels; then none of them may have more than a little. */
    private static final long MOST_TOGETHER = 2 * MOST_UNREAD;

    private static final long LITTLE = 4 << 20;
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    private final Engine engine;
    private final Connection connection;
    private final String peer;
    private final Optional<String> instance;
    private final boolean initiator;
    private final Inbox inbox;
    private final Outbox outbox;
    private volatile boolean closing;

    OpenChannel(Engine engine, Connection connection, String peer, Optional<String> instance, boolean initiator) {
        this.engine = engine;
        this.connection = connection;
        this.peer = peer;
        this.instance = instance;
        this.initiator = initiator;
        inbox = new Inbox(
                "webrtc open " + peer,
                length -> {},
                () -> cut("this device failed to handle a message"),
                engine.unread);
        outbox = new Outbox(connection);
    }

    /** A message came. On a native thread. */
    void received(byte[] message) {
        if (message.length == 0) {
            return;
        }
        if (isTooMuch(inbox.add(message), engine.unread.get())) {
            cut("it sent more than this device could read");
        }
    }

    /** Whether a channel is cut in which so much waits, and so much in all of them. */
    static boolean isTooMuch(long waiting, long together) {
        return waiting > MOST_UNREAD || together > MOST_TOGETHER && waiting > LITTLE;
    }

    /** The connection is closed. */
    void ended(String why) {
        inbox.end(why);
    }

    /** Nobody reads what has come. */
    void drop() {
        inbox.drop();
    }

    private void cut(String why) {
        engine.execute(() -> connection.close(why));
    }

    @Override
    public String peer() {
        return peer;
    }

    @Override
    public Optional<String> instance() {
        return instance;
    }

    @Override
    public boolean initiator() {
        return initiator;
    }

    @Override
    public Optional<String> path() {
        return connection.path();
    }

    @Override
    public Optional<Duration> roundTrip() {
        return connection.roundTrip();
    }

    @Override
    public void start(Link.Receiver receiver) {
        inbox.start(receiver);
    }

    @Override
    public void send(byte[] message) throws IOException {
        if (message.length < 1 || message.length > MAX_MESSAGE) {
            throw new IllegalArgumentException("message of " + message.length + " bytes, limit " + MAX_MESSAGE);
        }
        if (closing) {
            throw new IOException("it is closed");
        }
        outbox.send(message);
    }

    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        inbox.drop();
        Thread.ofVirtual().name("webrtc farewell").start(() -> {
            try {
                outbox.flush(System.nanoTime() + FAREWELL.toNanos());
            } catch (IOException alreadyClosed) {
                inbox.end("closed on this side");
            }
            cut("closed on this side");
        });
    }
}
