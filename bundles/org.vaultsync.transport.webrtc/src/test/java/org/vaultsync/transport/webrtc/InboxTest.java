// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.vaultsync.transport.Link;

class InboxTest {
    private static final int MEBIBYTE = 1 << 20;

    private final AtomicLong together = new AtomicLong();

    private Inbox inbox() {
        return new Inbox("inbox", length -> {}, () -> {}, together);
    }

    @Test
    void whatWaitsInAllIsCountedUntilItIsReadOrDropped() throws Exception {
        Inbox read = inbox();
        Inbox dropped = inbox();
        long one = read.add(new byte[1000]);
        assertEquals(2 * one, read.add(new byte[1000]));
        assertEquals(one, dropped.add(new byte[1000]));
        assertEquals(3 * one, together.get());
        dropped.drop();
        dropped.add(new byte[1000]);
        assertEquals(2 * one, together.get());
        CountDownLatch ended = new CountDownLatch(1);
        read.end("the end");
        read.start(new Link.Receiver() {
            @Override
            public void received(byte[] message) {
                assertEquals(1000, message.length);
            }

            @Override
            public void closed(String reason) {
                ended.countDown();
            }
        });
        ended.await();
        assertEquals(0, together.get());
    }

    @Test
    void smallMessagesCountForWhatTheyTake() {
        assertTrue(inbox().add(new byte[1]) > 16);
    }

    @Test
    void whoHasLittleThereIsNotCutForWhatOthersSent() {
        assertFalse(OpenChannel.isTooMuch(64 * MEBIBYTE, 64 * MEBIBYTE));
        assertTrue(OpenChannel.isTooMuch(64 * MEBIBYTE + 1, 64 * MEBIBYTE + 1));
        assertTrue(OpenChannel.isTooMuch(20 * MEBIBYTE, 128L * MEBIBYTE + 1));
        assertFalse(OpenChannel.isTooMuch(MEBIBYTE, 128L * MEBIBYTE + 1));
    }
}
