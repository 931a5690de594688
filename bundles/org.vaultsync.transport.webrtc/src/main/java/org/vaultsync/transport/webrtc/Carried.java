// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.vaultsync.Fingerprint;
import org.vaultsync.LinkByHand.Fault;

/**
 * An offer or an answer in as few characters as it takes, because people carry it: of a description only what differs from
 * one to the next, in bytes, sealed for the other device, in base64url. {@code kind (1) · salt (8) · sealed · checksum (2)};
 * inside: of an answer the beginning of the offer's salt (2), ufrag (3), password (18), fingerprint of the certificate
 * (32), and each candidate as {@code how (1) · address (4 or 16) · port (2)}.
 */
record Carried(boolean offer, byte[] salt) {
    private static final int OFFER = 0x10;
    private static final int ANSWER = 0x11;
    private static final int NEWER = 0x20;
    private static final int SALT = 8;
    private static final int REFERENCE = 2;
    private static final int CHECKSUM = 2;
    private static final int TAG_BITS = 96;
    private static final int UFRAG = 3;
    private static final int PASSWORD = 18;
    private static final int CERTIFICATE = 32;
    private static final int LONGEST = 1000;
    private static final int MOST_WAYS = 8;
    private static final int IPV6 = 4;
    private static final List<String> TYPES = List.of("host", "srflx", "relay");
    private static final List<Integer> PREFERENCES = List.of(126, 100, 0);
    private static final SecureRandom RANDOM = new SecureRandom();

    /** A new one. */
    static Carried fresh(boolean offer) {
        byte[] salt = new byte[SALT];
        RANDOM.nextBytes(salt);
        return new Carried(offer, salt);
    }

    /** What tells an offer apart from the others of its device. */
    String reference() {
        return HexFormat.of().formatHex(salt, 0, REFERENCE);
    }

    /** A text that is whole, but not opened yet. */
    record Envelope(Carried carried, byte[] sealed) {
        /** Empty if that device has not written it, or not under this secret. */
        Optional<Content> open(byte[] secret, Fingerprint author) {
            try {
                byte[] opened =
                        carried.cipher(Cipher.DECRYPT_MODE, secret, author).doFinal(sealed);
                return Optional.of(carried.content(ByteBuffer.wrap(opened)));
            } catch (GeneralSecurityException | BufferUnderflowException | IllegalArgumentException another) {
                return Optional.empty();
            }
        }
    }

    /**
     * What was in it.
     *
     * @param answers the {@link #reference} of the offer that it answers; empty for an offer
     */
    record Content(String answers, Sdp description, List<Candidate> ways) {}

    /** Why a text is none of these. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1;

        private final Fault fault;

        Unreadable(Fault fault) {
            super(fault.name());
            this.fault = fault;
        }

        Fault fault() {
            return fault;
        }
    }

    /** Reads what a person pasted. */
    static Envelope read(String pasted) throws Unreadable {
        String text = pasted.replaceAll("\\s", "");
        // An offer begins with EA to ED, an answer with EQ to ET; of a later version with other letters.
        if (!text.matches("[A-Za-z0-9_-]{20," + LONGEST + "}")) {
            throw new Unreadable(Fault.NO_SUCH_TEXT);
        }
        byte[] all;
        try {
            all = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException oneTooFew) {
            throw new Unreadable(Fault.DAMAGED);
        }
        int end = all.length - CHECKSUM;
        if (checksum(all, end)
                != Short.toUnsignedInt(ByteBuffer.wrap(all, end, CHECKSUM).getShort())) {
            throw new Unreadable(Fault.DAMAGED);
        }
        if (all[0] >= NEWER) {
            throw new Unreadable(Fault.NEWER);
        }
        if (all[0] != OFFER && all[0] != ANSWER || end <= 1 + SALT) {
            throw new Unreadable(Fault.NO_SUCH_TEXT);
        }
        return new Envelope(
                new Carried(all[0] == OFFER, Arrays.copyOfRange(all, 1, 1 + SALT)),
                Arrays.copyOfRange(all, 1 + SALT, end));
    }

