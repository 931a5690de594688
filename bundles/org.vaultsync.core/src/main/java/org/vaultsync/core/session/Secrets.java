// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.session;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Fingerprint;
import org.vaultsync.Meeting;
import org.vaultsync.core.identity.DeviceKey;
import org.vaultsync.core.identity.Knocks;
import org.vaultsync.core.store.Store;
import org.vaultsync.core.store.Tables;
import org.vaultsync.transport.Announcement;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.Rendezvous;

/**
 * What this device and those who may come in know each other by: a secret with each member, and one of each invite. It is
 * told of them on the switchboard's thread, of invites on any; all else may be asked on any thread.
 */
final class Secrets {
    private static final Logger LOG = LoggerFactory.getLogger(Secrets.class);
    private static final int REMEMBERED_KNOCKS = 10_000;

    private final DeviceKey key;
    private final Store store;
    private final byte[] mark; // of the knocks that this device makes
    private final Map<Fingerprint, byte[]> ofMembers = new ConcurrentHashMap<>();
    private final Map<String, byte[]> ofInvites = new ConcurrentHashMap<>(); // by token
    private final Set<String> heard = new HashSet<>(); // in this run; guarded by itself

    Secrets(DeviceKey key, Store store) {
        this.key = key;
        this.store = store;
        try {
            mark = key.agree(key.publicKey()); // with itself, which nobody else can
        } catch (GeneralSecurityException neverOfOurs) {
            throw new IllegalStateException(neverOfOurs);
        }
    }

    /** The members of all rooms, with their public keys. */
    void members(Map<Fingerprint, byte[]> members) {
        ofMembers.keySet().retainAll(members.keySet());
        members.forEach((member, publicKey) -> {
            if (!ofMembers.containsKey(member)) {
                try {
                    ofMembers.put(
                            member,
                            Knocks.hmac(key.agree(publicKey), "vaultsync pair 1".getBytes(StandardCharsets.US_ASCII)));
                } catch (GeneralSecurityException noKey) {
                    LOG.warn("peer {}: its key cannot be used: {}", member, noKey.getMessage());
                }
            }
        });
    }

    /** The tokens of all invites that this device gave out. */
    void invites(Set<String> tokens) {
        ofInvites.keySet().retainAll(tokens);
        tokens.forEach(token -> ofInvites.computeIfAbsent(token, Knocks::ofToken));
    }

    /** The one with a member; empty if it is none, or its key is of no use. */
    Optional<byte[]> with(Fingerprint member) {
        return Optional.ofNullable(ofMembers.get(member));
    }

    void eachMember(BiConsumer<Fingerprint, byte[]> action) {
        ofMembers.forEach(action);
    }

    /** A fresh knock of this device. */
    Knock knock(byte[] secret) {
        return Knocks.under(secret, mark);
    }

    /** Whether somebody plays back what this device has sent. */
    boolean isOwn(Knock knock) {
        return Knocks.isOf(knock, mark);
    }

    /**
     * The member that knocks, or who holds an invite.
     *
     * @param mayCome whether a member is let in now
     */
    Optional<Guest> guest(Knock knock, Predicate<Fingerprint> mayCome) {
        return ofMembers.entrySet().stream()
                .filter(pair -> mayCome.test(pair.getKey()) && Knocks.fits(knock, pair.getValue()))
                .map(pair -> (Guest) new Guest.Pinned(pair.getKey()))
                .findFirst()
                .or(() -> ofInvites.entrySet().stream()
                        .filter(invite -> Knocks.fits(knock, invite.getValue()))
                        .map(invite -> (Guest) new Guest.Invited(invite.getKey()))
                        .findFirst());
    }

    /**
     * Whether a knock was not heard before, in earlier runs of this device neither: whoever recorded one, and is answered, knows
     * where this device is.
     */
    boolean isFirst(Knock knock, Guest guest) {
        synchronized (heard) {
            if (heard.size() > REMEMBERED_KNOCKS) {
                heard.clear();
            }
            if (!heard.add(knock.text())) {
                return false;
            }
        }
        if (guest instanceof Guest.Nearby) {
            return true; // the card that it goes with is new each time
        }
        if (store.read(database -> Tables.wasAnswered(database, knock.text()))) {
            return false;
        }
        store.write(Tables.putAnswered(knock.text(), REMEMBERED_KNOCKS));
        return true;
    }

    /** What only the members recognise. */
    Announcement announcement() {
        byte[] nonce = Knocks.nonce();
        return new Announcement(
                nonce,
                ofMembers.values().stream()
                        .limit(Announcement.MOST_TOKENS)
                        .map(secret -> Knocks.token(secret, key.fingerprint(), nonce))
                        .toList());
    }

    /** The members that may have said this. */
    List<Fingerprint> announcers(Announcement said) {
        List<Fingerprint> announcers = new ArrayList<>();
        ofMembers.forEach((member, secret) -> {
            byte[] expected = Knocks.token(secret, member, said.nonce());
            if (said.tokens().stream().anyMatch(token -> MessageDigest.isEqual(token, expected))) {
                announcers.add(member);
            }
        });
        return announcers;
    }

    /** Where all of them look for this device when they cannot dial it. */
    List<Rendezvous> rendezvous() {
        List<Rendezvous> all = new ArrayList<>();
        ofMembers.forEach((member, secret) -> all.add(new Rendezvous(
                Knocks.ofRendezvous(secret),
                store.read(database -> Tables.addresses(database, member)).stream()
                        .filter(Meeting::isSignaling)
                        .toList())));
        ofInvites.values().forEach(secret -> all.add(new Rendezvous(Knocks.ofRendezvous(secret), List.of())));
        return all;
    }
}
