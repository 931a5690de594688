// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vaultsync.OpenRoom.Notice;
import org.vaultsync.OpenRoom.Server;
import org.vaultsync.ServerChecks.Answer;
import org.vaultsync.ServerChecks.Candidate;
import org.vaultsync.ServerChecks.Problem;
import org.vaultsync.ServerChecks.Reason;
import org.vaultsync.SyncPolicy.Incoming;
import org.vaultsync.SyncPolicy.Taking;
import org.vaultsync.vault.Item;

/** What sync tells is how things were at one moment, and nobody who holds it can change that. */
class SnapshotsTest {
    private static final RoomId ROOM = new RoomId("0123456789abcdef0123456789abcdef");
    private static final Fingerprint ANNA = Fingerprint.of(new byte[] {1});
    private static final Fingerprint BEN = Fingerprint.of(new byte[] {2});
    private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");

    /** Something made of a list does not change with it, and gives out nothing that can be changed. */
    private static <T> void staysAsItWas(T one, T another, Function<List<T>, Collection<T>> made) {
        List<T> given = new ArrayList<>(List.of(one));
        Collection<T> held = made.apply(given);
        given.add(another);
        assertEquals(Set.of(one), new HashSet<>(held));
        assertThrows(UnsupportedOperationException.class, () -> held.add(another));
    }

    private static OpenRoom open(List<Server> servers, List<OpenRoom.Peer> peers, Set<Notice> notices) {
        return new OpenRoom(
                new OpenRoomAddress(new RoomCode("ABCDEF"), List.of()),
                true,
                Optional.of(OpenRoom.Profile.FIELDS),
                servers,
                peers,
                notices,
                Optional.empty());
    }

    private static OpenRoom.Peer peer(String name) {
        return new OpenRoom.Peer(
                name, name, true, Optional.empty(), Optional.empty(), Throughput.NONE, Optional.empty(), NOON);
    }

    private static Version version(List<String> writers, List<FieldChange> changes) {
        return new Version(
                "v1",
                ROOM,
                "u1",
                Version.Kind.EDITED,
                writers,
                Optional.of(NOON),
                false,
                changes,
                Optional.of(new Item("u1", "unit", "Anvil", "{}")));
    }

    @Test
    void whoHoldsWhatIsToldCannotChangeIt() {
        staysAsItWas(
                ANNA,
                BEN,
                holders -> new ItemStatus(
                                "u1",
                                Badge.SYNCED,
                                Optional.of(ROOM),
                                true,
                                holders,
                                2,
                                Optional.of(NOON),
                                Optional.empty(),
                                Optional.empty(),
                                false)
                        .holders());
        staysAsItWas("10.9.0.1:8765", "10.9.0.2:8765", at -> new Device(ANNA, "Anna", at).addresses());
        staysAsItWas("u1", "u2", items -> new Room(ROOM, "Friday", items, List.of()).items());
        Member ben = new Member(BEN, "Ben", new Reach.Paused(), 3);
        staysAsItWas(
                ben,
                new Member(ANNA, "Anna", new Reach.Paused(), 3),
                members -> new Room(ROOM, "Friday", List.of(), members).members());
        staysAsItWas(
                new Finding(Finding.Area.CLOCK, Finding.Weight.FINE, Optional.empty(), "Fine.", ""),
                new Finding(Finding.Area.STORE, Finding.Weight.PROBLEM, Optional.empty(), "Full.", "Make room."),
                found -> new Diagnosis(NOON, found, "").findings());
        staysAsItWas("Anna", "Ben", writers -> version(writers, List.of()).writers());
        staysAsItWas(
                new FieldChange("/a", "1", "2"),
                new FieldChange("/b", "1", "2"),
                changes -> version(List.of(), changes).changes());
        staysAsItWas(
                new Server("wss://a", true, Optional.empty()),
                new Server("wss://b", true, Optional.empty()),
                servers -> open(servers, List.of(), Set.of()).servers());
        staysAsItWas(
                peer("Anna"),
                peer("Ben"),
                peers -> open(List.of(), peers, Set.of()).peers());
        staysAsItWas(
                Notice.FULL,
                Notice.NO_ANSWER,
                notices -> open(List.of(), List.of(), new HashSet<>(notices)).notices());
        staysAsItWas(
                Candidate.HOST,
                Candidate.RELAYED,
                found -> new Answer(new HashSet<>(found), Optional.empty(), Duration.ofSeconds(1)).candidates());
        staysAsItWas(
                "unit",
                "pilot",
                types -> new Taking(Incoming.TAKE, Optional.of(new HashSet<>(types)))
                        .types()
                        .orElseThrow());
    }