    /**
     * The text to carry.
     *
     * @param answers the {@link #reference} of the offer that it answers; empty for an offer
     * @throws IllegalArgumentException if the description is of another form than native code makes it
     */
    String write(byte[] secret, Fingerprint author, String answers, Sdp description, List<Candidate> ways) {
        ByteArrayOutputStream inside = new ByteArrayOutputStream();
        inside.writeBytes(HexFormat.of().parseHex(answers));
        inside.writeBytes(base64(description.after("a=ice-ufrag:"), UFRAG));
        inside.writeBytes(base64(description.after("a=ice-pwd:"), PASSWORD));
        inside.writeBytes(HexFormat.ofDelimiter(":").parseHex(description.fingerprint()));
        likeliest(ways).forEach(inside::writeBytes);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(offer ? OFFER : ANSWER);
        all.writeBytes(salt);
        try {
            all.writeBytes(cipher(Cipher.ENCRYPT_MODE, secret, author).doFinal(inside.toByteArray()));
        } catch (GeneralSecurityException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
        int checksum = checksum(all.toByteArray(), all.size());
        all.write(checksum >> 8);
        all.write(checksum);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(all.toByteArray());
    }

    private static byte[] base64(String text, int bytes) {
        byte[] decoded = Base64.getDecoder().decode(text);
        if (decoded.length != bytes
                || !Base64.getEncoder().encodeToString(decoded).equals(text)) {
            throw new IllegalArgumentException("a description of an unusual form");
        }
        return decoded;
    }

    /** Those over UDP with an address, of each kind some: through a server first, because they work from anywhere. */
    private static List<byte[]> likeliest(List<Candidate> ways) {
        List<byte[]> written = new ArrayList<>();
        ways.stream()
                .filter(way -> way.isNumeric() && way.text().split(" ")[2].equalsIgnoreCase("udp"))
                .sorted(Comparator.comparingInt(way -> -TYPES.indexOf(way.type())))
                .limit(MOST_WAYS)
                .forEach(way -> written.add(written(way)));
        return written;
    }

    private static byte[] written(Candidate way) {
        String[] words = way.text().split(" ");
        try {
            // Numeric: nothing is looked up.
            byte[] address = InetAddress.getByName(words[4]).getAddress();
            return ByteBuffer.allocate(1 + address.length + 2)
                    .put((byte) (Math.max(0, TYPES.indexOf(way.type())) + (address.length > 4 ? IPV6 : 0)))
                    .put(address)
                    .putShort((short) Integer.parseInt(words[5]))
                    .array();
        } catch (UnknownHostException notNumeric) {
            throw new IllegalArgumentException(notNumeric);
        }
    }

    private Content content(ByteBuffer in) {
        String answers = offer ? "" : HexFormat.of().formatHex(bytes(in, REFERENCE));
        Base64.Encoder encoder = Base64.getEncoder();
        Sdp description = new Sdp(String.join(
                        "\r\n",
                        "v=0",
                        "o=- 1 1 IN IP4 0.0.0.0",
                        "s=-",
                        "t=0 0",
                        "a=group:BUNDLE 0",
                        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
                        "c=IN IP4 0.0.0.0",
                        "a=ice-ufrag:" + encoder.encodeToString(bytes(in, UFRAG)),
                        "a=ice-pwd:" + encoder.encodeToString(bytes(in, PASSWORD)),
                        "a=ice-options:trickle",
                        "a=fingerprint:sha-256 "
                                + HexFormat.ofDelimiter(":").withUpperCase().formatHex(bytes(in, CERTIFICATE)),
                        "a=setup:" + (offer ? "actpass" : "active"),
                        "a=mid:0",
                        "a=sctp-port:5000",
                        "a=max-message-size:" + Connection.MAX_MESSAGE)
                + "\r\n");
        List<Candidate> ways = new ArrayList<>();
        while (in.hasRemaining()) {
            ways.add(way(in, ways.size()));
        }
        return new Content(answers, description, ways);
    }

    private static Candidate way(ByteBuffer in, int number) {
        int how = in.get();
        byte[] address = bytes(in, (how & IPV6) == 0 ? 4 : 16);
        int type = how & ~IPV6;
        if (type < 0 || type >= TYPES.size()) {
            throw new IllegalArgumentException("a way of an unknown kind");
        }
        try {
            long priority = ((long) PREFERENCES.get(type) << 24) + ((65_535L - number) << 8) + 255;
            return new Candidate(
                    "candidate:" + number + " 1 udp " + priority + " "
                            + InetAddress.getByAddress(address).getHostAddress() + " "
                            + Short.toUnsignedInt(in.getShort()) + " typ " + TYPES.get(type)
                            + (type == 0 ? "" : " raddr 0.0.0.0 rport 0"),
                    "0",
                    0);
        } catch (UnknownHostException neverOfFourOrSixteen) {
            throw new IllegalArgumentException(neverOfFourOrSixteen);
        }
    }

    private static byte[] bytes(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    /** Under a key of its own for each text. */
    private Cipher cipher(int mode, byte[] secret, Fingerprint author) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        mac.update("vaultsync carried 1".getBytes(StandardCharsets.US_ASCII));
        mac.update((byte) (offer ? OFFER : ANSWER));
        mac.update(author.bytes());
        SecretKeySpec key = new SecretKeySpec(mac.doFinal(salt), "AES");
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, new byte[12]));
        return cipher;
    }

    /** CRC-16 (CCITT), which finds what people and programs do to a text. */
    private static int checksum(byte[] bytes, int length) {
        int crc = 0xffff;
        for (int i = 0; i < length; i++) {
            crc ^= (bytes[i] & 0xff) << 8;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) == 0 ? crc << 1 : crc << 1 ^ 0x1021;
            }
            crc &= 0xffff;
        }
        return crc;
    }
}
