// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.vaultsync.transport.Announcement;
import org.vaultsync.transport.Card;

/**
 * An announcement as the TXT record of a DNS-SD service: {@code v=1}, {@code n=} the nonce, {@code t0=}, {@code t1=} ...
 * the tokens in bytes, up to {@value #TOKENS_PER_ENTRY} in each.
 */
final class Advert {
    private static final int TOKENS_PER_ENTRY = 30;
    private static final int TOKEN = 8;
    private static final int NONCE = 16;
    /** Tokens are filled up to a multiple of this, so that their number tells little. */
    private static final int FILL = 8;

    private Advert() {}

    static byte[] encode(Announcement announcement, SecureRandom random) {
        List<byte[]> tokens = new ArrayList<>(announcement.tokens());
        while (tokens.isEmpty() || tokens.size() % FILL != 0) {
            byte[] filler = new byte[TOKEN];
            random.nextBytes(filler);
            tokens.add(filler);
        }
        Collections.shuffle(tokens, random);
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        entry(record, "v=", "1".getBytes(StandardCharsets.US_ASCII));
        entry(record, "n=", announcement.nonce());
        for (int i = 0; i < tokens.size(); i += TOKENS_PER_ENTRY) {
            ByteArrayOutputStream some = new ByteArrayOutputStream();
            tokens.subList(i, Math.min(i + TOKENS_PER_ENTRY, tokens.size())).forEach(some::writeBytes);
            entry(record, "t" + i / TOKENS_PER_ENTRY + "=", some.toByteArray());
        }
        return record.toByteArray();
    }

    /** A card as a TXT record: {@code v=1}, {@code c=} the name in UTF-8, {@code k=} the token. */
    static byte[] encode(Card card) {
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        entry(record, "v=", "1".getBytes(StandardCharsets.US_ASCII));
        entry(record, "c=", fitting(card.name()).getBytes(StandardCharsets.UTF_8));
        entry(record, "k=", card.token());
        return record.toByteArray();
    }

    /** The name, or as much of it as an entry holds. */
    private static String fitting(String name) {
        String fitting = name;
        while (fitting.getBytes(StandardCharsets.UTF_8).length > 250) {
            fitting = fitting.substring(0, fitting.offsetByCodePoints(fitting.length(), -1));
        }
        return fitting;
    }

    /** Reads what a device that shows itself says; empty if it is anything else. */
    static Optional<Card> decodeCard(byte[] record) {
        boolean first = false;
        Optional<String> name = Optional.empty();
        Optional<byte[]> token = Optional.empty();
        for (int at = 0; at < record.length; ) {
            int end = at + 1 + Byte.toUnsignedInt(record[at]);
            if (end > record.length) {
                return Optional.empty();
            }
            String entry = new String(record, at + 1, end - at - 1, StandardCharsets.ISO_8859_1);
            byte[] value = Arrays.copyOfRange(record, Math.min(end, at + 3), end);
            if (entry.equals("v=1")) {
                first = true;
            } else if (entry.startsWith("c=")) {
                name = Optional.of(new String(value, StandardCharsets.UTF_8)
                                .replaceAll("\\p{Cntrl}", " ")
                                .strip())
                        .filter(text -> !text.isEmpty() && text.codePointCount(0, text.length()) <= 64);
            } else if (entry.startsWith("k=") && value.length == NONCE) {
                token = Optional.of(value);
            }
            at = end;
        }
        return first && name.isPresent() && token.isPresent()
                ? Optional.of(new Card(name.get(), token.get()))
                : Optional.empty();
    }

    private static void entry(ByteArrayOutputStream record, String key, byte[] value) {
        record.write(key.length() + value.length);
        record.writeBytes(key.getBytes(StandardCharsets.US_ASCII));
        record.writeBytes(value);
    }

    /** Reads what {@link #encode} wrote, fillers included; empty if it is anything else. */
    static Optional<Announcement> decode(byte[] record) {
        Optional<byte[]> nonce = Optional.empty();
        boolean first = false;
        List<byte[]> tokens = new ArrayList<>();
        for (int at = 0; at < record.length; ) {
            int end = at + 1 + Byte.toUnsignedInt(record[at]);
            if (end > record.length) {
                return Optional.empty();
            }
            String entry = new String(record, at + 1, end - at - 1, StandardCharsets.ISO_8859_1);
            int value = at + 1 + entry.indexOf('=') + 1;
            if (entry.equals("v=1")) {
                first = true;
            } else if (entry.startsWith("n=") && end - value == NONCE) {
                nonce = Optional.of(Arrays.copyOfRange(record, value, end));
            } else if (entry.startsWith("t") && entry.indexOf('=') > 0 && (end - value) % TOKEN == 0) {
                for (int token = value; token < end; token += TOKEN) {
                    tokens.add(Arrays.copyOfRange(record, token, token + TOKEN));
                }
            }
            at = end;
        }
        if (!first || nonce.isEmpty() || tokens.size() > Announcement.MOST_TOKENS) {
            return Optional.empty();
        }
        return Optional.of(new Announcement(nonce.get(), tokens));
    }
}
