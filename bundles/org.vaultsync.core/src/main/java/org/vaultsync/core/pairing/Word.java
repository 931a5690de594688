// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.pairing;

import org.vaultsync.core.wire.ProtocolException;
import org.vaultsync.crdt.update.ByteReader;
import org.vaultsync.crdt.update.ByteWriter;
import org.vaultsync.crdt.update.MalformedUpdateException;

/** What two devices say to each other while they are paired. Each is one message of the link: varUint type, and its fields. */
public sealed interface Word {
    /** First, from the one who dialled: the hash of what it will reveal. */
    record Commit(byte[] commitment, String name) implements Word {}

    /** The answer, in the open: the other side cannot choose its own any more. */
    record Challenge(byte[] nonce, String name) implements Word {}

    /** What was committed to. From now on both have the code. */
    record Reveal(byte[] nonce) implements Word {}

    /** The person says that the codes are the same. */
    record Confirm(boolean offersRoom) implements Word {}

    /** An invite for the other side alone, once both have confirmed. */
    record Offer(String invite) implements Word {}

    /** The other side has joined. */
    record Joined() implements Word {}

    /** The last word: why it is over. */
    record Bye(String sentence) implements Word {}

    private static int type(Word word) {
        return switch (word) {
            case Commit commit -> 1;
            case Challenge challenge -> 2;
            case Reveal reveal -> 3;
            case Confirm confirm -> 4;
            case Offer offer -> 5;
            case Joined joined -> 6;
            case Bye bye -> 7;
        };
    }

    static byte[] encode(Word word) {
        ByteWriter out = new ByteWriter();
        out.varUint(type(word));
        switch (word) {
            case Commit commit -> {
                out.varBytes(commit.commitment());
                out.varString(commit.name());
            }
            case Challenge challenge -> {
                out.varBytes(challenge.nonce());
                out.varString(challenge.name());
            }
            case Reveal reveal -> out.varBytes(reveal.nonce());
            case Confirm confirm -> out.varUint(confirm.offersRoom() ? 1 : 0);
            case Offer offer -> out.varString(offer.invite());
            case Joined joined -> {}
            case Bye bye -> out.varString(bye.sentence());
        }
        return out.toByteArray();
    }

    /** Reads what {@link #encode} wrote. */
    static Word decode(byte[] bytes) throws ProtocolException {
        try {
            ByteReader in = new ByteReader(bytes);
            long type = in.varUint();
            Word word = switch ((int) Math.min(type, Integer.MAX_VALUE)) {
                case 1 -> new Commit(thirtyTwo(in), in.varString());
                case 2 -> new Challenge(thirtyTwo(in), in.varString());
                case 3 -> new Reveal(thirtyTwo(in));
                case 4 -> new Confirm(in.varUint() == 1);
                case 5 -> new Offer(in.varString());
                case 6 -> new Joined();
                case 7 -> new Bye(in.varString());
                default -> throw new ProtocolException("a word of the unknown type " + type);
            };
            in.expectEnd();
            return word;
        } catch (MalformedUpdateException malformed) {
            throw new ProtocolException("a malformed word of " + bytes.length + " bytes", malformed);
        }
    }

    private static byte[] thirtyTwo(ByteReader in) throws MalformedUpdateException, ProtocolException {
        byte[] bytes = in.varBytes();
        if (bytes.length != 32) {
            throw new ProtocolException("a hash of " + bytes.length + " bytes");
        }
        return bytes;
    }
}
