// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.session;

import java.util.concurrent.atomic.AtomicBoolean;
import org.vaultsync.core.wire.DocumentName;
import org.vaultsync.core.wire.Frames.Stream;
import org.vaultsync.core.wire.Message.Refuse;

/**
 * Goes with a received message until somebody has dealt with it; what is said first counts.
 *
 * @param number counts the durable messages of the stream from 1; 0 for a message that is not durable
 * @param length of the message in bytes
 * @param given whether it was
 */
public record Receipt(Session session, Stream stream, long number, int length, AtomicBoolean given) {
    Receipt(Session session, Stream stream, long number, int length) {
        this(session, stream, number, length, new AtomicBoolean());
    }

    /** The message was dealt with, and is on disk if it is durable. */
    public void done() {
        if (given.compareAndSet(false, true)) {
            session.done(this);
        }
    }

    /** The message was not stored, and may never be. */
    public void refuse(DocumentName document, String why) {
        if (given.compareAndSet(false, true)) {
            session.send(new Refuse(document, stream, number, why));
            session.done(this);
        }
    }
}
