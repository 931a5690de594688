// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.membership;

import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
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
 * that does not build on it: a removal beats what the removed does at the same time. Who leaves ends only what let it in as
 * far as it knew of that: whoever was let in anew meanwhile, by somebody who had not heard of the leaving, is in.
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

    /** How many records that do not count are kept of one device, and of all together that never belonged to the room. */
    static final int MOST_IDLE = 256;

    /** How many records a new one names that it builds on; so it has room for what it says. */
    static final int MOST_NAMED = 256;

    /** How many devices an epoch is sealed to at most, this one first; the others get it one by one. */
    private static final int MOST_SEALED = 256;

    private final RoomId room;
    private final Map<String, MembershipRecord> records = new TreeMap<>(); // by hash
    private Map<String, Integer> places = Map.of(); // by hash; of those whose predecessors are all here
    private List<BitSet> ancestors = List.of(); // by place: the places of all that the record builds on
    private List<MembershipRecord> valid = List.of();
    private BitSet needed = new BitSet(); // the places of the valid, and of all that they build on
    private List<MembershipRecord> heads = List.of(); // the valid that no other valid one builds on
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
        return keep(genuine(more, passedOver));
    }

    /**
     * Takes what a device brings of which it is not certain that it belongs to the room. If it does, as its records
     * tell, they are added; else only those that count, and only if they change who belongs to the room: it may be the
     * one who removed somebody before it was removed itself.
     */
    public List<MembershipRecord> addFrom(
            Fingerprint bringer, Collection<MembershipRecord> more, Consumer<MembershipRecord> passedOver) {
        List<MembershipRecord> fresh = genuine(more, passedOver);
        if (!fresh.isEmpty() && !members.containsKey(bringer)) {
            Membership after = new Membership(room);
            after.records.putAll(records);
            after.keep(fresh);
            if (!after.members.containsKey(bringer)) {
                if (after.members.keySet().equals(members.keySet())) {
                    return List.of();
                }
                fresh.removeIf(after::isIdle);
            }
        }
        return keep(fresh);
    }

    private List<MembershipRecord> genuine(Collection<MembershipRecord> more, Consumer<MembershipRecord> passedOver) {
        Map<String, MembershipRecord> fresh = new LinkedHashMap<>();
        for (MembershipRecord record : more) {
            if (records.containsKey(record.hash()) || fresh.containsKey(record.hash())) {
                continue;
            }
            if (record.isSigned() && isOfTheRoom(record)) {
                fresh.put(record.hash(), record);
            } else {
                passedOver.accept(record);
            }
        }
        return new ArrayList<>(fresh.values());
    }

    /** Of those that do not count only so many: what is missing for them may still come, but nobody can fill the disk. */
    private List<MembershipRecord> keep(List<MembershipRecord> fresh) {
        if (fresh.isEmpty()) {
            return fresh;
        }
        fresh.forEach(record -> records.put(record.hash(), record));
        derive();
        Set<MembershipRecord> tooMany = tooMany(fresh);
        if (tooMany.isEmpty()) {
            return fresh;
        }
        tooMany.forEach(record -> records.remove(record.hash()));
        derive();
        return fresh.stream().filter(record -> !tooMany.contains(record)).toList();
    }

    private Set<MembershipRecord> tooMany(List<MembershipRecord> fresh) {
        Set<MembershipRecord> tooMany = new HashSet<>(fresh);
        Map<Optional<Fingerprint>, Integer> idle = new HashMap<>();
        records.values().stream()
                .filter(record -> !tooMany.contains(record) && isIdle(record))
                .forEach(record -> idle.merge(knownAuthor(record), 1, Integer::sum));
        tooMany.removeIf(record -> !isIdle(record));
        fresh.stream()
                .filter(record -> isIdle(record) && idle.merge(knownAuthor(record), 1, Integer::sum) <= MOST_IDLE)
                .forEach(tooMany::remove);
        return tooMany;
    }

    private Optional<Fingerprint> knownAuthor(MembershipRecord record) {
        return Optional.of(record.author()).filter(everybody::containsKey);
    }

    /** Whether a record neither counts, nor is needed by one that does. */
    private boolean isIdle(MembershipRecord record) {
        Integer place = places.get(record.hash());
        return place == null || !needed.get(place);
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

    /**
     * Makes a record that builds on all that count here; it is not added. On those that do not count it must not build:
     * where their predecessors are missing, it would not count either.
     */
    public MembershipRecord write(DeviceKey author, Statement statement, Instant now) {
        return MembershipRecord.sign(author, statement, room.hex(), buildingOn(author.fingerprint()), now);
    }

    /** If there are more than a record can name, first what entitles the author, so that it counts in any case. */
    private Set<String> buildingOn(Fingerprint author) {
        if (heads.size() <= MOST_NAMED) {
            return heads.stream().map(MembershipRecord::hash).collect(Collectors.toSet());
        }
        List<MembershipRecord> latestFirst = new ArrayList<>(valid);
        Collections.reverse(latestFirst);
        latestFirst.sort(Comparator.comparingInt(record -> rank(record, author)));
        List<MembershipRecord> named = new ArrayList<>();
        for (MembershipRecord record : latestFirst) {
            if (named.size() < MOST_NAMED && named.stream().noneMatch(other -> buildsOn(other, record))) {
                named.add(record);
            }
        }
        return named.stream().map(MembershipRecord::hash).collect(Collectors.toSet());
    }

    private int rank(MembershipRecord record, Fingerprint author) {
        Person by = everybody.get(record.author());
        if (by.fingerprint().equals(author)) {
            return 0;
        } else if (by.isFounder()) {
            return 1;
        } else if (isAbout(record, author)) {
            return 2;
        } else {
            return members.containsKey(by.fingerprint())
                            && members.get(by.fingerprint()).admin()
                    ? 3
                    : 4;
        }
    }

    /** Whether a record of this device that builds on all that count here would count itself. */
    public boolean allows(DeviceKey author, Statement statement) {
        MembershipRecord record = write(author, statement, Instant.EPOCH);
        Membership after = new Membership(room);
        after.records.putAll(records);
        after.records.put(record.hash(), record);
        after.derive();
        return after.valid.contains(record);
    }

    // The room's secret

    /** A new secret for the room, sealed to every member, as far as it has room for them. */
    public Statement newEpoch(DeviceKey author) {
        byte[] secret = RoomSecret.fresh(author);
        Map<Fingerprint, byte[]> sealed = new HashMap<>();
        Stream<Person> selfFirst = Stream.concat(
                members.values().stream().filter(person -> person.fingerprint().equals(author.fingerprint())),
                members.values().stream().filter(person -> !person.fingerprint().equals(author.fingerprint())));
        selfFirst.limit(MOST_SEALED).forEach(person -> {
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

    /** Whether a grant gives the present secret. */
    public boolean isPresent(Grant grant) {
        return epoch.filter(present -> present.hash().equals(grant.epoch())).isPresent();
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
                        .filter(record -> record.statement() instanceof Remove
                                && !members.containsKey(record.subject().orElseThrow()))
                        .anyMatch(removal -> !buildsOn(epoch.get(), removal));
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
                .filter(record -> isAbout(record, member))
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
        List<MembershipRecord> known = inOrder(place());
        // What a removal undoes may have been the ground of other records, so look again until nothing more falls.
        Set<String> undone = new HashSet<>();
        valid = authorised(known, undone);
        presumptuous = known.stream().map(MembershipRecord::hash).collect(Collectors.toSet());
        valid.forEach(record -> presumptuous.remove(record.hash()));
        while (undone.addAll(undone())) {
            valid = authorised(known, undone);
        }
        BitSet builtOn = new BitSet();
        valid.forEach(record -> builtOn.or(ancestorsOf(record)));
        heads = valid.stream().filter(record -> !builtOn.get(placeOf(record))).toList();
        needed = builtOn;
        valid.forEach(record -> needed.set(placeOf(record)));
        Map<Fingerprint, Person> people = new LinkedHashMap<>();
        String name = "";
        for (MembershipRecord record : valid) {
            switch (record.statement()) {
                case Found(String founded) -> {
                    name = founded;
                    people.put(record.author(), person(record, record.authorKey(), ""));
                }
                case Admit admit ->
                    people.putIfAbsent(record.subject().orElseThrow(), person(record, admit.publicKey(), admit.name()));
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
                .filter(record -> epochs.stream().noneMatch(later -> buildsOn(later, record)))
                .min(Comparator.comparing(MembershipRecord::hash));
    }

    /** Finds the records whose predecessors are all here, each after what it builds on, and what that is. */
    private List<MembershipRecord> place() {
        Map<String, List<MembershipRecord>> following = new HashMap<>();
        Map<String, Integer> missing = new HashMap<>();
        Queue<MembershipRecord> ready = new ArrayDeque<>();
        for (MembershipRecord record : records.values()) {
            record.after()
                    .forEach(parent -> following
                            .computeIfAbsent(parent, none -> new ArrayList<>())
                            .add(record));
            missing.put(record.hash(), record.after().size());
            if (record.after().isEmpty()) {
                ready.add(record);
            }
        }
        places = new HashMap<>();
        ancestors = new ArrayList<>();
        List<MembershipRecord> placed = new ArrayList<>();
        for (MembershipRecord record = ready.poll(); record != null; record = ready.poll()) {
            BitSet all = new BitSet();
            for (String parent : record.after()) {
                int place = places.get(parent);
                all.set(place);
                all.or(ancestors.get(place));
            }
            places.put(record.hash(), placed.size());
            ancestors.add(all);
            placed.add(record);
            for (MembershipRecord next : following.getOrDefault(record.hash(), List.of())) {
                if (missing.merge(next.hash(), -1, Integer::sum) == 0) {
                    ready.add(next);
                }
            }
        }
        return placed;
    }

    private int placeOf(MembershipRecord record) {
        return places.get(record.hash());
    }

    private BitSet ancestorsOf(MembershipRecord record) {
        return ancestors.get(placeOf(record));
    }

    private boolean buildsOn(MembershipRecord later, MembershipRecord earlier) {
        return ancestorsOf(later).get(placeOf(earlier));
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
        List<MembershipRecord> before =
                entitled.stream().filter(other -> buildsOn(record, other)).toList();
        Fingerprint author = record.author();
        return isMember(author, before)
                && switch (record.statement()) {
                    case Remove remove -> {
                        Fingerprint subject = record.subject().orElseThrow();
                        yield subject.equals(author)
                                || isAdmin(author, before) && !isFounder(subject, before)
                                || isFounder(author, before);
                    }
                    case Role role -> isFounder(author, before);
                    case Admit admit -> !record.admitsNobody();
                    default -> true;
                };
    }

    /** Whether somebody was let in, and let in anew after each removal. */
    private boolean isMember(Fingerprint who, List<MembershipRecord> records) {
        List<MembershipRecord> admissions = records.stream()
                .filter(record -> record.statement() instanceof Admit && isAbout(record, who))
                .toList();
        return (!admissions.isEmpty() || isFounder(who, records))
                && removals(who, records)
                        .allMatch(removal -> admissions.stream().anyMatch(again -> outlasts(again, removal)));
    }

    /** Whether an admission holds in spite of a removal: it knew of it, or its subject left without having known of it. */
    private boolean outlasts(MembershipRecord admission, MembershipRecord removal) {
        return buildsOn(admission, removal)
                || removal.author().equals(removal.subject().orElseThrow()) && !buildsOn(removal, admission);
    }

    /** The founder is one; others are made and unmade by the founder, and are none any more after a removal. */
    private boolean isAdmin(Fingerprint who, List<MembershipRecord> records) {
        if (isFounder(who, records)) {
            return true;
        }
        MembershipRecord last = null;
        for (MembershipRecord record : records) {
            if (record.statement() instanceof Role && isAbout(record, who)) {
                last = record;
            }
        }
        MembershipRecord role = last;
        return role != null
                && ((Role) role.statement()).admin()
                && removals(who, records).allMatch(removal -> buildsOn(role, removal));
    }

    private static boolean isFounder(Fingerprint who, List<MembershipRecord> records) {
        return records.stream()
                .anyMatch(record ->
                        record.statement() instanceof Found && record.author().equals(who));
    }

    private static Stream<MembershipRecord> removals(Fingerprint who, List<MembershipRecord> records) {
        return records.stream().filter(record -> record.statement() instanceof Remove && isAbout(record, who));
    }

    private static boolean isAbout(MembershipRecord record, Fingerprint who) {
        return record.subject().filter(who::equals).isPresent();
    }

    /** What the removed did without knowing of their removal, but for removals: two who remove each other are both out. */
    private Set<String> undone() {
        Set<String> undone = new HashSet<>();
        for (MembershipRecord removal : valid) {
            if (removal.statement() instanceof Remove) {
                Fingerprint removed = removal.subject().orElseThrow();
                valid.stream()
                        .filter(record -> record.author().equals(removed))
                        .filter(record ->
                                !(record.statement() instanceof Remove) && !(record.statement() instanceof Found))
                        .filter(record -> !buildsOn(removal, record) && !buildsOn(record, removal))
                        .filter(record -> valid.stream()
                                .noneMatch(again -> again.statement() instanceof Admit
                                        && isAbout(again, removed)
                                        && outlasts(again, removal)
                                        && buildsOn(record, again)))
                        .forEach(record -> undone.add(record.hash()));
            }
        }
        return undone;
    }

    /** Those that others build on first; what is concurrent by time and then by hash, removals last. */
    private List<MembershipRecord> inOrder(Collection<MembershipRecord> some) {
        return some.stream()
                .sorted(Comparator.comparingInt(
                                (MembershipRecord record) -> ancestorsOf(record).cardinality())
                        .thenComparing(record -> record.statement() instanceof Remove)
                        .thenComparing(MembershipRecord::time)
                        .thenComparing(MembershipRecord::hash))
                .toList();
    }
}
