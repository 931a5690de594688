// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.session;

import org.vaultsync.core.wire.DocumentName;
import org.vaultsync.core.wire.Frames.Stream;
import org.vaultsync.core.wire.Message.Refuse;

/**
 * Goes with a received message until somebody has dealt with it.
 *
 * @param number counts the durable messages of the stream from 1; 0 for a message that is not durable
 * @param length of the message in bytes
 */
public record Receipt(Session session, Stream stream, long number, int length) {
    /** The message was dealt with, and is on disk if it is durable. Called once. */
    public void done() {
        session.done(this);
    }

    /** The message was not stored, and will not be. Called once, instead of {@link #done}. */
    public void refuse(DocumentName document, String why) {
        session.send(new Refuse(document, stream, number, why));
        session.done(this);
    }
}
