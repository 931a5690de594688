// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.vaultsync.Fingerprint;
import org.vaultsync.core.store.Store.Write;

/** Adds to documents what this device writes, and has it sent once it is on disk. Belongs to the room's thread. */
final class OwnEdits {
    private final Fingerprint author;
    private final Documents documents;
    private final Exchange exchange;
    private final Executor thread;
    private final Clock clock;

    OwnEdits(Fingerprint author, Documents documents, Exchange exchange, Executor thread, Clock clock) {
        this.author = author;
        this.documents = documents;
        this.exchange = exchange;
        this.thread = thread;
        this.clock = clock;
    }

    /**
     * Adds an update that the open replica has already.
     *
     * @param also to be written in the same transaction
     */
    CompletionStage<Void> add(Document document, byte[] update, Write... also) {
        Instant now = clock.instant();
        exchange.changing(document);
        CompletionStage<Void> durable = documents.add(document, update, true, Optional.of(author.hex()), now, also);
        durable.thenRunAsync(() -> exchange.send(document, update, author, now), thread);
        return durable;
    }
}
