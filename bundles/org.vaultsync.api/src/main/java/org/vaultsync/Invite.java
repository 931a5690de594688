// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;

/**
 * One line that lets one device into a private room: whom to dial, what to prove, whom to trust. Whether it has expired
 * or was used is known to the inviting device alone.
 *
 * @param token 32 hexadecimal digits, the secret of this invite
 * @param inviter the key that the inviting device must prove
 * @param addresses where to dial it, likeliest first
 * @param signaling addresses of signaling servers where it can be met
 */
public record Invite(RoomId room, String token, Fingerprint inviter, List<String> addresses, List<String> signaling) {
    private static final String PREFIX = "vaultsync:";
    private static final int VERSION = 1;
    private static final int MOST_ADDRESSES = 32;
    private static final int LONGEST = 8192;

    public Invite {
        if (!token.matches("[0-9a-f]{32}")) {
            throw new IllegalArgumentException("the token of an invite has 32 hexadecimal digits");
        }
        if (addresses.size() > MOST_ADDRESSES || signaling.size() > MOST_ADDRESSES) {
            throw new IllegalArgumentException("an invite names at most " + MOST_ADDRESSES + " addresses");
        }
        addresses = List.copyOf(addresses);
        signaling = List.copyOf(signaling);
    }

    /** The line to copy: {@code vaultsync:} and base64url of a version, the fields and a checksum. */
    public String line() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.write(HexFormat.of().parseHex(room.hex()));
            out.write(HexFormat.of().parseHex(token));
            out.write(inviter.bytes());
            write(out, addresses);
            write(out, signaling);
            out.writeInt((int) checksum(bytes.toByteArray()));
        } catch (IOException neverInMemory) {
            throw new UncheckedIOException(neverInMemory);
        }
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }

    /**
     * Reads a line that a person pasted; spaces and line breaks that a mail program put in do no harm.
     *
     * @throws SyncException if it is not an invite, is incomplete, or is of a newer version, each with its own sentence
     */
    public static Invite parse(String pasted) throws SyncException {
        String line = pasted.replaceAll("\\s", "");
        if (line.isEmpty()) {
            throw new SyncException("Paste the invite that the other person copied for you.");
        }
        if (!line.startsWith(PREFIX)) {
            throw new SyncException("This is not an invite: an invite begins with \"" + PREFIX + "\".");
        }
        if (line.length() > LONGEST) {
            throw new SyncException("This is not an invite: it is far too long.");
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(line.substring(PREFIX.length()));
        } catch (IllegalArgumentException notBase64) {
            throw new SyncException("This invite was damaged on the way. Copy the whole line again.", notBase64);
        }
        if (bytes.length > 0 && bytes[0] > VERSION) {
            throw new SyncException("This invite was made by a newer version. Update this application to use it.");
        }
        try {
            return read(bytes);
        } catch (IOException | IllegalArgumentException damaged) {
            throw new SyncException(
                    "This invite is incomplete or was damaged on the way. Copy the whole line again.", damaged);
        }
    }

    private static Invite read(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        if (in.readByte() != VERSION) {
            throw new IOException("version");
        }
        RoomId room = new RoomId(HexFormat.of().formatHex(readFully(in, 16)));
        String token = HexFormat.of().formatHex(readFully(in, 16));
        Fingerprint inviter = new Fingerprint(HexFormat.of().formatHex(readFully(in, 32)));
        Invite invite = new Invite(room, token, inviter, readAll(in), readAll(in));
        int length = bytes.length - in.available();
        if (in.readInt() != (int) checksum(Arrays.copyOf(bytes, length)) || in.available() > 0) {
            throw new IOException("checksum");
        }
        return invite;
    }

    private static byte[] readFully(DataInputStream in, int length) throws IOException {
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }

    private static void write(DataOutputStream out, List<String> texts) throws IOException {
        out.writeByte(texts.size());
        for (String text : texts) {
            out.writeUTF(text);
        }
    }

    private static List<String> readAll(DataInputStream in) throws IOException {
        List<String> texts = new ArrayList<>();
        for (int left = in.readUnsignedByte(); left > 0; left--) {
            texts.add(in.readUTF());
        }
        return texts;
    }

    private static long checksum(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }

    /** Without the token, which is a secret. */
    @Override
    public String toString() {
        return "Invite to " + room + " by " + inviter;
    }
}
