// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.membership;

import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Fingerprint;
import org.vaultsync.RoomId;
import org.vaultsync.core.identity.DeviceKey;
import org.vaultsync.core.membership.Statement.Admit;
import org.vaultsync.core.membership.Statement.Epoch;
import org.vaultsync.core.membership.Statement.Found;
import org.vaultsync.core.membership.Statement.Grant;
import org.vaultsync.core.membership.Statement.Name;
import org.vaultsync.core.membership.Statement.Remove;
import org.vaultsync.core.membership.Statement.RenameRoom;
import org.vaultsync.core.membership.Statement.Role;
import org.vaultsync.core.membership.Statement.Share;

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
            Instant since) {
        /** Whether the device made the room. */
        public boolean isFounder() {
            return admittedBy.equals(fingerprint);
        }

        private Person called(String newName) {
            return new Person(fingerprint, publicKey, newName, admin, admittedBy, since);
        }

        private Person with(boolean isAdmin) {
            return new Person(fingerprint, publicKey, name, isAdmin, admittedBy, since);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

    private final RoomId room;
    private final Map<String, MembershipRecord> records = new TreeMap<>(); // by hash
    private Map<String, Set<String>> ancestors = Map.of(); // by hash
    private List<MembershipRecord> valid = List.of();
    private Set<String> presumptuous = Set.of(); // by hash
    private Optional<MembershipRecord> epoch = Optional.empty();
    private Map<Fingerprint, Person> members = Map.of();
    private Map<Fingerprint, Person> everybody = Map.of();
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
        return add(more, forged -> {});
    }

    /** @param passedOver is told of each that is passed over */
    public List<MembershipRecord> add(Collection<MembershipRecord> more, Consumer<MembershipRecord> passedOver) {
        List<MembershipRecord> fresh = new ArrayList<>();
        for (MembershipRecord record : more) {
            if (records.containsKey(record.hash())) {
                continue;
            }
            if (record.isSigned() && isOfTheRoom(record)) {
                fresh.add(record);
            } else {
                passedOver.accept(record);
            }
        }
        if (!fresh.isEmpty()) {
            fresh.forEach(record -> records.put(record.hash(), record));
            derive();
        }
        return fresh;
    }

    private boolean isOfTheRoom(MembershipRecord record) {
        return record.statement() instanceof Found
                ? record.founds(room)
                : record.room().equals(room.hex());
    }

    /**
     * Whether a record lets somebody in or out, or makes or unmakes an admin, and its author may not, as far as what it builds on
     * tells. No device of ours writes one; what a removal undoes is none.
     */
    public boolean isPresumptuous(MembershipRecord record) {
        return presumptuous.contains(record.hash())
                && switch (record.statement()) {
                    case Admit admit -> true;
                    case Remove remove -> true;
                    case Role role -> true;
                    default -> false;
                };
    }

    public List<MembershipRecord> records() {
        return List.copyOf(records.values());
    }

    public Map<Fingerprint, Person> members() {
        return members;
    }

    /** The members, and those who were members once. */
    public Map<Fingerprint, Person> everybody() {
        return everybody;
    }

    public String roomName() {
        return roomName;
    }

    /** Makes a record that builds on all that are held here; it is not added. */
    public MembershipRecord write(DeviceKey author, Statement statement, Instant now) {
        Set<String> heads = new HashSet<>(records.keySet());
        records.values().forEach(record -> heads.removeAll(record.after()));
        return MembershipRecord.sign(author, statement, room.hex(), heads, now);
    }

    /** Whether a record of this device that builds on all that are held here would count. */
    public boolean allows(DeviceKey author, Statement statement) {
        MembershipRecord record = write(author, statement, Instant.EPOCH);
        Membership after = new Membership(room);
        after.records.putAll(records);
        after.records.put(record.hash(), record);
        after.derive();
        return after.valid.contains(record);
    }

    // The room's secret

    /** A new secret for the room, sealed to every member. */
    public Statement newEpoch(DeviceKey author) {
        byte[] secret = RoomSecret.fresh(author);
        Map<Fingerprint, byte[]> sealed = new HashMap<>();
        members.values().forEach(person -> {
            try {
                sealed.put(person.fingerprint(), RoomSecret.seal(secret, author, person.publicKey(), room));
            } catch (GeneralSecurityException noKey) {
                LOG.warn("room {}: the key of {} cannot be used", room, person.fingerprint());
            }
        });
        return new Epoch(sealed);
    }

    /** The room's secret for a device, if this device has it itself. */
    public Grant grant(DeviceKey author, byte[] recipient) {
        Optional<byte[]> secret = secret(author);
        if (secret.isEmpty()) {
            return Grant.NONE;
        }
        try {
            return new Grant(epoch.orElseThrow().hash(), RoomSecret.seal(secret.get(), author, recipient, room));
        } catch (GeneralSecurityException noKey) {
            LOG.warn("room {}: the key of a device cannot be used", room);
            return Grant.NONE;
        }
    }

    /** The room's present secret, if it was given to this device. */
    public Optional<byte[]> secret(DeviceKey self) {
        return epoch.flatMap(present -> sealedFor(present, self.fingerprint())
                .flatMap(given -> RoomSecret.open(given.bytes(), self, given.author(), room))
                .filter(secret -> secret.length == RoomSecret.LENGTH));
    }

    /** Whether somebody was removed who knows the present secret, or there is none yet. */
    public boolean needsEpoch() {
        return epoch.isEmpty()
                || valid.stream()
                        .filter(record -> record.statement() instanceof Remove(byte[] gone)
                                && !members.containsKey(Fingerprint.of(gone)))
                        .anyMatch(removal -> !ancestors.get(epoch.get().hash()).contains(removal.hash()));
    }

    /** The members that the present secret was not given to. */
    public List<Person> withoutSecret() {
        return epoch.map(present -> members.values().stream()
                        .filter(person ->
                                sealedFor(present, person.fingerprint()).isEmpty())
                        .toList())
                .orElse(List.of());
    }

    private record Sealed(byte[] author, byte[] bytes) {}

    private Optional<Sealed> sealedFor(MembershipRecord present, Fingerprint member) {
        byte[] named = ((Epoch) present.statement()).sealed().get(member);
        if (named != null) {
            return Optional.of(new Sealed(present.authorKey(), named));
        }
        return valid.stream()
                .filter(record -> subject(record).filter(member::equals).isPresent())
                .flatMap(record -> given(record)
                        .filter(grant -> grant.epoch().equals(present.hash()))
                        .map(grant -> new Sealed(record.authorKey(), grant.sealed()))
                        .stream())
                .findFirst();
    }

    private static Optional<Grant> given(MembershipRecord record) {
        return switch (record.statement()) {
            case Admit admit -> Optional.of(admit.secret());
            case Share share -> Optional.of(share.secret());
            default -> Optional.empty();
        };
    }

    // What the records say together

    private void derive() {
        ancestors = ancestors();
        List<MembershipRecord> known = inOrder(
                records.values().stream()
                        .filter(record -> ancestors.containsKey(record.hash()))
                        .toList(),
                ancestors);
        // What a removal undoes may have been the ground of other records, so look again until nothing more falls.
        Set<String> undone = new HashSet<>();
        valid = authorised(known, undone);
        presumptuous = known.stream()
                .filter(record -> !valid.contains(record))
                .map(MembershipRecord::hash)
                .collect(Collectors.toSet());
        while (undone.addAll(undone())) {
            valid = authorised(known, undone);
        }
        Map<Fingerprint, Person> people = new LinkedHashMap<>();
        String name = "";
        for (MembershipRecord record : valid) {
            switch (record.statement()) {
                case Found(String founded) -> {
                    name = founded;
                    people.put(record.author(), person(record, record.authorKey(), ""));
                }
                case Admit admit ->
                    people.putIfAbsent(
                            Fingerprint.of(admit.publicKey()), person(record, admit.publicKey(), admit.name()));
                case Name(String called) ->
                    people.computeIfPresent(record.author(), (who, before) -> before.called(called));
                case RenameRoom(String renamed) -> name = renamed;
                default -> {}
            }
        }
        everybody = Map.copyOf(people);
        people.keySet().removeIf(member -> !isMember(member, valid));
        people.replaceAll((member, person) -> person.with(isAdmin(member, valid)));
        members = Collections.unmodifiableMap(people);
        roomName = name;
        epoch = presentEpoch();
    }

    private static Person person(MembershipRecord record, byte[] key, String name) {
        return new Person(Fingerprint.of(key), key, name, false, record.author(), record.time());
    }

    /** Of the epochs that no other one builds on, the one with the smallest hash. */
    private Optional<MembershipRecord> presentEpoch() {
        List<MembershipRecord> epochs = valid.stream()
                .filter(record -> record.statement() instanceof Epoch)
                .toList();
        return epochs.stream()
                .filter(record -> epochs.stream()
                        .noneMatch(later -> ancestors.get(later.hash()).contains(record.hash())))
                .min(Comparator.comparing(MembershipRecord::hash));
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
    private List<MembershipRecord> authorised(List<MembershipRecord> known, Set<String> undone) {
        List<MembershipRecord> entitled = new ArrayList<>();
        for (MembershipRecord record : known) {
            if (!undone.contains(record.hash()) && isEntitled(record, entitled)) {
                entitled.add(record);
            }
        }
        return entitled;
    }

    private boolean isEntitled(MembershipRecord record, List<MembershipRecord> entitled) {
        if (record.statement() instanceof Found) {
            return true;
        }
        List<MembershipRecord> before = entitled.stream()
                .filter(other -> ancestors.get(record.hash()).contains(other.hash()))
                .toList();
        Fingerprint author = record.author();
        return isMember(author, before)
                && switch (record.statement()) {
                    case Remove(byte[] gone) -> {
                        Fingerprint subject = Fingerprint.of(gone);
                        yield subject.equals(author)
                                || isAdmin(author, before) && !isFounder(subject, before)
                                || isFounder(author, before);
                    }
                    case Role role -> isFounder(author, before);
                    default -> true;
                };
    }

    /** Whether somebody was let in, and let in anew after each removal. */
    private boolean isMember(Fingerprint who, List<MembershipRecord> records) {
        List<MembershipRecord> admissions = records.stream()
                .filter(record -> record.statement() instanceof Admit(byte[] key, String name, Grant secret)
                        && Fingerprint.of(key).equals(who))
                .toList();
        return (!admissions.isEmpty() || isFounder(who, records))
                && removals(who, records)
                        .allMatch(removal -> admissions.stream()
                                .anyMatch(again -> ancestors.get(again.hash()).contains(removal.hash())));
    }

    /** The founder is one; others are made and unmade by the founder, and are none any more after a removal. */
    private boolean isAdmin(Fingerprint who, List<MembershipRecord> records) {
        if (isFounder(who, records)) {
            return true;
        }
        MembershipRecord last = null;
        for (MembershipRecord record : records) {
            if (record.statement() instanceof Role(byte[] key, boolean admin)
                    && Fingerprint.of(key).equals(who)) {
                last = record;
            }
        }
        MembershipRecord role = last;
        return role != null
                && ((Role) role.statement()).admin()
                && removals(who, records)
                        .allMatch(removal -> ancestors.get(role.hash()).contains(removal.hash()));
    }

    private static boolean isFounder(Fingerprint who, List<MembershipRecord> records) {
        return records.stream()
                .anyMatch(record ->
                        record.statement() instanceof Found && record.author().equals(who));
    }

    private static Stream<MembershipRecord> removals(Fingerprint who, List<MembershipRecord> records) {
        return records.stream()
                .filter(record -> record.statement() instanceof Remove
                        && subject(record).filter(who::equals).isPresent());
    }

    private static Optional<Fingerprint> subject(MembershipRecord record) {
        return switch (record.statement()) {
            case Admit admit -> Optional.of(Fingerprint.of(admit.publicKey()));
            case Remove(byte[] gone) -> Optional.of(Fingerprint.of(gone));
            case Role role -> Optional.of(Fingerprint.of(role.publicKey()));
            case Share share -> Optional.of(Fingerprint.of(share.publicKey()));
            default -> Optional.empty();
        };
    }

    /** What the removed did without knowing of their removal, but for removals: two who remove each other are both out. */
    private Set<String> undone() {
        Set<String> undone = new HashSet<>();
        for (MembershipRecord removal : valid) {
            if (removal.statement() instanceof Remove(byte[] gone)) {
                Fingerprint removed = Fingerprint.of(gone);
                valid.stream()
                        .filter(record -> record.author().equals(removed))
                        .filter(record ->
                                !(record.statement() instanceof Remove) && !(record.statement() instanceof Found))
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
                .sorted(Comparator.comparingInt((MembershipRecord record) ->
                                ancestors.get(record.hash()).size())
                        .thenComparing(record -> record.statement() instanceof Remove)
                        .thenComparing(MembershipRecord::time)
                        .thenComparing(MembershipRecord::hash))
                .toList();
    }
}
