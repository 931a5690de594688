// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.Badge;
import org.vaultsync.Reach;
import org.vaultsync.RoomId;
import org.vaultsync.core.identity.Knocks;
import org.vaultsync.core.wire.Message;
import org.vaultsync.core.wire.Message.Bye;
import org.vaultsync.core.wire.Message.Hello;
import org.vaultsync.core.wire.Message.OpenRoom;

/** Two devices of which one speaks a newer version of the protocol: both say so, and nothing is lost by it. */
@Timeout(120)
class NewerVersionTest {
    @TempDir
    private Path folder;

    private TestDevice anna;
    private RoomId room;
    private Rogue newer;
    private byte[] annaKey;

    @BeforeEach
    void aMemberWasUpdated() throws Exception {
        anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault());
        room = anna.createRoom("Room");
        anna.create("u1", "{\"edit\":1}");
        anna.share(room, "u1");
        newer = new Rogue(folder.resolve("newer.key"));
        annaKey = newer.join(anna.invite(room));
    }

    @AfterEach
    void close() {
        anna.close();
    }

    private Rogue.Talk linked() throws Exception {
        return newer.talk(Rogue.port(anna.invite(room)), Knocks.under(newer.pairSecret(annaKey)), "TLSv1.3");
    }

    private Reach reach() {
        return anna.sync.rooms().getFirst().members().getFirst().reach();
    }

    private void untilRefused(String why) {
        TestDevice.until(
                () -> "refused: " + reach(),
                () -> reach() instanceof Reach.Refused refused && refused.why().contains(why));
    }

    /** What is edited meanwhile waits, and is there for a device that both understand. */
    private void nothingIsLost() throws Exception {
        anna.vault.save("u1", content -> "{\"edit\":2}");
        anna.untilBadge("u1", Badge.PENDING);
        try (TestDevice ben = new TestDevice(folder.resolve("ben"), "Ben", new MemoryVault())) {
            ben.join(anna.invite(room));
            ben.untilContent("u1", "{\"edit\":2}");
        }
        assertEquals("{\"edit\":2}", anna.vault.content("u1"));
    }

    @Test
    void whoSpeaksANewerOneIsToldSoAndNothingOfTheRoom() throws Exception {
        try (Rogue.Talk talk = linked()) {
            talk.await(Hello.class);
            talk.send(new Hello(2, "newer", "Newer", List.of()));
            List<Message> said = talk.untilHungUp();
            assertTrue(
                    said.getLast() instanceof Bye bye
                            && bye.code().equals("version")
                            && bye.sentence().contains("older version"),
                    said.toString());
            assertTrue(said.stream().noneMatch(OpenRoom.class::isInstance), said.toString());
        }
        untilRefused("newer version");
        nothingIsLost();
        // It speaks this one, too, after all.
        try (Rogue.Talk talk = linked()) {
            talk.await(Hello.class);
            talk.send(new Hello(1, "again", "Newer", List.of()));
            talk.await(OpenRoom.class);
        }
    }

    @Test
    void whoSaysThatThisOneIsTooOldIsBelieved() throws Exception {
        try (Rogue.Talk talk = linked()) {
            talk.await(Hello.class);
            talk.send(new Hello(1, "newer", "Newer", List.of()));
            talk.await(OpenRoom.class);
            talk.send(new Bye("version", "The other device runs an older version. Update it to sync."));
            talk.untilHungUp();
        }
        untilRefused("Update it to sync");
        nothingIsLost();
    }
}
