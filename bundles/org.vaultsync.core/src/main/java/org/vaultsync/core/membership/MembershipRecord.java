// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.membership;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.vaultsync.Fingerprint;
import org.vaultsync.RoomId;
import org.vaultsync.core.identity.DeviceKey;
import org.vaultsync.core.identity.Sha256;
import org.vaultsync.core.membership.Statement.Admit;
import org.vaultsync.core.membership.Statement.Epoch;
import org.vaultsync.core.membership.Statement.Found;
import org.vaultsync.core.membership.Statement.Grant;
import org.vaultsync.core.membership.Statement.Name;
import org.vaultsync.core.membership.Statement.Remove;
import org.vaultsync.core.membership.Statement.RenameRoom;
import org.vaultsync.core.membership.Statement.Role;
import org.vaultsync.core.membership.Statement.Share;
import org.vaultsync.core.membership.Statement.Unknown;
import org.vaultsync.core.wire.ProtocolException;
import org.vaultsync.crdt.update.ByteReader;
import org.vaultsync.crdt.update.ByteWriter;
import org.vaultsync.crdt.update.MalformedUpdateException;

/**
 * One signed statement about who belongs to a room. On the wire and on disk it is the body (JSON) and the signature over
 * it; it is named by the SHA-256 of its body. Fields that this version does not know stay in the body and are passed on.
 */
