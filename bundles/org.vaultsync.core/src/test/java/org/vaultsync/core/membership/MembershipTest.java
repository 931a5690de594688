// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.membership;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.Fingerprint;
import org.vaultsync.RoomId;
import org.vaultsync.core.identity.DeviceKey;
import org.vaultsync.core.membership.Statement.Admit;
import org.vaultsync.core.membership.Statement.Grant;
import org.vaultsync.core.membership.Statement.Name;
import org.vaultsync.core.membership.Statement.Remove;
import org.vaultsync.core.membership.Statement.RenameRoom;
import org.vaultsync.core.membership.Statement.Role;
import org.vaultsync.core.wire.ProtocolException;

class MembershipTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path folder;

    private DeviceKey anna;
    private DeviceKey ben;
    private DeviceKey carla;
    private MembershipRecord founding;
    private RoomId room;
    private Membership members;

    @BeforeEach
    void annaFoundsARoom() throws Exception {
        anna = DeviceKey.at(folder.resolve("anna.key"));
        ben = DeviceKey.at(folder.resolve("ben.key"));
        carla = DeviceKey.at(folder.resolve("carla.key"));
        founding = MembershipRecord.found(anna, "Friday group", NOW);
        room = founding.foundedRoom();
        members = new Membership(room);
        members.add(List.of(founding));
    }

    private MembershipRecord admit(DeviceKey by, DeviceKey whom) {
        return members.write(by, new Admit(whom.publicKey(), "Somebody", members.grant(by, whom.publicKey())), NOW);
    }

    private MembershipRecord remove(DeviceKey by, DeviceKey whom) {
        return members.write(by, new Remove(whom.publicKey()), NOW);
    }

    private Set<Fingerprint> present() {
        return members.members().keySet();
    }

    @Test
    void membersAdmitAndTheNameIsTheirOwn() {
        members.add(List.of(admit(anna, ben)));
        members.add(List.of(admit(ben, carla)));
        members.add(List.of(members.write(carla, new Name("Carla's phone"), NOW)));
        assertEquals(Set.of(anna.fingerprint(), ben.fingerprint(), carla.fingerprint()), present());
        assertEquals("Carla's phone", members.members().get(carla.fingerprint()).name());
        assertEquals(
                ben.fingerprint(), members.members().get(carla.fingerprint()).admittedBy());
        assertEquals("Friday group", members.roomName());
    }

    @Test
    void aStrangerCannotAdmitAnybody() {
        members.add(List.of(admit(ben, carla)));
        assertEquals(Set.of(anna.fingerprint()), present());
    }

    @Test
    void aForgedSignatureCountsForNothing() throws Exception {
        byte[] bytes = admit(anna, ben).bytes();
        bytes[bytes.length - 5] ^= 1;
        members.add(List.of(MembershipRecord.parse(bytes)));
        assertEquals(Set.of(anna.fingerprint()), present());
    }

    @Test
    void aRecordOfAnotherRoomCountsForNothing() {
        Membership other =
                new Membership(MembershipRecord.found(anna, "Other", NOW).foundedRoom());
        MembershipRecord elsewhere = other.write(anna, new Admit(ben.publicKey(), "Ben", Grant.NONE), NOW);
        members.add(List.of(elsewhere));
        assertEquals(Set.of(anna.fingerprint()), present());
    }

    @Test
    void anotherFoundingDoesNotTakeTheRoomOver() {
        members.add(List.of(MembershipRecord.found(ben, "Mine now", NOW)));
        assertEquals(Set.of(anna.fingerprint()), present());
        assertEquals("Friday group", members.roomName());
    }

    @Test
    void onlyAdminsRemoveOthersAndEverybodyMayLeave() {
        members.add(List.of(admit(anna, ben)));
        members.add(List.of(admit(anna, carla)));
        members.add(List.of(remove(ben, carla)));
        assertTrue(present().contains(carla.fingerprint()));
        members.add(List.of(remove(carla, carla)));
        assertEquals(Set.of(anna.fingerprint(), ben.fingerprint()), present());
    }

    @Test
    void aRemovedMemberCannotComeBackByItself() {
        members.add(List.of(admit(anna, ben)));
        MembershipRecord sneaky = admit(ben, carla);
        members.add(List.of(remove(anna, ben)));
        members.add(List.of(sneaky));
        members.add(List.of(admit(ben, ben), admit(ben, carla)));
        assertEquals(Set.of(anna.fingerprint()), present());
    }

    @Test
    void aRemovalBeatsWhatTheRemovedDoesAtTheSameTime() {
        members.add(List.of(admit(anna, ben)));
        MembershipRecord atTheSameTime = admit(ben, carla);
        MembershipRecord removal = remove(anna, ben);
        members.add(List.of(atTheSameTime));
        assertTrue(present().contains(carla.fingerprint()));
        members.add(List.of(removal));
        assertEquals(Set.of(anna.fingerprint()), present());
    }

    /** Anna let Carla in anew and had not heard that Carla was let in by Ben, and had left. */
    @Test
    void whoLeavesAndIsLetInAnewByOneWhoHasNotHeardOfItIsIn() {
        members.add(List.of(admit(anna, ben)));
        MembershipRecord anew = admit(anna, carla);
        MembershipRecord first = admit(ben, carla);
        members.add(List.of(first));
        MembershipRecord farewell = remove(carla, carla);
        MembershipRecord undone = members.write(carla, new Name("Carla, gone"), NOW);
        members.add(List.of(farewell));
        assertFalse(present().contains(carla.fingerprint()));
        members.add(List.of(undone));
        members.add(List.of(anew));
        assertEquals(Set.of(anna.fingerprint(), ben.fingerprint(), carla.fingerprint()), present());
        assertEquals("Somebody", members.members().get(carla.fingerprint()).name());
        members.add(List.of(members.write(carla, new Name("Carla is back"), NOW)));
        assertEquals("Carla is back", members.members().get(carla.fingerprint()).name());
    }

    @Test
    void whatWhoLeftWritesAfterItIsLetInAnewCountsThoughOthersHearOfTheLeavingLater() {
        members.add(List.of(admit(anna, ben)));
        Membership annas = new Membership(room);
        annas.add(members.records());
        members.add(List.of(admit(ben, carla)));
        MembershipRecord farewell = remove(carla, carla);
        annas.add(List.of(annas.write(anna, new Admit(carla.publicKey(), "Carla", Grant.NONE), NOW)));
        annas.add(List.of(annas.write(carla, new Name("Carla is back"), NOW)));
        members.add(List.of(farewell));
        members.add(annas.records());
        assertEquals("Carla is back", members.members().get(carla.fingerprint()).name());
    }

    @Test
    void aRemovalByAnotherStillBeatsBeingLetInAtTheSameTime() {
        members.add(List.of(admit(anna, ben)));
        members.add(List.of(admit(ben, carla)));
        MembershipRecord anew = admit(ben, carla);
        members.add(List.of(remove(anna, carla)));
        members.add(List.of(anew));
        assertFalse(present().contains(carla.fingerprint()));
    }

    @Test
    void whoWasRemovedMayBeAdmittedAgain() {
        members.add(List.of(admit(anna, ben)));
        members.add(List.of(remove(anna, ben)));
        members.add(List.of(admit(anna, ben)));
        assertEquals(Set.of(anna.fingerprint(), ben.fingerprint()), present());
        members.add(List.of(members.write(ben, new Name("Ben again"), NOW)));
        assertEquals("Ben again", members.members().get(ben.fingerprint()).name());
    }

    @Test
    void theOrderInWhichRecordsComeDoesNotMatter() {
        members.add(List.of(admit(anna, ben)));
        members.add(List.of(admit(ben, carla)));
        members.add(List.of(members.write(ben, new RenameRoom("Saturday"), NOW)));
        members.add(List.of(remove(anna, carla)));
        for (int seed = 0; seed < 50; seed++) {
            List<MembershipRecord> shuffled = new ArrayList<>(members.records());
            Collections.shuffle(shuffled, new Random(seed));
            Membership other = new Membership(room);
            shuffled.forEach(record -> other.add(List.of(record)));
            assertEquals(members.members().keySet(), other.members().keySet(), "seed " + seed);
            assertEquals("Saturday", other.roomName());
        }
    }

    @Test
    void anAdminRemovesOthersButNotTheFounder() {
        members.add(List.of(admit(anna, ben)));
        members.add(List.of(admit(anna, carla)));
        members.add(List.of(members.write(ben, new Role(ben.publicKey(), true), NOW)));
        members.add(List.of(remove(ben, carla)));
        assertTrue(present().contains(carla.fingerprint()), "nobody names themselves an admin");
        members.add(List.of(members.write(anna, new Role(ben.publicKey(), true), NOW)));
        assertTrue(members.members().get(ben.fingerprint()).admin());
        members.add(List.of(remove(ben, anna)));
        members.add(List.of(remove(ben, carla)));
        assertEquals(Set.of(anna.fingerprint(), ben.fingerprint()), present());
        members.add(List.of(members.write(anna, new Role(ben.publicKey(), false), NOW)));
        members.add(List.of(admit(anna, carla)));
        members.add(List.of(remove(ben, carla)));
        assertTrue(present().contains(carla.fingerprint()), "an admin no more");
    }

    @Test
    void twoAdminsWhoRemoveEachOtherAtTheSameTimeAreBothOut() {
        members.add(List.of(admit(anna, ben)));
        members.add(List.of(admit(anna, carla)));
        members.add(List.of(members.write(anna, new Role(ben.publicKey(), true), NOW)));
        members.add(List.of(members.write(anna, new Role(carla.publicKey(), true), NOW)));
        MembershipRecord one = remove(ben, carla);
        MembershipRecord other = remove(carla, ben);
        members.add(List.of(one));
        members.add(List.of(other));
        assertEquals(Set.of(anna.fingerprint()), present());
    }

    @Test
    void whoIsAdmittedAgainIsNoAdminAnyMore() {
        members.add(List.of(admit(anna, ben)));
        members.add(List.of(members.write(anna, new Role(ben.publicKey(), true), NOW)));
        members.add(List.of(remove(anna, ben)));
        members.add(List.of(admit(anna, ben)));
        assertFalse(members.members().get(ben.fingerprint()).admin());
    }

    @Test
    void theSecretGoesToMembersAndIsRenewedWhenOneIsRemoved() {
        members.add(List.of(members.write(anna, members.newEpoch(anna), NOW)));
        members.add(List.of(admit(anna, ben)));
        members.add(List.of(admit(ben, carla)));
        byte[] first = members.secret(anna).orElseThrow();
        assertArrayEquals(first, members.secret(ben).orElseThrow());
        assertArrayEquals(first, members.secret(carla).orElseThrow());
        members.add(List.of(remove(anna, ben)));
        assertTrue(members.needsEpoch());
        members.add(List.of(members.write(anna, members.newEpoch(anna), NOW)));
        assertFalse(members.needsEpoch());
        byte[] second = members.secret(carla).orElseThrow();
        assertArrayEquals(second, members.secret(anna).orElseThrow());
        assertFalse(Arrays.equals(first, second));
        assertTrue(members.secret(ben).isEmpty());
    }

    @Test
    void anEpochThatDoesNotKnowOfARemovalForcesAnother() {
        members.add(List.of(members.write(anna, members.newEpoch(anna), NOW)));
        members.add(List.of(admit(anna, ben)));
        members.add(List.of(admit(anna, carla)));
        MembershipRecord unaware = members.write(carla, members.newEpoch(carla), NOW);
        MembershipRecord removal = remove(anna, ben);
        members.add(List.of(removal));
        members.add(List.of(unaware));
        assertTrue(members.needsEpoch());
        MembershipRecord one = members.write(anna, members.newEpoch(anna), NOW);
        MembershipRecord other = members.write(carla, members.newEpoch(carla), NOW);
        members.add(List.of(one));
        members.add(List.of(other));
        assertFalse(members.needsEpoch());
        assertArrayEquals(
                members.secret(anna).orElseThrow(), members.secret(carla).orElseThrow());
        assertTrue(members.secret(ben).isEmpty());
    }

    @Test
    void anEpochOfTheRemovedCountsForNothing() {
        members.add(List.of(members.write(anna, members.newEpoch(anna), NOW)));
        members.add(List.of(admit(anna, ben)));
        MembershipRecord sneaky = members.write(ben, members.newEpoch(ben), NOW);
        members.add(List.of(remove(anna, ben)));
        members.add(List.of(sneaky));
        assertTrue(members.needsEpoch());
        members.add(List.of(members.write(anna, members.newEpoch(anna), NOW)));
        assertTrue(members.secret(ben).isEmpty());
        assertTrue(members.secret(anna).isPresent());
    }

    // What hostile devices sign

    private static final String MISSING = "ab".repeat(32);

    private MembershipRecord orphan(DeviceKey by, int number) {
        return MembershipRecord.sign(by, new Name("Orphan " + number), room.hex(), Set.of(MISSING), NOW);
    }

    private List<MembershipRecord> orphans(DeviceKey by, int count) {
        return IntStream.range(0, count).mapToObj(number -> orphan(by, number)).toList();
    }

    @Test
    void aRecordWhosePredecessorIsMissingHoldsNothingUp() {
        members.add(List.of(members.write(anna, members.newEpoch(anna), NOW)));
        members.add(List.of(admit(anna, ben)));
        members.add(List.of(orphan(ben, 1)));
        members.add(List.of(admit(anna, carla)));
        assertEquals(Set.of(anna.fingerprint(), ben.fingerprint(), carla.fingerprint()), present());
        members.add(List.of(remove(anna, ben)));
        assertEquals(Set.of(anna.fingerprint(), carla.fingerprint()), present());
        members.add(List.of(members.write(anna, members.newEpoch(anna), NOW)));
        assertFalse(members.needsEpoch());
    }

    @Test
    void aRecordThatHasNoRightHoldsNothingUp() {
        members.add(List.of(admit(ben, carla)));
        members.add(List.of(admit(anna, ben)));
        assertEquals(
                Set.of(founding.hash()),
                members.records().stream()
                        .filter(record -> record.author().equals(anna.fingerprint()))
                        .filter(record -> record.statement() instanceof Admit)
                        .findFirst()
                        .orElseThrow()
                        .after());
        assertEquals(Set.of(anna.fingerprint(), ben.fingerprint()), present());
    }

    @Test
    void whatWasMissingMayStillCome() {
        MembershipRecord admission = admit(anna, ben);
        Membership far = new Membership(room);
        far.add(List.of(founding, admission));
        MembershipRecord name = far.write(ben, new Name("Ben himself"), NOW);
        members.add(List.of(name));
        assertEquals(Set.of(anna.fingerprint()), present());
        members.add(List.of(admission));
        assertEquals("Ben himself", members.members().get(ben.fingerprint()).name());
    }

    @Test
    void ofRecordsThatDoNotCountOnlySomeAreKept() throws Exception {
        DeviceKey another = DeviceKey.at(folder.resolve("another.key"));
        members.add(List.of(admit(anna, ben)));
        assertEquals(Membership.MOST_IDLE, members.add(orphans(carla, 300)).size());
        assertEquals(List.of(), members.add(orphans(another, 1)), "strangers have one measure together");
        assertEquals(List.of(), members.add(List.of(admit(carla, another))));
        assertEquals(200, members.add(orphans(ben, 200)).size(), "a member has its own");
        assertEquals(56, members.add(orphans(ben, 200)).size());
        assertEquals(2 + 2 * Membership.MOST_IDLE, members.records().size());
        assertEquals(1, members.add(List.of(admit(anna, carla))).size());
        assertEquals(Set.of(anna.fingerprint(), ben.fingerprint(), carla.fingerprint()), present());
    }

    @Test
    void whatAnOlderVersionBuiltOnIsNotGivenUp() {
        members.add(List.of(admit(anna, ben)));
        MembershipRecord idle = members.write(carla, new Name("Carla"), NOW);
        // As 0.1.0 does, which names whatever it holds.
        MembershipRecord upon = MembershipRecord.sign(
                anna,
                new Admit(carla.publicKey(), "Carla", Grant.NONE),
                room.hex(),
                Set.of(
                        idle.hash(),
                        members.records().stream()
                                .filter(record -> record.statement() instanceof Admit)
                                .findFirst()
                                .orElseThrow()
                                .hash()),
                NOW);
        assertEquals(
                2,
                members.addFrom(carla.fingerprint(), List.of(idle, upon), forged -> {})
                        .size());
        assertTrue(present().contains(carla.fingerprint()));
    }

    @Test
    void manyRecordsAtTheSameTimeLeaveRoomForWhatAnAdminWrites() {
        members.add(List.of(members.write(anna, members.newEpoch(anna), NOW)));
        members.add(List.of(admit(anna, ben)));
        members.add(List.of(admit(anna, carla)));
        members.add(List.of(members.write(anna, new Role(carla.publicKey(), true), NOW)));
        members.add(IntStream.range(0, 1000)
                .mapToObj(number -> members.write(ben, new Name("Ben " + number), NOW))
                .toList());
        members.add(IntStream.range(0, 300).mapToObj(number -> remove(ben, ben)).toList());
        assertFalse(present().contains(ben.fingerprint()));
        members.add(List.of(admit(anna, ben)));
        List<MembershipRecord> before = members.records();
        for (DeviceKey admin : List.of(anna, carla)) {
            Membership one = new Membership(room);
            one.add(before);
            one.add(List.of(one.write(admin, new Remove(ben.publicKey()), NOW)));
            assertEquals(
                    Set.of(anna.fingerprint(), carla.fingerprint()),
                    one.members().keySet());
            int epochs = 0;
            for (; epochs < 8 && one.needsEpoch(); epochs++) {
                one.add(List.of(one.write(admin, one.newEpoch(admin), NOW)));
            }
            assertTrue(epochs < 8, epochs + " epochs");
            assertTrue(one.secret(anna).isPresent());
            assertTrue(one.secret(ben).isEmpty());
        }
    }

    @Test
    void anEpochHasRoomForItsMembersAndTheOthersAreGivenItLater() throws Exception {
        for (int number = 0; number < 300; number++) {
            DeviceKey device = DeviceKey.at(folder.resolve("device" + number + ".key"));
            members.add(List.of(members.write(anna, new Admit(device.publicKey(), "Device", Grant.NONE), NOW)));
        }
        members.add(List.of(admit(anna, ben)));
        members.add(List.of(members.write(ben, members.newEpoch(ben), NOW)));
        assertTrue(members.secret(ben).isPresent());
        assertEquals(302 - 256, members.withoutSecret().size());
    }

    @Test
    void aRecordThatNobodyWouldReadIsNotSigned() {
        Set<String> many = IntStream.range(0, 1000)
                .mapToObj(number -> String.format("%064x", number))
                .collect(Collectors.toSet());
        assertThrows(
                IllegalArgumentException.class,
                () -> MembershipRecord.sign(anna, new Name("Anna"), room.hex(), many, NOW));
    }

    @Test
    void ofWhoDoesNotBelongToTheRoomOnlyWhatTellsWhoDoesIsTaken() {
        members.add(List.of(admit(anna, ben)));
        MembershipRecord admission = admit(ben, carla);
        MembershipRecord name = members.write(carla, new Name("Carla"), NOW);
        assertEquals(List.of(), members.addFrom(carla.fingerprint(), List.of(name, orphan(carla, 1)), forged -> {}));
        assertEquals(2, members.records().size());
        assertEquals(
                List.of(admission, name),
                members.addFrom(carla.fingerprint(), List.of(admission, name), forged -> {}),
                "a newcomer");
    }

    @Test
    void whoIsRemovedStillTellsWhomItRemovedAtTheSameTime() {
        members.add(List.of(admit(anna, ben)));
        members.add(List.of(admit(anna, carla)));
        members.add(List.of(members.write(anna, new Role(ben.publicKey(), true), NOW)));
        members.add(List.of(members.write(anna, new Role(carla.publicKey(), true), NOW)));
        MembershipRecord removal = remove(ben, carla);
        MembershipRecord name = members.write(ben, new Name("Ben"), NOW);
        members.add(List.of(remove(carla, ben)));
        assertEquals(List.of(removal), members.addFrom(ben.fingerprint(), List.of(name, removal), forged -> {}));
        assertEquals(Set.of(anna.fingerprint()), present());
        assertEquals(List.of(), members.addFrom(ben.fingerprint(), List.of(name, remove(ben, carla)), forged -> {}));
    }

    @Test
    void aKeyThatIsNoneIsNotLetIn() throws Exception {
        members.add(List.of(admit(anna, ben)));
        KeyPairGenerator other = KeyPairGenerator.getInstance("EC");
        other.initialize(new ECGenParameterSpec("secp384r1"));
        for (byte[] key : List.of(
                new byte[0], new byte[91], other.generateKeyPair().getPublic().getEncoded())) {
            members.add(List.of(members.write(ben, new Admit(key, "Nobody", Grant.NONE), NOW)));
        }
        assertEquals(Set.of(anna.fingerprint(), ben.fingerprint()), present());
    }

    @Test
    void malformedRecordsAreRefused() {
        Random random = new Random(11);
        byte[] good = founding.bytes();
        for (int round = 0; round < 2000; round++) {
            byte[] bytes = good.clone();
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            try {
                members.add(List.of(MembershipRecord.parse(bytes)));
            } catch (ProtocolException refused) {
                assertTrue(refused.getMessage().contains("membership record"));
            }
            assertEquals(Set.of(anna.fingerprint()), present());
        }
        assertThrows(ProtocolException.class, () -> MembershipRecord.parse(new byte[10_000]));
    }
}
