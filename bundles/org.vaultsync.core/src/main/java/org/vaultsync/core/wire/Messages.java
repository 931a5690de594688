// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.vaultsync.Fingerprint;
import org.vaultsync.RoomId;
import org.vaultsync.core.wire.Message.Acknowledge;
import org.vaultsync.core.wire.Message.AskAttachment;
import org.vaultsync.core.wire.Message.AttachmentPiece;
import org.vaultsync.core.wire.Message.Aware;
import org.vaultsync.core.wire.Message.BucketDigests;
import org.vaultsync.core.wire.Message.BucketEntries;
import org.vaultsync.core.wire.Message.Bye;
import org.vaultsync.core.wire.Message.CloseRoom;
import org.vaultsync.core.wire.Message.Entry;
import org.vaultsync.core.wire.Message.Envelope;
import org.vaultsync.core.wire.Message.Hello;
import org.vaultsync.core.wire.Message.OpenRoom;
import org.vaultsync.core.wire.Message.Ping;
import org.vaultsync.core.wire.Message.Pong;
import org.vaultsync.core.wire.Message.Records;
import org.vaultsync.core.wire.Message.Redeem;
import org.vaultsync.core.wire.Message.Refuse;
import org.vaultsync.core.wire.Message.RoomDigest;
import org.vaultsync.core.wire.Message.Step1;
import org.vaultsync.core.wire.Message.Step2;
import org.vaultsync.core.wire.Message.Welcome;
import org.vaultsync.core.wire.Message.Whereabouts;
import org.vaultsync.crdt.update.ByteReader;
import org.vaultsync.crdt.update.ByteWriter;
import org.vaultsync.crdt.update.MalformedUpdateException;

/**
 * Messages as bytes: the name of the document or room (varString, empty for the link itself), the type (varUint), and
 * what the type says. Numbers and byte arrays are lib0's; what may grow is JSON.
 */
public final class Messages {
    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private static final int SYNC = 0;
    private static final int STEP1 = 0;
    private static final int STEP2 = 1;
    private static final int AWARENESS = 1;
    private static final int HELLO = 100;
    private static final int OPEN_ROOM = 101;
    private static final int RECORDS = 102;
    private static final int ENVELOPE = 103;
    private static final int ACKNOWLEDGE = 104;
    private static final int REFUSE = 105;
    private static final int ROOM_DIGEST = 106;
    private static final int BUCKET_DIGESTS = 107;
    private static final int BUCKET_ENTRIES = 108;
    private static final int ASK_ATTACHMENT = 109;
    private static final int ATTACHMENT_PIECE = 110;
    private static final int PING = 111;
    private static final int PONG = 112;
    private static final int BYE = 113;
    private static final int REDEEM = 114;
    private static final int WELCOME = 115;
    private static final int WHEREABOUTS = 116;
    private static final int CLOSE_ROOM = 117;

    /** Of a room that devices compare: fifty times as many as rooms have been seen to hold. What others name is remembered. */
    public static final int MOST_DOCUMENTS = 500_000;

    private static final int DIGEST = 16;
    private static final int BUCKETS = 256;
    private static final int LONGEST_REASON = 512;
    /** Room for what an attachment's piece says beside its bytes. */
    private static final int ABOUT_A_PIECE = 256;

    private Messages() {}

