// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.vaultsync.Meeting;

/** One end of a connection, whose other end is of the same engine. */
final class End implements Connection.Owner {
    private final CompletableFuture<Void> open = new CompletableFuture<>();
    final CompletableFuture<String> closed = new CompletableFuture<>();
    volatile Consumer<byte[]> hears = message -> {};
    Connection connection;
    End other;

    private End() {}

    /** Both ends of a connection that is open. */
    static End pair(Engine engine) throws Exception {
        End one = new End();
        one.other = new End();
        one.other.other = one;
        engine.execute(() -> {
            try {
                one.connection = engine.connect(Meeting.USUAL, one);
                one.other.connection = engine.connect(Meeting.USUAL, one.other);
                one.connection.offer("test");
            } catch (IOException cannot) {
                one.open.completeExceptionally(cannot);
            }
        });
        one.open.get(20, TimeUnit.SECONDS);
        one.other.open.get(20, TimeUnit.SECONDS);
        return one;
    }

    @Override
    public void described(boolean offer, Sdp sdp) {
        if (offer) {
            other.connection.accept(sdp);
        } else {
            other.connection.answered(sdp);
        }
    }

    @Override
    public void found(Candidate candidate) {
        other.connection.add(candidate);
    }

    @Override
    public void opened() {
        open.complete(null);
    }

    @Override
    public void received(byte[] message) {
        hears.accept(message);
    }

    @Override
    public void closed(String why) {
        open.completeExceptionally(new IOException(why));
        closed.complete(why);
    }
}
