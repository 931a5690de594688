// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.vaultsync.Badge;
import org.vaultsync.Diagnosis;
import org.vaultsync.Finding;
import org.vaultsync.Fingerprint;
import org.vaultsync.Meeting;
import org.vaultsync.Member;
import org.vaultsync.Trouble;
import org.vaultsync.core.doctor.Doctor;
import org.vaultsync.core.doctor.NetworkCheck;
import org.vaultsync.core.doctor.Report;
import org.vaultsync.core.doctor.StoreCheck;
import org.vaultsync.core.log.Logbook;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.session.Switchboard;
import org.vaultsync.core.store.Store;
import org.vaultsync.core.vault.HostVault;

/** Shows the doctor everything that runs here, and writes the report. Thread-safe. */
final class Checkup {
    private static final int LOG_IN_REPORT = 200;

    private final Fingerprint self;
    private final Home home;
    private final Store store;
    private final HostVault host;
    private final Machine machine;
    private final Logbook logbook;
    private final Board board;
    private final Switchboard switchboard;
    private final OwnSignaling signaling;
    private final Overview overview;

    Checkup(
            Fingerprint self,
            Home home,
            Store store,
            HostVault host,
            Machine machine,
            Logbook logbook,
            Board board,
            Switchboard switchboard,
            OwnSignaling signaling,
            Overview overview) {
        this.self = self;
        this.home = home;
        this.store = store;
        this.host = host;
        this.machine = machine;
        this.logbook = logbook;
        this.board = board;
        this.switchboard = switchboard;
        this.signaling = signaling;
        this.overview = overview;
    }

    /** Looks at everything. What has to be tried is tried on a thread of its own. */
    CompletionStage<Diagnosis> diagnose(String version, Optional<Trouble> setAside) {
        CompletionStage<List<Finding>> tried = CompletableFuture.supplyAsync(
                () -> findings(setAside), task -> machine.run("vaultsync doctor", Duration.ZERO, task));
        return tried.thenCombine(logbook.newest(LOG_IN_REPORT), (findings, log) -> {
            Instant now = machine.clock().instant();
            return new Diagnosis(
                    now, findings, Report.of(now, version, Optional.of(self), overview.rooms(), findings, log));
        });
    }

    private List<Finding> findings(Optional<Trouble> setAside) {
        List<Finding> findings = new ArrayList<>();
        setAside.map(Doctor::setAside).ifPresent(findings::add);
        findings.addAll(new StoreCheck(home.key(), home.database(), store).run());
        findings.addAll(Doctor.clock(switchboard.clocks()));
        findings.addAll(new NetworkCheck(
                        switchboard.addresses().stream()
                                .filter(each -> !Meeting.isSignaling(each))
                                .toList(),
                        Optional.ofNullable(switchboard.troubles().get("lan")))
                .run());
        List<String> met =
                switchboard.addresses().stream().filter(Meeting::isSignaling).toList();
        findings.add(
                Doctor.meeting(met, Optional.ofNullable(switchboard.troubles().get("webrtc"))));
        Doctor.signaling(signaling.addresses(), signaling.trouble()).ifPresent(findings::add);
        findings.add(Doctor.vault(host.isPresent(), host.trouble()));
        List<Badge> badges = overview.rooms().stream()
                .flatMap(room -> room.items().stream())
                .map(item -> board.status(item).badge())
                .toList();
        findings.addAll(Doctor.items(
                badges.size(), (int) badges.stream().filter(Badge.ERROR::equals).count(), (int)
                        badges.stream().filter(Badge.CONFLICT::equals).count()));
        overview.rooms().stream()
                .flatMap(room -> room.members().stream())
                .collect(Collectors.toMap(Member::fingerprint, Function.identity(), (one, same) -> one))
                .values()
                .forEach(member -> findings.add(Doctor.peer(member)));
        return findings;
    }
}
