// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.membership;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.vaultsync.Fingerprint;
import org.vaultsync.RoomId;
import org.vaultsync.core.identity.DeviceKey;
import org.vaultsync.core.wire.ProtocolException;
import org.vaultsync.crdt.update.ByteReader;
import org.vaultsync.crdt.update.ByteWriter;
import org.vaultsync.crdt.update.MalformedUpdateException;

/**
 * One signed statement about who belongs to a room. On the wire and on disk it is the body (JSON) and the signature over
 * it; it is named by the SHA-256 of its body. Fields that this version does not know stay in the body and are passed on.
 */
public final class MembershipRecord {
    /** What is stated. */
    public enum Kind {
        /** The author makes the room, whose id is the beginning of this record's hash, and is its first admin. */
        FOUND,
        /** The author lets the subject in. */
        ADMIT,
        /** The author's device is called so. */
        NAME,
        /** The room is called so. */
        RENAME_ROOM,
        /** The subject belongs to the room no more. */
        REMOVE,
        /** Of a later version: kept, passed on, and without effect here. */
        UNKNOWN
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] LABEL = "vaultsync membership 1\0".getBytes(StandardCharsets.US_ASCII);
    private static final int LONGEST = 8192;
    private static final int LONGEST_NAME = 64;

    private final byte[] body;
    private final byte[] signature;
    private final String hash;
    private final Kind kind;
    private final String room;
    private final byte[] authorKey;
    private final byte[] subjectKey;
    private final Set<String> after;
    private final String text;
    private final Instant time;

    private MembershipRecord(byte[] body, byte[] signature) throws ProtocolException {
        this.body = body;
        this.signature = signature;
        this.hash = HexFormat.of().formatHex(sha256(body));
        try {
            JsonNode json = JSON.readTree(body);
            if (json.path("version").asInt() != 1) {
                throw new ProtocolException("a membership record of version " + json.path("version"));
            }
            this.kind = Arrays.stream(Kind.values())
                    .filter(known -> known.name().equals(json.path("kind").asText()))
                    .findFirst()
                    .orElse(Kind.UNKNOWN);
            this.room = json.path("room").asText();
            this.authorKey = json.path("author").binaryValue();
            this.subjectKey = json.has("subject") ? json.path("subject").binaryValue() : null;
            Set<String> before = new HashSet<>();
            json.path("after").forEach(parent -> before.add(parent.asText()));
            this.after = Set.copyOf(before);
            this.text = json.path("text").asText();
            this.time = Instant.parse(json.path("time").asText());
        } catch (IOException | DateTimeException malformed) {
            throw new ProtocolException("a malformed membership record", malformed);
        }
        boolean needsSubject = kind == Kind.ADMIT || kind == Kind.REMOVE;
        if (authorKey == null
                || needsSubject && subjectKey == null
                || text.codePointCount(0, text.length()) > LONGEST_NAME) {
            throw new ProtocolException("a malformed membership record");
        }
    }

    static MembershipRecord sign(
            DeviceKey author,
            Kind kind,
            String room,
            Collection<String> after,
            Optional<byte[]> subject,
            String text,
            Instant now) {
        ObjectNode json = JSON.createObjectNode()
                .put("version", 1)
                .put("kind", kind.name())
                .put("room", room)
                .put("author", author.publicKey())
                .put("text", text)
                .put("time", now.toString())
                .put("nonce", author.nonce());
        subject.ifPresent(key -> json.put("subject", key));
        if (kind == Kind.FOUND || kind == Kind.ADMIT) {
            json.put("role", kind == Kind.FOUND ? "admin" : "member");
        }
        new TreeSet<>(after).forEach(json.putArray("after")::add);
        try {
            byte[] body = JSON.writeValueAsBytes(json);
            return new MembershipRecord(body, author.sign(labelled(body)));
        } catch (JsonProcessingException | ProtocolException neverOfOurOwn) {
            throw new IllegalStateException(neverOfOurOwn);
        }
    }

    /** The first record of a new room; the room is named after it. */
    public static MembershipRecord found(DeviceKey founder, String roomName, Instant now) {
        return sign(founder, Kind.FOUND, "", Set.of(), Optional.empty(), roomName, now);
    }

    /** Reads what {@link #bytes()} wrote. The signature is not yet checked. */
    public static MembershipRecord parse(byte[] bytes) throws ProtocolException {
        if (bytes.length > LONGEST) {
            throw new ProtocolException("a membership record of " + bytes.length + " bytes");
        }
        try {
            ByteReader in = new ByteReader(bytes);
            MembershipRecord record = new MembershipRecord(in.varBytes(), in.varBytes());
            in.expectEnd();
            return record;
        } catch (MalformedUpdateException malformed) {
            throw new ProtocolException("a malformed membership record", malformed);
        }
    }

    public byte[] bytes() {
        ByteWriter out = new ByteWriter();
        out.varBytes(body);
        out.varBytes(signature);
        return out.toByteArray();
    }

    /** The room that a {@link Kind#FOUND} record makes. */
    public RoomId foundedRoom() {
        return new RoomId(hash.substring(0, 32));
    }

    boolean founds(RoomId id) {
        return kind == Kind.FOUND && foundedRoom().equals(id);
    }

    boolean isSigned() {
        return DeviceKey.verify(authorKey, labelled(body), signature);
    }

    /** 64 hexadecimal digits. */
    public String hash() {
        return hash;
    }

    public Kind kind() {
        return kind;
    }

    public Instant time() {
        return time;
    }

    Fingerprint author() {
        return Fingerprint.of(authorKey);
    }

    byte[] authorKey() {
        return authorKey;
    }

    Fingerprint subject() {
        return Fingerprint.of(subjectKey);
    }

    byte[] subjectKey() {
        return subjectKey;
    }

    String room() {
        return room;
    }

    Set<String> after() {
        return after;
    }

    String text() {
        return text;
    }

    private static byte[] labelled(byte[] body) {
        byte[] labelled = Arrays.copyOf(LABEL, LABEL.length + body.length);
        System.arraycopy(body, 0, labelled, LABEL.length, body.length);
        return labelled;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
