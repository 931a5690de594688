// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.membership;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.vaultsync.Fingerprint;
import org.vaultsync.RoomId;
import org.vaultsync.core.identity.DeviceKey;
import org.vaultsync.core.membership.MembershipRecord.Kind;

/**
 * Who belongs to a room, as its signed records say. The records only grow in number; everybody who holds the same ones
 * sees the same members, in whatever order they came. Not thread-safe.
 *
 * <p>A record counts if its author was a member as the record's own predecessors tell, and was not removed by a record
 * that does not build on it: a removal beats what the removed does at the same time.
 */
public final class Membership {
    /** A device that belongs, or belonged, to the room. */
    public record Person(
            Fingerprint fingerprint,
            byte[] publicKey,
            String name,
            boolean admin,
            Fingerprint admittedBy,
            Instant since) {}

    private final RoomId room;
    private final Map<String, MembershipRecord> records = new TreeMap<>(); // by hash
    private Map<Fingerprint, Person> members = Map.of();
    private String roomName = "";

    public Membership(RoomId room) {
        this.room = room;
    }

    /**
     * Takes records that may come from anybody; those that are not signed by the key they name, or that another room
     * was founded with, are passed over.
     *
     * @return those that are new
     */
    public List<MembershipRecord> add(Collection<MembershipRecord> more) {
        List<MembershipRecord> fresh = more.stream()
                .filter(record -> !records.containsKey(record.hash()))
                .filter(MembershipRecord::isSigned)
                .filter(record -> record.kind() == Kind.FOUND
                        ? record.founds(room)
                        : record.room().equals(room.hex()))
                .toList();
        if (!fresh.isEmpty()) {
            fresh.forEach(record -> records.put(record.hash(), record));
            derive();
        }
        return fresh;
    }

    public List<MembershipRecord> records() {
        return List.copyOf(records.values());
    }

    public Map<Fingerprint, Person> members() {
        return members;
    }

    /** Whether somebody let the device in, whatever became of it. */
    public boolean wasAdmitted(Fingerprint device) {
        return records.values().stream()
                .anyMatch(record ->
                        record.kind() == Kind.ADMIT && record.subject().equals(device));
    }

    public String roomName() {
        return roomName;
    }

    /** Makes a record that builds on all that are held here; it is not added. */
    public MembershipRecord write(DeviceKey author, Kind kind, Optional<byte[]> subject, String text, Instant now) {
        Set<String> heads = new HashSet<>(records.keySet());
        records.values().forEach(record -> heads.removeAll(record.after()));
        return MembershipRecord.sign(author, kind, room.hex(), heads, subject, text, now);
    }

    private void derive() {
        Map<String, Set<String>> ancestors = ancestors();
        List<MembershipRecord> known = inOrder(
                records.values().stream()
                        .filter(record -> ancestors.containsKey(record.hash()))
                        .toList(),
                ancestors);
        // What a removal undoes may have been the ground of other records, so look again until nothing more falls.
        Set<String> undone = new HashSet<>();
        List<MembershipRecord> valid = authorised(known, undone, ancestors);
        while (undone.addAll(undoneBy(valid, ancestors))) {
            valid = authorised(known, undone, ancestors);
        }
        Map<Fingerprint, Person> people = new LinkedHashMap<>();
        String name = "";
        for (MembershipRecord record : valid) {
            switch (record.kind()) {
                case FOUND -> {
                    name = record.text();
                    people.put(record.author(), person(record, record.authorKey(), true, ""));
                }
                case ADMIT ->
                    people.putIfAbsent(record.subject(), person(record, record.subjectKey(), false, record.text()));
                case NAME ->
                    people.computeIfPresent(
                            record.author(),
                            (who, old) -> new Person(
                                    who, old.publicKey(), record.text(), old.admin(), old.admittedBy(), old.since()));
                case RENAME_ROOM -> name = record.text();
                case REMOVE -> people.remove(record.subject());
                case UNKNOWN -> {}
            }
        }
        members = Map.copyOf(people);
        roomName = name;
    }

