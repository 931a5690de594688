// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.RoomId;
import org.vaultsync.Transfers.Progress;
import org.vaultsync.core.attachment.Attachments;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.ThisMachine;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.core.session.Receipt;
import org.vaultsync.core.session.Session;
import org.vaultsync.core.vault.HostVault;
import org.vaultsync.core.wire.Frames.Stream;
import org.vaultsync.core.wire.Message;
import org.vaultsync.core.wire.Message.AskAttachment;
import org.vaultsync.core.wire.Message.AttachmentPiece;
import org.vaultsync.core.wire.Messages;
import org.vaultsync.core.wire.ProtocolException;
import org.vaultsync.vault.Attachment;
import org.vaultsync.vault.Item;

/** What one member is asked for of files, seen from its end of the link. */
class FilesAheadTest {
    private static final RoomId ROOM = new RoomId("ab".repeat(16));
    private static final int PIECE = 256 << 10;
    private static final int MOST = 16;

    @TempDir
    private Path folder;

    private final Machine machine = new ThisMachine(Clock.systemUTC());
    private final HostVault host = new HostVault(machine);
    private final MemoryVault vault = new MemoryVault();
    private final Worker thread = machine.worker("test room");
    private final Asked link = new Asked();
    private final Session session = new Session(link, machine);
    private final Asked otherLink = new Asked();
    private final Session otherSession = new Session(otherLink, machine);
    private final List<Session> linked =
            new ArrayList<>(List.of(session)); // test room's thread only, once there is one
    private final Map<String, byte[]> files = new HashMap<>();
    private final Map<String, Progress> progress = new ConcurrentHashMap<>();
    private Attachments attachments;

    /** The member at the other end, who answers when it is told to. */
    private static final class Asked extends TestLink {
        private final BlockingQueue<AskAttachment> asked = new LinkedBlockingQueue<>();

        @Override
        public void send(byte[] frame) {
            try {
                if (frame[1] == Stream.LIVE.ordinal()
                        && Messages.decode(Arrays.copyOfRange(frame, 3, frame.length)) instanceof AskAttachment ask) {
                    asked.add(ask);
                }
            } catch (ProtocolException neverWhole) {
                throw new IllegalStateException(neverWhole);
            }
        }

        void bring(AttachmentPiece piece) {
            byte[] message = Messages.encode(piece);
            int most = 16_000;
            for (int from = 0; from < message.length; from += most) {
                int to = Math.min(message.length, from + most);
                ByteArrayOutputStream frame = new ByteArrayOutputStream();
                frame.writeBytes(
                        new byte[] {1, (byte) Stream.ATTACHMENTS.ordinal(), (byte) (to == message.length ? 1 : 0)});
                frame.write(message, from, to - from);
                receiver.received(frame.toByteArray());
            }
        }
    }

    @BeforeEach
    void linkToOneWhoHasFiles() {
        host.bind(vault);
        attachments = new Attachments(
                ROOM,
                host,
                folder,
                thread,
                machine.clock(),
                () -> linked,
                file -> true,
                () -> 10_000_000L,
                progress::put);
        for (Session each : List.of(session, otherSession)) {
            each.start(new Session.Listener() {
                @Override
                public void received(Session from, Message message, Receipt receipt) {
                    thread.execute(() -> attachments.received(from, (AttachmentPiece) message, receipt));
                }

                @Override
                public void closed(Session closed, String reason) {}
            });
        }
    }

    /** The link to the one who was asked so far breaks, and there is this one. */
    private void goOnWith(Session next) {
        thread.execute(() -> {
            Session before = linked.removeFirst();
            linked.add(next);
            attachments.unlinked(before);
        });
    }

    @AfterEach
    void close() {
        thread.close();
        host.close();
        machine.close();
    }

