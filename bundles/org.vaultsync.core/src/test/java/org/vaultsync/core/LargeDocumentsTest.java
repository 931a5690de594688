// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.RoomId;
import org.vaultsync.core.identity.Knocks;
import org.vaultsync.core.wire.DocumentName;
import org.vaultsync.core.wire.Frames.Stream;
import org.vaultsync.core.wire.Message;
import org.vaultsync.core.wire.Message.Acknowledge;
import org.vaultsync.core.wire.Message.AskAttachment;
import org.vaultsync.core.wire.Message.AttachmentPiece;
import org.vaultsync.core.wire.Message.BucketDigests;
import org.vaultsync.core.wire.Message.BucketEntries;
import org.vaultsync.core.wire.Message.Entry;
import org.vaultsync.core.wire.Message.Hello;
import org.vaultsync.core.wire.Message.OpenRoom;
import org.vaultsync.core.wire.Message.RoomDigest;
import org.vaultsync.core.wire.Message.Step1;
import org.vaultsync.core.wire.Message.Step2;

/** A member asks for many large documents at once. */
@Timeout(120)
class LargeDocumentsTest {
    private static final int ITEMS = 10;
    private static final int EACH = 2_500_000;

    @TempDir
    private Path folder;

    @Test
    void whileMuchIsNotStoredThereNothingMoreIsReadForIt() throws Exception {
        try (TestDevice anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault())) {
            RoomId room = anna.createRoom("Room");
            Rogue member = new Rogue(folder.resolve("member.key"));
            byte[] annaKey = member.join(anna.invite(room));
            for (int i = 0; i < ITEMS; i++) {
                anna.create("n" + i, "{\"text\":\"" + "x".repeat(EACH) + "\"}");
            }
            anna.share(room, IntStream.range(0, ITEMS).mapToObj(i -> "n" + i).toArray(String[]::new));
            try (Rogue.Talk talk = member.talk(
                            Rogue.port(anna.invite(room)), Knocks.under(member.pairSecret(annaKey)), "TLSv1.3")
                    .granting()) {
                talk.await(Hello.class);
                talk.send(new Hello(1, "member", "Member", List.of()));
                talk.send(talk.await(OpenRoom.class));
                talk.send(new RoomDigest(room, new byte[16]));
                talk.await(BucketDigests.class);
                talk.send(new BucketDigests(room, Collections.nCopies(256, new byte[16])));
                List<String> documents = talk.await(BucketEntries.class).entries().stream()
                        .map(Entry::docId)
                        .filter(id -> !id.equals("index"))
                        .toList();
                assertEquals(ITEMS, documents.size());
                for (String document : documents) {
                    talk.send(new Step1(new DocumentName(room, document), new byte[] {0}));
                }
                // 16 MiB, and what was begun below that.
                int most = 7;
                awaitAnswers(talk, most);
                nothingOfAnAnswerComesBeforeAPiece(talk, room);
                talk.send(new Acknowledge(Stream.BULK, 3));
                awaitAnswers(talk, ITEMS - most);
            }
        }
    }

    private static void awaitAnswers(Rogue.Talk talk, int all) throws Exception {
        for (int answers = 0; answers < all; answers++) {
            talk.await(Step2.class);
        }
    }

    /**
     * An answer that was queued would have begun to come: the piece was asked for when there was credit for answers again, and
     * they go before it. A part of one counts, too, for the rest of it may have to wait for credit while the piece comes.
     */
    private static void nothingOfAnAnswerComesBeforeAPiece(Rogue.Talk talk, RoomId room) throws Exception {
        talk.send(new AskAttachment(room, "ab".repeat(32), 0));
        Message next = talk.next().orElseThrow();
        while (!(next instanceof AttachmentPiece)) {
            assertFalse(next instanceof Step2, "an answer");
            next = talk.next().orElseThrow();
        }
        assertEquals(0, talk.begun(Stream.BULK));
    }
}