    @Test
    void anItemInNoRoomHasNobodyAndNothing() {
        ItemStatus status = ItemStatus.notShared("u1");
        assertEquals("u1", status.itemId());
        assertEquals(Badge.NOT_SHARED, status.badge());
        assertEquals(Optional.empty(), status.room());
        assertEquals(List.of(), status.holders());
        assertEquals(0, status.others());
        assertEquals(Optional.empty(), status.problem());
        assertFalse(status.sharedHere() || status.readOnly());
    }

    @Test
    void aRoomIsPrivateAndAMemberPlainUnlessMoreIsSaid() {
        Room room = new Room(ROOM, "Friday", List.of("u1"), List.of());
        assertEquals(Room.Standing.MEMBER, room.standing());
        assertEquals(0, room.offered());
        assertEquals(Optional.empty(), room.open());
        Member ben = new Member(BEN, "Ben", new Reach.Paused(), 3);
        assertFalse(ben.admin());
        assertEquals(Optional.empty(), ben.admission());
        assertEquals(Optional.empty(), ben.lastSync());
    }

    @Test
    void anOpenRoomIsReachableWhereOneServerIsConnected() {
        Server away = new Server("wss://a", false, Optional.of(new Problem(Reason.NO_ANSWER, "")));
        Server there = new Server("wss://b", true, Optional.empty());
        assertFalse(open(List.of(), List.of(), Set.of()).isReachable());
        assertFalse(open(List.of(away), List.of(), Set.of()).isReachable());
        assertTrue(open(List.of(away, there), List.of(), Set.of()).isReachable());
        assertEquals(Optional.empty(), away.problem().orElseThrow().trouble());
    }

    @Test
    void aStandInIsTheSameForOnePeerOfOneRoomAlone() {
        Fingerprint anna = OpenRoom.standIn(ROOM, "anna");
        assertEquals(anna, OpenRoom.standIn(ROOM, "anna"));
        assertNotEquals(anna, OpenRoom.standIn(ROOM, "ben"));
        assertNotEquals(anna, OpenRoom.standIn(new RoomId("f".repeat(32)), "anna"));
    }

    @Test
    void typesAreTakenAtOnceOnlyIfAllAreOrTheyAreNamed() {
        assertTrue(Taking.ALL.takes("unit"));
        Taking units = new Taking(Incoming.TAKE, Optional.of(Set.of("unit")));
        assertTrue(units.takes("unit"));
        assertFalse(units.takes("pilot"));
        assertFalse(new Taking(Incoming.TAKE, Optional.of(Set.of())).takes("unit"));
        for (Incoming asks : List.of(Incoming.ASK, Incoming.BROWSE)) {
            assertFalse(new Taking(asks, Optional.empty()).takes("unit"));
            assertFalse(new Taking(asks, Optional.of(Set.of("unit"))).takes("unit"));
        }
    }

    @Test
    void aCodeForPairingHasSixDigitsInTwoGroups() {
        assertEquals("012 345", new Encounter("e1", "Ben", BEN, "012 345", true, false).code());
        for (String wrong : List.of("", "012345", "012-345", "012 34x", "0123 456", " 012 345")) {
            assertThrows(
                    IllegalArgumentException.class, () -> new Encounter("e1", "Ben", BEN, wrong, true, false), wrong);
        }
    }

    @Test
    void aRoomIsShownByItsFirstDigits() {
        assertEquals("01234567", ROOM.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "0123456789abcdef0123456789abcde", "0123456789ABCDEF0123456789ABCDEF", "../../../../etc"})
    void whatIsNoRoomIdIsRefused(String hex) {
        assertThrows(IllegalArgumentException.class, () -> new RoomId(hex));
    }
}