    private static String hash(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    /** An item came that names a file of this size. */
    private String wanted(int number, int size) throws Exception {
        byte[] bytes = new byte[size];
        new Random(number).nextBytes(bytes);
        String hash = hash(bytes);
        files.put(hash, bytes);
        Attachment attachment = new Attachment("k1", "file", hash, size, "image/png");
        thread.execute(
                () -> attachments.wanted(new Item("i" + number, "unit", "Unit", "{}", List.of(attachment), List.of())));
        return hash;
    }

    private AskAttachment next() throws InterruptedException {
        return next(link);
    }

    private static AskAttachment next(Asked link) throws InterruptedException {
        AskAttachment ask = link.asked.poll(20, TimeUnit.SECONDS);
        assertTrue(ask != null, "nothing more is asked for");
        return ask;
    }

    /** Once all that is queued on both threads has been done. */
    private void nothingMoreIsAskedFor() throws Exception {
        for (int i = 0; i < 4; i++) {
            CompletableFuture<Void> passed = new CompletableFuture<>();
            host.onFiles(() -> thread.execute(() -> passed.complete(null)));
            passed.get(20, TimeUnit.SECONDS);
        }
        assertNull(link.asked.poll(100, TimeUnit.MILLISECONDS));
    }

    private void answer(AskAttachment ask) {
        answer(link, ask, true);
    }

    private void answer(Asked sender, AskAttachment ask, boolean truly) {
        byte[] bytes = files.get(ask.sha256());
        int end = (int) Math.min(bytes.length, ask.offset() + PIECE);
        byte[] piece = Arrays.copyOfRange(bytes, (int) ask.offset(), end);
        piece[0] ^= (byte) (truly ? 0 : 1);
        sender.bring(new AttachmentPiece(ROOM, ask.sha256(), ask.offset(), end == bytes.length, piece));
    }

    /** This much of the file has been stored. */
    private void untilKept(String hash, long bytes) {
        TestDevice.until(
                () -> bytes + " bytes, not " + progress.get(hash),
                () -> progress.get(hash) instanceof Progress.Coming coming && coming.bytes() == bytes);
    }

    private boolean isHere(String hash) {
        try {
            return vault.openAttachment(hash).isPresent();
        } catch (Exception unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    @Test
    void ofManyFilesNoMorePiecesAreAskedForThanTheOtherSideCanKeepInMemory() throws Exception {
        for (int i = 0; i < 50; i++) {
            wanted(i, 1000 + i);
        }
        List<AskAttachment> open = new ArrayList<>();
        for (int asked = 0; asked < 50; asked++) {
            if (open.size() == MOST) {
                if (asked == MOST) {
                    nothingMoreIsAskedFor();
                }
                answer(open.removeFirst());
            }
            open.add(next());
        }
        open.forEach(this::answer);
        TestDevice.until("all are here", () -> files.keySet().stream().allMatch(this::isHere));
        nothingMoreIsAskedFor();
    }

    @Test
    void aLargeFileLeavesRoomForAnother() throws Exception {
        String large = wanted(1, 20 * PIECE);
        for (int i = 0; i < 8; i++) {
            assertEquals(large, next().sha256());
        }
        nothingMoreIsAskedFor();
        String small = wanted(2, 1000);
        AskAttachment ask = next();
        assertEquals(small, ask.sha256());
        answer(ask);
        TestDevice.until("the small one is here", () -> isHere(small));
    }

    @Test
    void whatAPersonAsksForIsNext() throws Exception {
        List<String> hashes = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            hashes.add(wanted(i, 1000));
        }
        AskAttachment first = next();
        for (int i = 1; i < MOST; i++) {
            next();
        }
        nothingMoreIsAskedFor();
        thread.execute(() -> attachments.fetch(hashes.getLast()));
        nothingMoreIsAskedFor();
        answer(first);
        assertEquals(hashes.getLast(), next().sha256());
    }

    @Test
    void whoSentAllOfAWrongFileIsPassedOverForAnother() throws Exception {
        thread.execute(() -> linked.add(otherSession));
        String hash = wanted(1, PIECE + 1000);
        answer(link, next(), true);
        answer(link, next(), false);
        answer(otherLink, next(otherLink), true);
        answer(otherLink, next(otherLink), true);
        TestDevice.until("the file is here", () -> isHere(hash));
        nothingMoreIsAskedFor();
    }

    @Test
    void whoSentTheBeginningAndTheEndIsNotBlamedForWhatAnotherSentBetween() throws Exception {
        String hash = wanted(1, 2 * PIECE + 1000);
        answer(link, next(), true);
        untilKept(hash, PIECE);
        next();
        next();
        goOnWith(otherSession);
        answer(otherLink, next(otherLink), false);
        untilKept(hash, 2 * PIECE);
        next(otherLink);
        goOnWith(session);
        AskAttachment last = next();
        assertEquals(2 * PIECE, last.offset());
        answer(last);
        for (int piece = 0; piece < 3; piece++) {
            AskAttachment again = next();
            assertEquals(piece * PIECE, again.offset());
            answer(again);
        }
        TestDevice.until("the file is here", () -> isHere(hash));
    }

    @Test
    void whatIsLongerThanItWasSaidToBeIsDropped() throws Exception {
        String hash = wanted(1, PIECE + 1000);
        AskAttachment first = next();
        AskAttachment second = next();
        nothingMoreIsAskedFor();
        answer(first);
        link.bring(new AttachmentPiece(ROOM, hash, second.offset(), false, new byte[PIECE]));
        TestDevice.until(
                () -> "waiting for another member, not " + progress.get(hash),
                () -> progress.get(hash) instanceof Progress.Waiting waiting && waiting.bytes() == 0);
        nothingMoreIsAskedFor();
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder)) {
            parts.forEach(part -> assertEquals(0, part.toFile().length(), part::toString));
        }
    }
}
