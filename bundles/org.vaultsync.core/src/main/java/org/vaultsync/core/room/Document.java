// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.vaultsync.Fingerprint;
import org.vaultsync.core.store.Tables.Piece;
import org.vaultsync.core.store.Tables.RevisionRow;
import org.vaultsync.core.wire.DocumentName;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.update.Knowledge;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

/** One document of a room and what this device knows of it. Everything in it belongs to the room's thread. */
final class Document {
    /** What a member held when it last held all that this device did. */
    record Held(byte[] digest, Instant at) {}

    final DocumentName name;

    /** The item that the index says it is; empty for the index, and while the index is not here yet. */
    Optional<String> item = Optional.empty();

    /** Whether something of it may be on disk, or on its way there. */
    boolean stored;

    /** Empty until it is asked for the first time. */
    Optional<Knowledge> knowledge = Optional.empty();

    byte[] digest = Knowledge.NOTHING.digest();

    /** By member. */
    final Map<Fingerprint, Held> held = new HashMap<>(2);

    /**
     * An update that is not on disk yet.
     *
     * @param made the revisions that go there with it
     */
    record OnItsWay(Piece piece, List<Documents.Remembering> made) {}

    /** In the order in which they were queued. */
    final List<OnItsWay> tail = new ArrayList<>();

    /** Open while somebody edits or looks. */
    Optional<Replica> replica = Optional.empty();

    /** Updates that the open replica has not integrated yet. */
    final List<Piece> unapplied = new ArrayList<>();

    /** Whether updates are stored that no replica has integrated yet. */
    boolean waiting;

    /** Revisions that are not on disk yet, by name. */
    final Map<String, RevisionRow> revisions = new HashMap<>();

    /** Completes when everything up to the last change is on disk. */
    CompletionStage<Void> durable = CompletableFuture.completedFuture(null);

    /** What the vault holds, so far as we know; empty if it holds no such item. */
    Optional<Revision> host = Optional.empty();

    /** Another version of the item that the vault held before it met this document, until a person has chosen. */
    Optional<Stored> clash = Optional.empty();

    /** Whether the vault is being asked or told, so that the next change waits until it has answered. */
    boolean putting;

    /** What people did meanwhile: looked at when the vault has answered, because only then it is known what they started from. */
    final List<Runnable> meanwhile = new ArrayList<>();

    /** The names of the revisions that were saved meanwhile. */
    final Set<String> savedMeanwhile = new HashSet<>();

    /** What the room said when the vault took it, where the host holds it in another form; of an item of an open room. */
    Optional<String> shownAs = Optional.empty();

    /** The names of revisions whose earlier steps were waited for. */
    final Set<String> waitedFor = new HashSet<>();

    /** The names of revisions that were not told yet when one that was made from them was taken in. */
    final Set<String> passedOver = new HashSet<>();

    /** Whether this device has stopped syncing the item. */
    boolean left;

    /** Why the item has stopped syncing, as a sentence for people; until the vault and the document agree again. */
    Optional<String> problem = Optional.empty();

    /** Whether something that came for it could not be read: this device is without that for good. */
    boolean lacksWhatWasSetAside;

    /** Whether it is laid out in a way that is not known here, so far as it was looked at. */
    boolean readOnly;

    /** The fingerprint, in hexadecimal digits, of the device that wrote last. */
    Optional<String> author = Optional.empty();

    Instant changed = Instant.EPOCH;

    Document(DocumentName name) {
        this.name = name;
    }

    /** What is wrong with the item, as a sentence for people. */
    Optional<String> trouble() {
        return lacksWhatWasSetAside
                ? Optional.of("A change that came from another device could not be read and was set aside.")
                : problem;
    }

    boolean isIndex() {
        return name.docId().equals(DocumentName.INDEX);
    }

    @Override
    public String toString() {
        return name.docId().substring(0, Math.min(8, name.docId().length()));
    }
}