    private static Person person(MembershipRecord record, byte[] key, boolean admin, String name) {
        return new Person(Fingerprint.of(key), key, name, admin, record.author(), record.time());
    }

    /** For each record whose predecessors are all here, all the records that it builds on. */
    private Map<String, Set<String>> ancestors() {
        Map<String, Set<String>> known = new HashMap<>();
        for (boolean changed = true; changed; ) {
            changed = false;
            for (MembershipRecord record : records.values()) {
                if (!known.containsKey(record.hash()) && known.keySet().containsAll(record.after())) {
                    Set<String> all = new HashSet<>(record.after());
                    record.after().forEach(parent -> all.addAll(known.get(parent)));
                    known.put(record.hash(), all);
                    changed = true;
                }
            }
        }
        return known;
    }

    /** The records whose authors were entitled to them, as far as what they build on tells. */
    private static List<MembershipRecord> authorised(
            List<MembershipRecord> known, Set<String> undone, Map<String, Set<String>> ancestors) {
        List<MembershipRecord> valid = new ArrayList<>();
        for (MembershipRecord record : known) {
            if (!undone.contains(record.hash()) && isEntitled(record, valid, ancestors)) {
                valid.add(record);
            }
        }
        return valid;
    }

    private static boolean isEntitled(
            MembershipRecord record, List<MembershipRecord> valid, Map<String, Set<String>> ancestors) {
        if (record.kind() == Kind.FOUND) {
            return true;
        }
        List<MembershipRecord> before = valid.stream()
                .filter(other -> ancestors.get(record.hash()).contains(other.hash()))
                .toList();
        boolean admin = before.stream()
                .anyMatch(other -> other.kind() == Kind.FOUND && other.author().equals(record.author()));
        boolean member = admin
                || before.stream()
                        .anyMatch(other ->
                                other.kind() == Kind.ADMIT && other.subject().equals(record.author()));
        boolean removed = before.stream()
                .filter(other -> other.kind() == Kind.REMOVE && other.subject().equals(record.author()))
                .anyMatch(removal -> before.stream()
                        .noneMatch(again -> again.kind() == Kind.ADMIT
                                && again.subject().equals(record.author())
                                && ancestors.get(again.hash()).contains(removal.hash())));
        boolean ofOneself = record.kind() == Kind.REMOVE && record.subject().equals(record.author());
        return member && !removed && (record.kind() != Kind.REMOVE || admin || ofOneself);
    }

    /** What the removed did without knowing of their removal, but for removals: two who remove each other are both out. */
    private static Set<String> undoneBy(List<MembershipRecord> valid, Map<String, Set<String>> ancestors) {
        Set<String> undone = new HashSet<>();
        for (MembershipRecord removal : valid) {
            if (removal.kind() == Kind.REMOVE) {
                valid.stream()
                        .filter(record -> record.author().equals(removal.subject()))
                        .filter(record -> record.kind() != Kind.REMOVE && record.kind() != Kind.FOUND)
                        .filter(record -> !ancestors.get(removal.hash()).contains(record.hash()))
                        .filter(record -> !ancestors.get(record.hash()).contains(removal.hash()))
                        .forEach(record -> undone.add(record.hash()));
            }
        }
        return undone;
    }

    /** Those that others build on first; what is concurrent by time and then by hash, removals last. */
    private static List<MembershipRecord> inOrder(
            Collection<MembershipRecord> some, Map<String, Set<String>> ancestors) {
        return some.stream()
                .sorted(java.util.Comparator.comparingInt((MembershipRecord record) ->
                                ancestors.get(record.hash()).size())
                        .thenComparing(record -> record.kind() == Kind.REMOVE)
                        .thenComparing(MembershipRecord::time)
                        .thenComparing(MembershipRecord::hash))
                .toList();
    }
}
