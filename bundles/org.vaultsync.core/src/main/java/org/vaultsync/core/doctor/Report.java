// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.doctor;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.vaultsync.Finding;
import org.vaultsync.Fingerprint;
import org.vaultsync.LogEntry;
import org.vaultsync.Room;

/** A diagnosis as text for somebody who helps. Names of devices and rooms stay out of it. */
public final class Report {
    private final StringBuilder text = new StringBuilder();

    private Report() {}

    /**
     * @param self empty where sync could not start
     * @param version of this bundle
     */
    public static String of(
            Instant time,
            String version,
            Optional<Fingerprint> self,
            List<Room> rooms,
            List<Finding> findings,
            List<LogEntry> log) {
        Report report = new Report();
        Runtime runtime = Runtime.getRuntime();
        report.line("Vault Sync " + version + ", diagnostics of " + time);
        report.line("Java " + System.getProperty("java.runtime.version") + " on " + System.getProperty("os.name") + " "
                + System.getProperty("os.version") + " " + System.getProperty("os.arch") + ", "
                + ((runtime.totalMemory() - runtime.freeMemory()) >> 20) + " of " + (runtime.maxMemory() >> 20)
                + " MB in use");
        report.line("Device " + self.map(Fingerprint::brief).orElse("not started"));
        for (Room room : rooms) {
            report.line("Room " + room.id() + ": " + room.items().size() + " items, "
                    + room.members().size() + " other members");
        }
        report.line("");
        for (Finding finding : findings) {
            report.line(finding.weight() + " " + finding.area()
                    + finding.peer().map(peer -> " " + peer.brief()).orElse("") + ": " + finding.sentence()
                    + (finding.advice().isEmpty() ? "" : " → " + finding.advice()));
        }
        report.line("");
        log.forEach(report::entry);
        return report.text.toString();
    }

    private void entry(LogEntry entry) {
        line(entry.time() + " " + entry.kind()
                + entry.peer().map(peer -> " " + peer.brief()).orElse("")
                + entry.room().map(room -> " room " + room).orElse("") + ": " + entry.sentence()
                + (entry.times() > 1 ? " (" + entry.times() + " times, until " + entry.last() + ")" : "")
                + entry.traffic()
                        .map(traffic -> " (sent " + traffic.messagesSent() + " messages, " + traffic.bytesSent()
                                + " bytes; received " + traffic.messagesReceived() + ", " + traffic.bytesReceived()
                                + " bytes)")
                        .orElse(""));
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
