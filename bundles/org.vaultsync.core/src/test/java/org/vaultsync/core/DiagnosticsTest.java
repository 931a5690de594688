// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.Badge;
import org.vaultsync.Diagnosis;
import org.vaultsync.Finding;
import org.vaultsync.Finding.Area;
import org.vaultsync.Finding.Weight;
import org.vaultsync.Invite;
import org.vaultsync.RoomId;
import org.vaultsync.Trouble;
import org.vaultsync.core.doctor.Doctor;
import org.vaultsync.core.doctor.NetworkCheck;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;

class DiagnosticsTest {
    @TempDir
    private Path folder;

    private static Diagnosis diagnosis(LocalVaultSync sync) throws Exception {
        return new LocalDiagnostics(sync, "1.2.3").check().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static List<Finding> of(Area area, Diagnosis diagnosis) {
        return diagnosis.findings().stream()
                .filter(finding -> finding.area() == area)
                .toList();
    }

    @Test
    void twoLinkedDevicesAreWellAndTheReportKeepsWhatIsShared() throws Exception {
        try (TestDevice anna = new TestDevice(folder.resolve("anna"), "Anna's laptop", new MemoryVault());
                TestDevice ben = new TestDevice(folder.resolve("ben"), "Ben's desktop", new MemoryVault())) {
            RoomId room = anna.createRoom("Friday group");
            Invite invite = anna.invite(room);
            ben.join(invite);
            anna.vault.save(new Item("secret-id", "unit", "Zerstörer", "{\"note\":\"Geheimnis\"}"), Revision.NONE);
            anna.share(room, "secret-id");
            ben.untilBadge("secret-id", Badge.SYNCED);
            Diagnosis diagnosis = diagnosis(anna.sync);
            assertEquals(
                    Set.of(Area.values()),
                    diagnosis.findings().stream().map(Finding::area).collect(Collectors.toSet()));
            assertEquals(
                    List.of(),
                    diagnosis.findings().stream()
                            .filter(finding -> finding.weight() == Weight.PROBLEM)
                            .toList());
            assertEquals(Weight.FINE, of(Area.CLOCK, diagnosis).getFirst().weight());
            assertEquals(1, of(Area.SIGNALING, diagnosis).size(), () -> "" + of(Area.SIGNALING, diagnosis));
            Finding peer = of(Area.PEER, diagnosis).getFirst();
            assertEquals(Optional.of(ben.sync.self().orElseThrow().fingerprint()), peer.peer());
            assertTrue(peer.sentence().startsWith("Linked over the LAN at "), peer.sentence());
            assertTrue(diagnosis.report().contains("Vault Sync 1.2.3"), diagnosis.report());
            assertTrue(diagnosis.report().contains("LINKED"), diagnosis.report());
            String key = Files.readString(folder.resolve("anna/device.key")).strip();
            for (String secret : List.of(
                    "Zerst",
                    "Geheimnis",
                    "secret-id",
                    invite.token(),
                    "Friday",
                    "Anna",
                    "Ben's",
                    key.substring(0, 20))) {
                assertFalse(diagnosis.report().contains(secret), secret + " in " + diagnosis.report());
            }
        }
    }

    @Test
    void aClockThatIsWrongIsSaid() throws Exception {
        Clock late = Clock.offset(Clock.systemUTC(), Duration.ofDays(-3));
        try (TestDevice anna = new TestDevice(folder.resolve("anna"), "Anna's laptop", new MemoryVault());
                TestDevice ben = new TestDevice(folder.resolve("ben"), "Ben's desktop", new MemoryVault(), late)) {
            ben.join(anna.invite(anna.createRoom("Friday group")));
            TestDevice.until("linked", () -> anna.isLinked() && ben.isLinked());
            Finding behind = of(Area.CLOCK, diagnosis(anna.sync)).getFirst();
            assertEquals(Weight.NOTE, behind.weight());
            assertTrue(behind.sentence().contains("days behind"), behind.sentence());
            assertTrue(of(Area.CLOCK, diagnosis(ben.sync)).getFirst().sentence().contains("days ahead"));
        }
    }

    @Test
    void whatDoesNotWorkIsSaidWithWhatToDo() throws Exception {
        Path key = folder.resolve("anna/device.key");
        try (TestDevice anna = new TestDevice(folder.resolve("anna"), "Anna's laptop", new MemoryVault())) {
            RoomId room = anna.createRoom("Friday group");
            try (TestDevice ben = new TestDevice(folder.resolve("ben"), "Ben's desktop", new MemoryVault())) {
                ben.join(anna.invite(room));
                TestDevice.until("linked", () -> anna.isLinked() && ben.isLinked());
            }
            TestDevice.until("away", () -> !anna.isLinked());
            Finding peer = of(Area.PEER, diagnosis(anna.sync)).getFirst();
            assertEquals(Weight.NOTE, peer.weight());
            anna.sync.unsetVault(anna.vault);
            assertEquals(
                    Weight.PROBLEM,
                    of(Area.VAULT, diagnosis(anna.sync)).getFirst().weight());
            anna.sync.setVault(anna.vault);
            if (Files.getFileStore(key).supportsFileAttributeView("posix")) {
                Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
                Finding readable = of(Area.KEY, diagnosis(anna.sync)).getFirst();
                assertEquals(Weight.PROBLEM, readable.weight());
                assertTrue(readable.advice().contains("device.key"), readable.advice());
            }
            Files.delete(key);
            assertEquals(
                    Weight.PROBLEM,
                    of(Area.KEY, diagnosis(anna.sync)).getFirst().weight());
        }
    }

    @Test
    void itemsAreCountedInWordsThatFitOne() {
        assertEquals(List.of("1 item is shared."), sentences(1, 0, 0));
        assertEquals(List.of("212 items are shared."), sentences(212, 0, 0));
        assertEquals(
                List.of(
                        "1 shared item has stopped syncing on this device.",
                        "2 shared items were changed by two people at once."),
                sentences(3, 1, 2));
    }

    private static List<String> sentences(int shared, int stopped, int conflicts) {
        return Doctor.items(shared, stopped, conflicts).stream()
                .map(Finding::sentence)
                .toList();
    }

    @Test
    void aSyncThatCannotStartHasADiagnosisToo() throws Exception {
        Files.writeString(folder.resolve("file"), "");
        LocalVaultSync sync = new LocalVaultSync(folder.resolve("file/home"), TestDevice.REPLICAS, Clock.systemUTC());
        Diagnosis diagnosis = diagnosis(sync);
        assertEquals(Weight.PROBLEM, diagnosis.findings().getFirst().weight());
        assertTrue(diagnosis.report().contains("cannot write into its folder"), diagnosis.report());
        sync.stop();
    }

    @Test
    void anAddressThatNobodyAnswersAtIsSaid() {
        Finding deaf =
                new NetworkCheck(List.of("127.0.0.1:1"), Optional.empty()).run().getFirst();
        assertEquals(Weight.PROBLEM, deaf.weight());
        assertTrue(deaf.sentence().contains("127.0.0.1:1"), deaf.sentence());
        Finding nowhere = new NetworkCheck(List.of(), Optional.of(Trouble.other("The port is taken.")))
                .run()
                .getFirst();
        assertEquals("The port is taken.", nowhere.sentence());
    }
}
