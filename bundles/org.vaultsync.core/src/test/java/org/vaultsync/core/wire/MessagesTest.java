// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.vaultsync.Fingerprint;
import org.vaultsync.RoomId;

class MessagesTest {
    private static final RoomId ROOM = new RoomId("0123456789abcdef0123456789abcdef");
    private static final DocumentName INDEX = new DocumentName(ROOM, "index");
    private static final Fingerprint DEVICE = new Fingerprint("ab".repeat(32));

    private static final List<Message> ALL = List.of(
            new Message.Hello(1, "instance", "Übung 机", List.of("127.0.0.1:8765"), 1_795_000_000_000L, 3),
            new Message.Redeem(1, new byte[32], "Ben"),
            new Message.CloseRoom(ROOM),
            new Message.Whereabouts(
                    ROOM, Map.of(Fingerprint.of(new byte[] {1}), List.of("192.168.1.4:8765", "fe80::1%2"))),
            new Message.Welcome(ROOM, List.of(new byte[] {1, 2}, new byte[0])),
            new Message.OpenRoom(ROOM, List.of(new byte[] {3})),
            new Message.Records(ROOM, List.of()),
            new Message.Step1(INDEX, new byte[] {0}),
            new Message.Step2(INDEX, new byte[] {0, 0}),
            new Message.Envelope(INDEX, DEVICE, Instant.ofEpochMilli(1_790_000_000_000L), new byte[] {0, 0}),
            new Message.Acknowledge(Frames.Stream.BULK, 7),
            new Message.Refuse(INDEX, Frames.Stream.LIVE, 8, "because"),
            new Message.RoomDigest(ROOM, new byte[16]),
            new Message.BucketDigests(ROOM, Collections.nCopies(256, new byte[16])),
            new Message.BucketEntries(ROOM, List.of(0, 255), List.of(new Message.Entry("index", new byte[16]))),
            new Message.Aware(ROOM, new byte[] {0}),
            new Message.AskAttachment(ROOM, "cd".repeat(32), 1L << 40),
            new Message.AttachmentPiece(ROOM, "cd".repeat(32), 0, true, new byte[] {9}),
            new Message.Ping(1),
            new Message.Pong(2),
            new Message.Bye("leaving", "Goodbye."));

    @Test
    void everyMessageComesBackAsItWas() throws Exception {
        for (Message message : ALL) {
            byte[] bytes = Messages.encode(message);
            Message back = Messages.decode(bytes);
            assertEquals(message.getClass(), back.getClass());
            assertArrayEquals(bytes, Messages.encode(back), message.toString());
        }
    }

    @Test
    void everyMessageThatIsCutShortIsRefused() {
        for (Message message : ALL) {
            byte[] bytes = Messages.encode(message);
            for (int length = 0; length < bytes.length; length++) {
                byte[] cut = Arrays.copyOf(bytes, length);
                assertThrows(ProtocolException.class, () -> Messages.decode(cut), message.toString());
            }
        }
    }

    @Test
    void noBytesBringAnythingButAMessageOrARefusal() {
        int rounds = Boolean.getBoolean("soak") ? 10_000_000 : 100_000;
        Random random = new Random(7);
        int read = 0;
        for (int round = 0; round < rounds; round++) {
            byte[] bytes = Messages.encode(ALL.get(random.nextInt(ALL.size())));
            for (int change = random.nextInt(4); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                Messages.decode(bytes);
                read++;
            } catch (ProtocolException refused) {
                assertEquals(ProtocolException.class, refused.getClass());
            }
        }
        System.out.println(rounds + " mutated messages, of which " + read + " could still be read");
    }
}