    public static byte[] encode(Message message) {
        ByteWriter out = message instanceof AttachmentPiece piece
                ? new ByteWriter(piece.bytes().length + ABOUT_A_PIECE)
                : new ByteWriter();
        switch (message) {
            case Hello hello -> json(out, HELLO, hello);
            case Redeem redeem -> json(out, REDEEM, redeem);
            case Welcome welcome -> {
                begin(out, welcome.room(), WELCOME);
                all(out, welcome.records());
            }
            case OpenRoom open -> {
                begin(out, open.room(), OPEN_ROOM);
                all(out, open.records());
            }
            case CloseRoom close -> begin(out, close.room(), CLOSE_ROOM);
            case Records records -> {
                begin(out, records.room(), RECORDS);
                all(out, records.records());
            }
            case Whereabouts whereabouts -> {
                begin(out, whereabouts.room(), WHEREABOUTS);
                out.varUint(whereabouts.addresses().size());
                whereabouts.addresses().forEach((member, addresses) -> {
                    out.varBytes(member.bytes());
                    out.varUint(addresses.size());
                    addresses.forEach(out::varString);
                });
            }
            case Step1 step -> {
                begin(out, step.document(), SYNC);
                out.varUint(STEP1);
                out.varBytes(step.stateVector());
            }
            case Step2 step -> {
                begin(out, step.document(), SYNC);
                out.varUint(STEP2);
                out.varBytes(step.update());
            }
            case Envelope envelope -> {
                begin(out, envelope.document(), ENVELOPE);
                out.varBytes(envelope.author().bytes());
                out.varUint(Math.max(0, envelope.time().toEpochMilli()));
                out.varBytes(envelope.update());
            }
            case Acknowledge ack -> {
                begin(out, ACKNOWLEDGE);
                out.varUint(ack.stream().ordinal());
                out.varUint(ack.number());
            }
            case Refuse refuse -> {
                begin(out, refuse.document(), REFUSE);
                out.varUint(refuse.stream().ordinal());
                out.varUint(refuse.number());
                out.varString(shortened(refuse.why()));
            }
            case RoomDigest digest -> {
                begin(out, digest.room(), ROOM_DIGEST);
                out.varBytes(digest.digest());
            }
            case BucketDigests digests -> {
                begin(out, digests.room(), BUCKET_DIGESTS);
                all(out, digests.digests());
            }
            case BucketEntries entries -> {
                begin(out, entries.room(), BUCKET_ENTRIES);
                out.varUint(entries.buckets().size());
                entries.buckets().forEach(out::varUint);
                out.varUint(entries.entries().size());
                for (Entry entry : entries.entries()) {
                    out.varString(entry.docId());
                    out.varBytes(entry.digest());
                }
            }
            case Aware aware -> {
                begin(out, aware.room(), AWARENESS);
                out.varBytes(aware.states());
            }
            case AskAttachment ask -> {
                begin(out, ask.room(), ASK_ATTACHMENT);
                out.varString(ask.sha256());
                out.varUint(ask.offset());
            }
            case AttachmentPiece piece -> {
                begin(out, piece.room(), ATTACHMENT_PIECE);
                out.varString(piece.sha256());
                out.varUint(piece.offset());
                out.varUint(piece.last() ? 1 : 0);
                out.varBytes(piece.bytes());
            }
            case Ping ping -> {
                begin(out, PING);
                out.varUint(ping.number());
            }
            case Pong pong -> {
                begin(out, PONG);
                out.varUint(pong.number());
            }
            case Bye bye -> {
                begin(out, BYE);
                out.varString(bye.code());
                out.varString(shortened(bye.sentence()));
            }
        }
        return out.toByteArray();
    }

    public static Message decode(byte[] bytes) throws ProtocolException {
        try {
            ByteReader in = new ByteReader(bytes);
            Message message = read(in);
            in.expectEnd();
            return message;
        } catch (MalformedUpdateException | IllegalArgumentException | DateTimeException malformed) {
            throw new ProtocolException("a malformed message of " + bytes.length + " bytes", malformed);
        }
    }

    private static Message read(ByteReader in) throws MalformedUpdateException, ProtocolException {
        String name = in.varString();
        int type = (int) Math.min(in.varUint(), Integer.MAX_VALUE);
        return switch (type) {
            case SYNC -> sync(DocumentName.parse(name), in);
            case AWARENESS -> new Aware(new RoomId(name), in.varBytes());
            case HELLO -> json(in, Hello.class);
            case REDEEM -> json(in, Redeem.class);
            case WELCOME -> new Welcome(new RoomId(name), all(in));
            case OPEN_ROOM -> new OpenRoom(new RoomId(name), all(in));
            case RECORDS -> new Records(new RoomId(name), all(in));
            case CLOSE_ROOM -> new CloseRoom(new RoomId(name));
            case WHEREABOUTS -> whereabouts(new RoomId(name), in);
            case ENVELOPE ->
                new Envelope(
                        DocumentName.parse(name),
                        new Fingerprint(HexFormat.of().formatHex(in.varBytes())),
                        Instant.ofEpochMilli(in.varUint()),
                        in.varBytes());
            case ACKNOWLEDGE -> new Acknowledge(stream(in), in.varUint());
            case REFUSE -> new Refuse(DocumentName.parse(name), stream(in), in.varUint(), in.varString());
            case ROOM_DIGEST -> new RoomDigest(new RoomId(name), digest(in));
            case BUCKET_DIGESTS -> {
                List<byte[]> digests = all(in);
                if (digests.size() != BUCKETS) {
                    throw new ProtocolException(digests.size() + " buckets");
                }
                yield new BucketDigests(new RoomId(name), digests);
            }
            case BUCKET_ENTRIES -> entries(new RoomId(name), in);
            case ASK_ATTACHMENT -> new AskAttachment(new RoomId(name), sha256(in), in.varUint());
            case ATTACHMENT_PIECE ->
                new AttachmentPiece(new RoomId(name), sha256(in), in.varUint(), in.varUint() == 1, in.varBytes());
            case PING -> new Ping(in.varUint());
            case PONG -> new Pong(in.varUint());
            case BYE -> new Bye(in.varString(), shortened(in.varString()));
            default -> throw new ProtocolException("a message of the unknown type " + type);
        };
    }

