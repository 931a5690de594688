// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vaultsync.Fingerprint;
import org.vaultsync.Meeting;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.contract.Guests;
import org.vaultsync.transport.contract.Identities;

/** A call that nobody answers. */
@Timeout(60)
class MeetingPlaceTest {
    private final Engine engine = new Engine();
    private final Signaling signaling =
            new Signaling(engine, Clock.systemUTC(), System::nanoTime, new Proxies(Map.<String, String>of()::get));
    private final CompletableFuture<WebRtcLink> result = new CompletableFuture<>();

    @AfterEach
    void close() {
        engine.execute(signaling::close);
        engine.close();
    }

    private MeetingPlace place() throws Exception {
        return new MeetingPlace(
                new MeetingPlace.Surroundings(
                        engine, signaling, Meeting.USUAL, Identities.make(), new Guests(), "ann", link -> {}),
                new byte[32]);
    }

    private void call(MeetingPlace place, URI server) throws Exception {
        Fingerprint nobody = Identities.fingerprint(Identities.make());
        engine.execute(() -> {
            place.at(Set.of(server));
            place.call(nobody, new Knock(new byte[16], new byte[16]), () -> {}, result);
        });
    }

    private String failure() {
        Throwable why = assertThrows(ExecutionException.class, () -> result.get(20, TimeUnit.SECONDS))
                .getCause();
        assertEquals(IOException.class, why.getClass());
        return why.getMessage();
    }

    /** The server is reached after the call has begun, as it is when somebody is met for the first time. */
    @Test
    void itRingsEveryTwoSeconds() throws Exception {
        try (TestServer server = new TestServer()) {
            call(place(), URI.create(server.address()));
            assertEquals("It is not at the signaling server now.", failure());
            assertEquals(2, server.published().size(), "at once, and after two of three seconds");
        }
    }

    @Test
    void nothingIsLeftToDoOnceItIsGivenUp() throws Exception {
        try (TestServer server = new TestServer()) {
            URI address = URI.create(server.address());
            MeetingPlace place = place();
            call(place, address);
            CompletableFuture<Integer> dropped = new CompletableFuture<>();
            engine.execute(() -> {
                // Nothing of this is run meanwhile, so what is missing afterwards was cancelled.
                List<Runnable> planned = new ArrayList<>(engine.thread.getQueue());
                place.close("it is over");
                planned.removeAll(engine.thread.getQueue());
                dropped.complete(planned.size());
            });
            assertEquals("it is over", failure());
            assertEquals(2, dropped.get(20, TimeUnit.SECONDS), "ringing again, and giving up");
        }
    }
}
