// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vaultsync.transport.Announcement;
import org.vaultsync.transport.Card;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.contract.Guests;

/** What strangers can send before they have proved anything: no bytes may do more than be refused. */
class DecodersTest {
    private static final boolean SOAK = Boolean.getBoolean("soak");
    private static final int ROUNDS = SOAK ? 1_000_000 : 300_000;

    private final long seed = SOAK ? new Random().nextLong() : 7;
    private final Random random = new Random(seed);

    private static byte[] nonce() {
        byte[] nonce = new byte[16];
        new SecureRandom().nextBytes(nonce);
        return nonce;
    }

    private static Announcement announcement(int tokens) {
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < tokens; i++) {
            all.add(Arrays.copyOf(nonce(), 8));
        }
        return new Announcement(nonce(), all);
    }

    @Test
    void aKnockIsReadFromAClientHello() throws IOException {
        for (int i = 0; i < 50; i++) {
            Knock knock = new Guests().stranger();
            byte[] record = RawPeer.clientHello(knock);
            ClientHello hello =
                    ClientHello.read(new ByteArrayInputStream(record)).orElseThrow();
            assertArrayEquals(record, hello.record());
            assertEquals(knock.text(), hello.knock().orElseThrow().text());
        }
    }

    @Test
    void aClientHelloThatEndsEarlyIsNone() throws IOException {
        byte[] record = RawPeer.clientHello(new Guests().stranger());
        for (int length = 0; length < record.length; length++) {
            assertTrue(ClientHello.read(new ByteArrayInputStream(record, 0, length))
                    .isEmpty());
        }
    }

    @Test
    void anyClientHelloIsReadOrNot() throws IOException {
        Knock knock = new Guests().stranger();
        byte[] record = RawPeer.clientHello(knock);
        int understood = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] changed = changed(record);
            try {
                Optional<ClientHello> hello = ClientHello.read(new ByteArrayInputStream(changed));
                understood += hello.flatMap(ClientHello::knock).isPresent() ? 1 : 0;
            } catch (RuntimeException fault) {
                throw new AssertionError("seed " + seed + ", round " + i, fault);
            }
        }
        tell("CLIENT HELLO", understood);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 30, 31, Announcement.MOST_TOKENS})
    void anAnnouncementIsReadWithFillersInAnyOrder(int tokens) {
        Announcement said = announcement(tokens);
        byte[] record = Advert.encode(said, new SecureRandom());
        Announcement heard = Advert.decode(record).orElseThrow();
        assertArrayEquals(said.nonce(), heard.nonce());
        assertEquals(Math.max(8, (tokens + 7) / 8 * 8), heard.tokens().size());
        for (byte[] token : said.tokens()) {
            assertTrue(heard.tokens().stream().anyMatch(one -> Arrays.equals(one, token)));
        }
        assertTrue(record.length < 1100, "fits a packet");
    }

    @Test
    void anyAnnouncementIsReadOrNot() {
        byte[] record = Advert.encode(announcement(20), new SecureRandom());
        int understood = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] changed = changed(record);
            try {
                understood += Advert.decode(changed).isPresent() ? 1 : 0;
            } catch (RuntimeException fault) {
                throw new AssertionError("seed " + seed + ", round " + i, fault);
            }
        }
        tell("ANNOUNCEMENT", understood);
    }

    @Test
    void anyCardIsReadOrNot() {
        Card card = new Card("Anna's laptop", nonce());
        byte[] record = Advert.encode(card);
        assertEquals("Anna's laptop", Advert.decodeCard(record).orElseThrow().name());
        assertEquals(
                62,
                Advert.decodeCard(Advert.encode(new Card("\ud83d\ude00".repeat(64), nonce())))
                        .orElseThrow()
                        .name()
                        .codePoints()
                        .count());
        int understood = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] changed = changed(record);
            try {
                understood += Advert.decodeCard(changed).isPresent() ? 1 : 0;
            } catch (RuntimeException fault) {
                throw new AssertionError("seed " + seed + ", round " + i, fault);
            }
        }
        tell("CARD", understood);
    }

    private void tell(String what, int understood) {
        System.out.println(
                what + ": " + ROUNDS + " inputs by seed " + seed + ", of which " + understood + " could be read");
        assertTrue(understood > 0 && understood < ROUNDS, "the changes test nothing");
    }

    /** What others say that they can be dialled at, and what a person types. */
    @Test
    void anyTextIsAnAddressOrNot() {
        List<String> corpus = List.of(
                "192.168.1.20:9000",
                "[fd00::20]:9000",
                "[fe80::1%eth0]:9000",
                "fe80::1:2:3:4%1",
                "laptop.local:8765",
                "mein-b\u00fcro",
                "255.255.255.255:65535");
        String letters = "[]:.%0123456789abcdefxyz-_ \u0000\u00fc\ud83d\u0665\uff11";
        int understood = 0;
        for (int i = 0; i < ROUNDS; i++) {
            StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? "" : corpus.get(i % corpus.size()));
            for (int changes = random.nextInt(text.isEmpty() ? 40 : 4); changes > 0; changes--) {
                int at = random.nextInt(text.length() + 1);
                if (random.nextInt(3) > 0 || at == text.length()) {
                    text.insert(at, letters.charAt(random.nextInt(letters.length())));
                } else {
                    text.deleteCharAt(at);
                }
            }
            try {
                Optional<HostPort> where = HostPort.parse(text.toString());
                where.ifPresent(one -> assertEquals(Optional.of(one), HostPort.parse(one.toString())));
                understood += where.isPresent() ? 1 : 0;
                HostPort.numeric(text.toString())
                        .ifPresent(address ->
                                assertEquals(1, HostPort.of(address, 1).port()));
            } catch (RuntimeException | AssertionError fault) {
                throw new AssertionError("seed " + seed + ", round " + i + ", text " + text, fault);
            }
        }
        assertTrue(HostPort.parse(":".repeat(1_000_000)).isEmpty());
        tell("ADDRESS", understood);
    }

    /** With some bytes set, cut out, repeated or cut off; lengths are hit often, being small. */
    private byte[] changed(byte[] original) {
        byte[] bytes = original.clone();
        for (int changes = 1 + random.nextInt(4); changes > 0 && bytes.length > 1; changes--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] = (byte) (random.nextBoolean() ? 0 : 0xff);
                case 2 -> bytes[at] += (byte) (random.nextBoolean() ? 1 : -1);
                case 3 -> bytes = Arrays.copyOf(bytes, at);
                default -> {
                    byte[] without = Arrays.copyOf(bytes, bytes.length - 1);
                    System.arraycopy(bytes, at + 1, without, at, without.length - at);
                    bytes = without;
                }
            }
        }
        return bytes;
    }
}