    private static Whereabouts whereabouts(RoomId room, ByteReader in) throws MalformedUpdateException {
        Map<Fingerprint, List<String>> all = new HashMap<>();
        for (int members = in.count(2); members > 0; members--) {
            Fingerprint member = new Fingerprint(HexFormat.of().formatHex(in.varBytes()));
            List<String> addresses = new ArrayList<>();
            for (int left = in.count(1); left > 0; left--) {
                addresses.add(in.varString());
            }
            all.put(member, addresses);
        }
        return new Whereabouts(room, all);
    }

    private static Message sync(DocumentName document, ByteReader in)
            throws MalformedUpdateException, ProtocolException {
        long step = in.varUint();
        if (step == STEP1) {
            return new Step1(document, in.varBytes());
        }
        if (step == STEP2) {
            return new Step2(document, in.varBytes());
        }
        throw new ProtocolException("a sync message of the unknown step " + step);
    }

    private static BucketEntries entries(RoomId room, ByteReader in)
            throws MalformedUpdateException, ProtocolException {
        List<Integer> buckets = new ArrayList<>();
        for (int left = in.count(1); left > 0; left--) {
            long bucket = in.varUint();
            if (bucket >= BUCKETS) {
                throw new ProtocolException("bucket " + bucket);
            }
            buckets.add((int) bucket);
        }
        int documents = in.count(2);
        if (documents > MOST_DOCUMENTS) {
            throw new ProtocolException(documents + " documents");
        }
        List<Entry> entries = new ArrayList<>();
        for (int left = documents; left > 0; left--) {
            entries.add(new Entry(new DocumentName(room, in.varString()).docId(), digest(in)));
        }
        return new BucketEntries(room, buckets, entries);
    }

    private static Frames.Stream stream(ByteReader in) throws MalformedUpdateException, ProtocolException {
        long stream = in.varUint();
        if (stream >= Frames.Stream.values().length) {
            throw new ProtocolException("stream " + stream);
        }
        return Frames.Stream.values()[(int) stream];
    }

    private static byte[] digest(ByteReader in) throws MalformedUpdateException, ProtocolException {
        byte[] digest = in.varBytes();
        if (digest.length != DIGEST) {
            throw new ProtocolException("a digest of " + digest.length + " bytes");
        }
        return digest;
    }

    private static String sha256(ByteReader in) throws MalformedUpdateException, ProtocolException {
        String hash = in.varString();
        if (!hash.matches("[0-9a-f]{64}")) {
            throw new ProtocolException("a malformed hash");
        }
        return hash;
    }

    private static void begin(ByteWriter out, int type) {
        out.varString("");
        out.varUint(type);
    }

    private static void begin(ByteWriter out, RoomId room, int type) {
        out.varString(room.hex());
        out.varUint(type);
    }

    private static void begin(ByteWriter out, DocumentName document, int type) {
        out.varString(document.toString());
        out.varUint(type);
    }

    private static void all(ByteWriter out, List<byte[]> arrays) {
        out.varUint(arrays.size());
        arrays.forEach(out::varBytes);
    }

    private static List<byte[]> all(ByteReader in) throws MalformedUpdateException {
        List<byte[]> arrays = new ArrayList<>();
        for (int left = in.count(1); left > 0; left--) {
            arrays.add(in.varBytes());
        }
        return arrays;
    }

    private static void json(ByteWriter out, int type, Object value) {
        begin(out, type);
        try {
            out.varBytes(JSON.writeValueAsBytes(value));
        } catch (JsonProcessingException neverOfOurRecords) {
            throw new IllegalStateException(neverOfOurRecords);
        }
    }

    private static <T> T json(ByteReader in, Class<T> type) throws MalformedUpdateException, ProtocolException {
        try {
            return JSON.readValue(in.varBytes(), type);
        } catch (IOException | NullPointerException malformed) {
            throw new ProtocolException("a malformed " + type.getSimpleName().toLowerCase(Locale.ROOT), malformed);
        }
    }

    private static String shortened(String text) {
        String printable = text.replaceAll("\\p{Cntrl}", " ");
        return printable.length() <= LONGEST_REASON ? printable : printable.substring(0, LONGEST_REASON);
    }
}