public final class MembershipRecord {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] LABEL = "vaultsync membership 1\0".getBytes(StandardCharsets.US_ASCII);
    private static final int LONGEST = 64 << 10;
    private static final int LONGEST_NAME = 64;

    private final byte[] body;
    private final byte[] signature;
    private final String hash;
    private final Statement statement;
    private final String room;
    private final byte[] authorKey;
    private final Fingerprint author;
    private final Optional<Fingerprint> subject;
    private final boolean admitsNobody;
    private final Set<String> after;
    private final Instant time;

    private MembershipRecord(byte[] body, byte[] signature) throws ProtocolException {
        this.body = body;
        this.signature = signature;
        this.hash = HexFormat.of().formatHex(Sha256.of(body));
        try {
            JsonNode json = JSON.readTree(body);
            if (json.path("version").asInt() != 1) {
                throw new ProtocolException("a membership record of version " + json.path("version"));
            }
            this.room = json.path("room").asText();
            this.authorKey = bytes(json, "author");
            Set<String> before = new HashSet<>();
            json.path("after").forEach(parent -> before.add(parent.asText()));
            this.after = Set.copyOf(before);
            this.time = Instant.parse(json.path("time").asText());
            this.statement = statement(json);
            this.author = Fingerprint.of(authorKey);
            this.subject = subject(statement);
            this.admitsNobody = statement instanceof Admit admit && !DeviceKey.isKey(admit.publicKey());
        } catch (IOException | DateTimeException | IllegalArgumentException malformed) {
            throw new ProtocolException("a malformed membership record", malformed);
        }
    }

    private static Statement statement(JsonNode json) throws IOException, ProtocolException {
        return switch (json.path("kind").asText()) {
            case "FOUND" -> new Found(name(json));
            case "ADMIT" -> new Admit(bytes(json, "subject"), name(json), grant(json));
            case "NAME" -> new Name(name(json));
            case "RENAME_ROOM" -> new RenameRoom(name(json));
            case "REMOVE" -> new Remove(bytes(json, "subject"));
            case "ROLE" ->
                new Role(bytes(json, "subject"), json.path("role").asText().equals("admin"));
            case "EPOCH" -> new Epoch(sealed(json));
            case "SHARE" -> new Share(bytes(json, "subject"), grant(json));
            default -> new Unknown();
        };
    }

    private static Optional<Fingerprint> subject(Statement statement) {
        return switch (statement) {
            case Admit admit -> Optional.of(Fingerprint.of(admit.publicKey()));
            case Remove(byte[] gone) -> Optional.of(Fingerprint.of(gone));
            case Role role -> Optional.of(Fingerprint.of(role.publicKey()));
            case Share share -> Optional.of(Fingerprint.of(share.publicKey()));
            default -> Optional.empty();
        };
    }

    private static byte[] bytes(JsonNode json, String field) throws IOException, ProtocolException {
        byte[] bytes = json.path(field).binaryValue();
        if (bytes == null) {
            throw new ProtocolException("a membership record without " + field);
        }
        return bytes;
    }

    private static String name(JsonNode json) throws ProtocolException {
        String name = json.path("text").asText();
        if (name.codePointCount(0, name.length()) > LONGEST_NAME) {
            throw new ProtocolException("a name in a membership record is too long");
        }
        return name;
    }

    private static Grant grant(JsonNode json) throws IOException, ProtocolException {
        return json.has("sealed") ? new Grant(json.path("epoch").asText(), bytes(json, "sealed")) : Grant.NONE;
    }

    private static Map<Fingerprint, byte[]> sealed(JsonNode json) throws IOException, ProtocolException {
        Map<Fingerprint, byte[]> sealed = new HashMap<>();
        JsonNode members = json.path("sealed");
        for (Iterator<String> names = members.fieldNames(); names.hasNext(); ) {
            String member = names.next();
            sealed.put(new Fingerprint(member), bytes(members, member));
        }
        return sealed;
    }

    private static void write(Statement statement, ObjectNode json) {
        switch (statement) {
            case Found(String roomName) ->
                json.put("kind", "FOUND").put("text", roomName).put("role", "admin");
            case Admit(byte[] publicKey, String name, Grant secret) -> {
                json.put("kind", "ADMIT").put("subject", publicKey).put("text", name);
                json.put("role", "member");
                write(secret, json);
            }
            case Name(String name) -> json.put("kind", "NAME").put("text", name);
            case RenameRoom(String name) -> json.put("kind", "RENAME_ROOM").put("text", name);
            case Remove(byte[] publicKey) -> json.put("kind", "REMOVE").put("subject", publicKey);
            case Role(byte[] publicKey, boolean admin) ->
                json.put("kind", "ROLE").put("subject", publicKey).put("role", admin ? "admin" : "member");
            case Epoch(Map<Fingerprint, byte[]> sealed) -> {
                ObjectNode members = json.put("kind", "EPOCH").putObject("sealed");
                new TreeMap<>(sealed).forEach((member, bytes) -> members.put(member.hex(), bytes));
            }
            case Share(byte[] publicKey, Grant secret) -> {
                json.put("kind", "SHARE").put("subject", publicKey);
                write(secret, json);
            }
            case Unknown() -> throw new IllegalArgumentException("nobody writes what they do not know");
        }
    }

    private static void write(Grant secret, ObjectNode json) {
        if (!secret.epoch().isEmpty()) {
            json.put("epoch", secret.epoch()).put("sealed", secret.sealed());
        }
    }

    /** @throws IllegalArgumentException if it is longer than anybody reads */
    static MembershipRecord sign(
            DeviceKey author, Statement statement, String room, Collection<String> after, Instant now) {
        ObjectNode json = JSON.createObjectNode().put("version", 1);
        write(statement, json);
        json.put("room", room)
                .put("author", author.publicKey())
                .put("time", now.toString())
                .put("nonce", author.random(8));
        new TreeSet<>(after).forEach(json.putArray("after")::add);
        try {
            byte[] body = JSON.writeValueAsBytes(json);
            MembershipRecord record = new MembershipRecord(body, author.sign(labelled(body)));
            if (record.bytes().length > LONGEST) {
                throw new IllegalArgumentException(
                        "a membership record of " + record.bytes().length + " bytes, limit " + LONGEST);
            }
            return record;
        } catch (JsonProcessingException | ProtocolException neverOfOurOwn) {
            throw new IllegalStateException(neverOfOurOwn);
        }
    }

    /** The first record of a new room; the room is named after it. */
    public static MembershipRecord found(DeviceKey founder, String roomName, Instant now) {
        return sign(founder, new Found(roomName), "", Set.of(), now);
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

    /** The room that a {@link Found} record makes. */
    public RoomId foundedRoom() {
        return new RoomId(hash.substring(0, 32));
    }

    boolean founds(RoomId id) {
        return statement instanceof Found && foundedRoom().equals(id);
    }

    boolean isSigned() {
        return DeviceKey.verify(authorKey, labelled(body), signature);
    }

    /** 64 hexadecimal digits. */
    public String hash() {
        return hash;
    }

    public Statement statement() {
        return statement;
    }

    public Instant time() {
        return time;
    }

    public Fingerprint author() {
        return author;
    }

    /** Whom the statement is about, where that is a device. */
    Optional<Fingerprint> subject() {
        return subject;
    }

    /** Whether it lets in a key that no device can have. */
    boolean admitsNobody() {
        return admitsNobody;
    }

    byte[] authorKey() {
        return authorKey;
    }

    String room() {
        return room;
    }

    Set<String> after() {
        return after;
    }

    private static byte[] labelled(byte[] body) {
        byte[] labelled = Arrays.copyOf(LABEL, LABEL.length + body.length);
        System.arraycopy(body, 0, labelled, LABEL.length, body.length);
        return labelled;
    }
}
