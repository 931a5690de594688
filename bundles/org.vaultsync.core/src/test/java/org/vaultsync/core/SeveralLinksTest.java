// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.RoomId;
import org.vaultsync.Scope;
import org.vaultsync.core.identity.Knocks;
import org.vaultsync.core.wire.Message.Bye;
import org.vaultsync.core.wire.Message.Hello;
import org.vaultsync.core.wire.Message.OpenRoom;

/** Which of the links that one device dialled stays, as the other one sees it. {@link AwkwardTimesTest} looks at both. */
@Timeout(120)
class SeveralLinksTest {
    @TempDir
    private Path folder;

    private TestDevice anna;
    private Rogue dialler;
    private RoomId room;
    private byte[] annaKey;

    @BeforeEach
    void twoInARoom() throws Exception {
        anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault());
        room = anna.createRoom("Room");
        dialler = new Rogue(folder.resolve("dialler.key"));
        annaKey = dialler.join(anna.invite(room));
    }

    @AfterEach
    void close() {
        anna.close();
    }

    /** A link over which the dialler has said how many it has had; 0 from one that does not count them. */
    private Rogue.Talk link(long count, String... addresses) throws Exception {
        Rogue.Talk talk =
                dialler.talk(Rogue.port(anna.invite(room)), Knocks.under(dialler.pairSecret(annaKey)), "TLSv1.3");
        talk.await(Hello.class);
        talk.send(new Hello(1, "same run", "Dialler", List.of(addresses), 0, count));
        return talk;
    }

    /** Reads on, and answers pings, until the other side says why it ends the link. */
    private static Future<String> goodbye(Rogue.Talk talk) {
        FutureTask<String> code = new FutureTask<>(() -> talk.await(Bye.class).code());
        Thread.ofVirtual().start(code);
        return code;
    }

    private static void supersedes(Rogue.Talk stays, Future<String> goes) throws Exception {
        stays.await(OpenRoom.class);
        assertEquals("superseded", goes.get(20, TimeUnit.SECONDS));
    }

    @Test
    void theOneThatWasDialledLaterStays() throws Exception {
        try (Rogue.Talk first = link(1)) {
            first.await(OpenRoom.class);
            Future<String> goodbye = goodbye(first);
            try (Rogue.Talk second = link(2)) {
                supersedes(second, goodbye);
            }
        }
    }

    @Test
    void theOneThatWasDialledLaterStaysAlsoWhereItsHelloCameBefore() throws Exception {
        try (Rogue.Talk second = link(2)) {
            second.await(OpenRoom.class);
            Future<String> none = goodbye(second);
            try (Rogue.Talk first = link(1)) {
                assertEquals("superseded", goodbye(first).get(20, TimeUnit.SECONDS));
            }
            assertEquals(false, none.isDone());
        }
    }

    @Test
    void theOneThatWasDialledBeforeStaysWhereTheOtherIsDead() throws Exception {
        try (Rogue.Talk second = link(2)) {
            second.await(OpenRoom.class);
            try (Rogue.Talk first = link(1)) {
                first.await(OpenRoom.class);
            }
        }
    }

    @Test
    void aLinkIsNotTakenOnceItsDeviceWasPausedWhileTheOtherWasAskedWhetherItLives() throws Exception {
        try (Rogue.Talk second = link(2)) {
            second.await(OpenRoom.class);
            String address = "192.0.2.1:8765";
            try (Rogue.Talk first = link(1, address)) {
                TestDevice.until(
                        "its hello to be read",
                        () -> anna.sync.addresses(dialler.fingerprint()).contains(address));
                anna.sync
                        .pause(new Scope.OfPeer(dialler.fingerprint()))
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS);
                assertEquals("paused", goodbye(first).get(20, TimeUnit.SECONDS));
            }
        }
    }

    /** As 0.1.0 does not. */
    @Test
    void ofADeviceThatDoesNotCountThemTheOneThatSaidHelloLaterStays() throws Exception {
        try (Rogue.Talk first = link(0)) {
            first.await(OpenRoom.class);
            Future<String> goodbye = goodbye(first);
            try (Rogue.Talk second = link(0)) {
                supersedes(second, goodbye);
            }
        }
    }
}
