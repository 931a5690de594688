// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vaultsync.Invite;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.core.identity.DeviceKey;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.ThisMachine;
import org.vaultsync.core.membership.Membership;
import org.vaultsync.core.membership.MembershipRecord;
import org.vaultsync.core.membership.Statement.Admit;
import org.vaultsync.core.membership.Statement.Grant;
import org.vaultsync.core.membership.Statement.Name;
import org.vaultsync.core.membership.Statement.Remove;
import org.vaultsync.core.wire.Frames;
import org.vaultsync.core.wire.Message;
import org.vaultsync.core.wire.Messages;
import org.vaultsync.core.wire.ProtocolException;

/**
 * What others can send to a decoder: any bytes are read or refused, soon, and nothing else happens. Bytes are made from
 * those of the corpus ({@code decoders/*.hex}, one input a line) by changing, cutting, repeating and splicing. An input
 * that ever did harm is added there.
 */
class DecodersTest {
    private static final int SLICE = 10_000;
    private static final int SOAK = 1_000_000;
    private static final Duration LONGEST = Duration.ofSeconds(2);
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    /** Reads bytes; says whether it could. Whatever else it throws is a fault. */
    @FunctionalInterface
    private interface Attempt {
        boolean read(byte[] bytes) throws Exception;
    }

    enum Decoder {
        MESSAGE(bytes -> {
            try {
                byte[] once = Messages.encode(Messages.decode(bytes));
                assertArrayEquals(once, Messages.encode(Messages.decode(once)));
                return true;
            } catch (ProtocolException refused) {
                return false;
            }
        }),
        RECORD(bytes -> {
            try {
                MembershipRecord record = MembershipRecord.parse(bytes);
                Membership members = new Membership(ROOM);
                assertTrue(members.add(List.of(record)).size() <= 1);
                return true;
            } catch (ProtocolException refused) {
                return false;
            }
        }),
        INVITE(bytes -> {
            try {
                Invite invite = Invite.parse(new String(bytes, StandardCharsets.ISO_8859_1));
                assertEquals(invite, Invite.parse(invite.line()));
                return true;
            } catch (SyncException refused) {
                return false;
            }
        }),
        /** Frames after one another, each behind its length in two bytes. */
        FRAMES(bytes -> {
            TestLink wire = new TestLink();
            Frames frames = new Frames(wire, MACHINE, 1 << 20);
            frames.start((stream, message) -> frames.consumed(stream, message.length), reason -> {});
            for (int at = 0; at + 2 <= bytes.length; ) {
                int length = Math.min((bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff, bytes.length - at - 2);
                wire.receiver.received(Arrays.copyOfRange(bytes, at + 2, at + 2 + length));
                at += 2 + length;
            }
            boolean refused = wire.closed;
            frames.close();
            return !refused;
        });

        private final Attempt attempt;

        Decoder(Attempt attempt) {
            this.attempt = attempt;
        }
    }

    private static final Machine MACHINE = new ThisMachine(Clock.systemUTC());
    private static final RoomId ROOM = new RoomId("0123456789abcdef0123456789abcdef");

    @TempDir
    private Path folder;

