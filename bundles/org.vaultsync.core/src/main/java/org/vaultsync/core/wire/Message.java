// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.wire;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.vaultsync.Fingerprint;
import org.vaultsync.RoomId;

/** What two devices say to each other. Arrays belong to the message and are not changed. */
public sealed interface Message {
    /**
     * A message that its receiver stores before it acknowledges it. It is counted on its stream, from 1, by both sides
     * alike.
     */
    sealed interface Durable extends Message {}

    /**
     * First on every link, from both sides.
     *
     * @param time of the sender, in milliseconds since 1970; 0 if it does not tell
     * @param link how many links the sender has had since it started, this one among them; 0 if it does not count
     */
    record Hello(int version, String instance, String deviceName, List<String> addresses, long time, long link)
            implements Message {
        public Hello {
            addresses = List.copyOf(addresses);
        }

        /** Of a device that neither tells its time nor counts its links. */
        public Hello(int version, String instance, String deviceName, List<String> addresses) {
            this(version, instance, deviceName, addresses, 0, 0);
        }
    }

    /** In place of a hello, from somebody with an invite. The proof is keyed with the invite's token. */
    record Redeem(int version, byte[] proof, String deviceName) implements Message {}

    /** The answer to a redeem: the records of the room, with the admission of the one who asked. */
    record Welcome(RoomId room, List<byte[]> records) implements Message {
        public Welcome {
            records = List.copyOf(records);
        }
    }

    /** The sender wants to sync this room over this link. Carries all its membership records. */
    record OpenRoom(RoomId room, List<byte[]> records) implements Message {
        public OpenRoom {
            records = List.copyOf(records);
        }
    }

    /** The sender takes part in this room no longer over this link, until it opens it again. */
    record CloseRoom(RoomId room) implements Message {}

    /** Membership records that the receiver may not have. */
    record Records(RoomId room, List<byte[]> records) implements Durable {
        public Records {
            records = List.copyOf(records);
        }
    }

    /** Where members of the room may be dialled, as far as the sender knows: by fingerprint, likeliest first. */
    record Whereabouts(RoomId room, Map<Fingerprint, List<String>> addresses) implements Message {
        public Whereabouts {
            addresses = Collections.unmodifiableMap(new TreeMap<>(addresses));
        }
    }

    /** Asks for what the sender lacks of a document. */
    record Step1(DocumentName document, byte[] stateVector) implements Message {}

    /** What the other side lacked of a document. */
    record Step2(DocumentName document, byte[] update) implements Durable {}

    /** An edit, with who made it and when. */
    record Envelope(DocumentName document, Fingerprint author, Instant time, byte[] update) implements Durable {}

    /** All durable messages of a stream up to this number are on disk, or were refused. */
    record Acknowledge(Frames.Stream stream, long number) implements Message {}

    /** A durable message that was not stored. */
    record Refuse(DocumentName document, Frames.Stream stream, long number, String why) implements Message {}

    /** Compares what both hold: one digest of the room. */
    record RoomDigest(RoomId room, byte[] digest) implements Message {}

    /** Compares what both hold: a digest for each of 256 buckets of documents. */
    record BucketDigests(RoomId room, List<byte[]> digests) implements Message {
        public BucketDigests {
            digests = List.copyOf(digests);
        }
    }

    /** Compares what both hold: the documents of some buckets. */
    record BucketEntries(RoomId room, List<Integer> buckets, List<Entry> entries) implements Message {
        public BucketEntries {
            buckets = List.copyOf(buckets);
            entries = List.copyOf(entries);
        }
    }

    /** A document and the digest of what the sender holds of it. */
    record Entry(String docId, byte[] digest) {}

    /** Who the sender is and what it is at, as y-protocols encodes awareness. Kept nowhere. */
    record Aware(RoomId room, byte[] states) implements Message {}

    /** Asks for the bytes of an attachment, from an offset on. */
    record AskAttachment(RoomId room, String sha256, long offset) implements Message {}

    /** A piece of an attachment; the last piece is marked. Empty and last: the sender does not have it. */
    record AttachmentPiece(RoomId room, String sha256, long offset, boolean last, byte[] bytes) implements Message {}

    /** Is answered at once by a pong with the same number. */
    record Ping(long number) implements Message {}

    /** Answers a ping. */
    record Pong(long number) implements Message {}

    /**
     * The last message: why the sender closes the link.
     *
     * @param code one of {@code superseded}, {@code leaving}, {@code not-invited}, {@code used}, {@code expired},
     *     {@code version}, {@code stopped}
     * @param sentence for people
     */
    record Bye(String code, String sentence) implements Message {}
}