    private static List<byte[]> corpus(Decoder decoder) throws IOException {
        String name = "decoders/" + decoder.name().toLowerCase(Locale.ROOT) + ".hex";
        try (InputStream lines = DecodersTest.class.getResourceAsStream(name)) {
            return new String(lines.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(HexFormat.of()::parseHex)
                    .toList();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anyBytesAreReadOrRefused(Decoder decoder) throws Exception {
        List<byte[]> corpus = new ArrayList<>(corpus(decoder));
        if (decoder == Decoder.RECORD) {
            corpus.addAll(signedRecords());
        }
        boolean soak = Boolean.getBoolean("soak");
        int rounds = soak ? SOAK : SLICE;
        long seed = soak ? new Random().nextLong() : 7;
        Random random = new Random(seed);
        int read = 0;
        for (int round = 0; round < rounds; round++) {
            byte[] input = round < corpus.size() ? corpus.get(round) : changed(corpus, random);
            long began = System.nanoTime();
            try {
                read += decoder.attempt.read(input) ? 1 : 0;
            } catch (Exception | Error fault) {
                throw new AssertionError(
                        decoder + " by seed " + seed + ", round " + round + ", input "
                                + HexFormat.of().formatHex(input),
                        fault);
            }
            long took = System.nanoTime() - began;
            assertTrue(
                    took < LONGEST.toNanos(),
                    () -> took / 1_000_000 + " ms for " + HexFormat.of().formatHex(input));
        }
        System.out.println(
                decoder + ": " + rounds + " inputs by seed " + seed + ", of which " + read + " could be read");
        assertTrue(read > 0 && read < rounds, "the changes test nothing");
    }

    private List<byte[]> signedRecords() throws IOException {
        DeviceKey anna = DeviceKey.at(folder.resolve("anna.key"));
        DeviceKey ben = DeviceKey.at(folder.resolve("ben.key"));
        MembershipRecord founding = MembershipRecord.found(anna, "Friday group", NOW);
        Membership members = new Membership(founding.foundedRoom());
        members.add(List.of(founding));
        return List.of(
                founding.bytes(),
                members.write(anna, new Admit(ben.publicKey(), "Ben", Grant.NONE), NOW)
                        .bytes(),
                members.write(anna, new Name("Anna"), NOW).bytes(),
                members.write(anna, new Remove(ben.publicKey()), NOW).bytes());
    }

    private static byte[] changed(List<byte[]> corpus, Random random) {
        byte[] bytes = corpus.get(random.nextInt(corpus.size())).clone();
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(bytes.length + 1);
            int to = Math.min(bytes.length, at + random.nextInt(24));
            bytes = switch (random.nextInt(8)) {
                case 0 -> with(bytes, at, (byte) random.nextInt());
                case 1 -> with(bytes, at, random.nextBoolean() ? (byte) 0xff : 0x7f);
                case 2 ->
                    with(bytes, at, (byte) ((at < bytes.length ? bytes[at] : 0) + (random.nextBoolean() ? 1 : -1)));
                case 3 -> Arrays.copyOf(bytes, at);
                case 4 -> spliced(bytes, at, new byte[0], to);
                case 5 -> spliced(bytes, at, Arrays.copyOfRange(bytes, at, to), at);
                case 6 -> {
                    byte[] other = corpus.get(random.nextInt(corpus.size()));
                    int from = random.nextInt(other.length + 1);
                    yield spliced(bytes, at, Arrays.copyOfRange(other, from, other.length), bytes.length);
                }
                default -> {
                    byte[] number = new byte[1 + random.nextInt(9)];
                    Arrays.fill(number, (byte) 0xff);
                    number[number.length - 1] = (byte) random.nextInt(128);
                    yield spliced(bytes, at, number, to);
                }
            };
        }
        return bytes;
    }

    private static byte[] with(byte[] bytes, int at, byte value) {
        if (at < bytes.length) {
            bytes[at] = value;
        }
        return bytes;
    }

    /** The bytes before, the others, and the bytes from {@code on}. */
    private static byte[] spliced(byte[] bytes, int before, byte[] others, int on) {
        byte[] all = Arrays.copyOf(bytes, before + others.length + bytes.length - on);
        System.arraycopy(others, 0, all, before, others.length);
        System.arraycopy(bytes, on, all, before + others.length, bytes.length - on);
        return all;
    }

    @Test
    void theCorpusHasAnInputForEveryMessage() throws Exception {
        List<String> kinds = new ArrayList<>();
        for (byte[] input : corpus(Decoder.MESSAGE)) {
            try {
                kinds.add(Messages.decode(input).getClass().getSimpleName());
            } catch (ProtocolException refused) {
                continue;
            }
        }
        List<Class<?>> wanted = new ArrayList<>(List.of(Message.class));
        while (!wanted.isEmpty()) {
            Class<?> kind = wanted.removeLast();
            if (kind.isSealed()) {
                wanted.addAll(List.of(kind.getPermittedSubclasses()));
            } else {
                assertTrue(kinds.contains(kind.getSimpleName()), () -> "no input for " + kind.getSimpleName());
            }
        }
    }
}
