// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.vaultsync.Diagnosis;
import org.vaultsync.Diagnostics;
import org.vaultsync.FieldChange;
import org.vaultsync.Finding;
import org.vaultsync.Finding.Area;
import org.vaultsync.Finding.Weight;
import org.vaultsync.ItemHistory;
import org.vaultsync.LogEntry;
import org.vaultsync.LogEntry.Kind;
import org.vaultsync.LogEntry.Traffic;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.SyncLog;
import org.vaultsync.Version;
import org.vaultsync.vault.Item;

/** History, log and diagnosis that say what a test of the views needs, and write down what the views ask of them. */
final class ScriptedRecords implements ItemHistory, SyncLog, Diagnostics {
    /** Calls, as {@code restore v1}. */
    final List<String> calls = new CopyOnWriteArrayList<>();

    final List<Version> versions = new CopyOnWriteArrayList<>(List.of(
            version(
                    "v3",
                    Version.Kind.EDITED,
                    "Anna's laptop",
                    new FieldChange("/content/tonnage", "55", "60"),
                    new FieldChange("/meta/name", "\"Anvil & Co\"", "\"Anvil\"")),
            version(
                    "v2",
                    Version.Kind.EDITED,
                    "Bob's desk & chair",
                    new FieldChange(
                            "/content/notes", "\"Slow.\"", "\"Slow, but hard to stop.\\nKeep it near the base.\"")),
            version("v1", Version.Kind.SHARED, "Anna's laptop")));

    /** What the items of {@link ScriptedSync#putMerges} were. */
    void tellOfMerges() {
        versions.clear();
        versions.add(version(
                "v2",
                Version.Kind.EDITED,
                "Bob's desk & chair",
                new FieldChange(
                        "/content/notes",
                        "\"Slow.\\nKeep it near the base.\\nRuns hot.\"",
                        "\"Slow, but hard to stop.\\nKeep it near the base.\\nRuns hot.\""),
                new FieldChange("/content/quirks", "[\"rugged\"]", "[\"rugged\",\"easy to pilot\"]")));
    }

    /** That a text was changed. */
    void tellOf(String before, String after) {
        versions.addFirst(
                version("v2", Version.Kind.EDITED, "Anna's laptop", new FieldChange("/content/notes", before, after)));
    }

    /** Why the next calls fail. */
    volatile Optional<String> refusal = Optional.empty();

    /** Why the versions cannot be read. */
    volatile Optional<String> unreadable = Optional.empty();

    private static Version version(String id, Version.Kind kind, String writer, FieldChange... changes) {
        return new Version(
                id,
                ScriptedSync.FRIDAY,
                "item1",
                kind,
                List.of(writer),
                Optional.of(ScriptedSync.NOW.minus(Duration.ofHours(40 - 9 * (id.charAt(1) - '0')))),
                false,
                List.of(changes),
                Optional.of(new Item("item1", "unit", "Anvil", "{\"version\":" + id.charAt(1) + "}")));
    }

    @Override
    public CompletionStage<List<Version>> versions(String itemId) {
        return unreadable
                .<CompletionStage<List<Version>>>map(why -> CompletableFuture.failedFuture(new SyncException(why)))
                .orElseGet(() -> CompletableFuture.completedFuture(List.copyOf(versions)));
    }

    @Override
    public CompletionStage<List<Version>> deleted(RoomId room) {
        return CompletableFuture.completedFuture(List.of(version("v4", Version.Kind.DELETED, "Anna's laptop")));
    }

    @Override
    public List<FieldChange> compare(Version one, Version other) {
        return List.of(new FieldChange("/content/" + one.id() + "-" + other.id(), "1", "2"));
    }

    @Override
    public CompletionStage<Void> restore(Version version) {
        calls.add("restore " + version.id());
        if (refusal.isPresent()) {
            return CompletableFuture.failedFuture(new SyncException(refusal.get()));
        }
        versions.addFirst(version(
                "v5",
                Version.Kind.RESTORED,
                "Bob's desk & chair",
                versions.get(1).changes().getFirst()));
        return CompletableFuture.completedFuture(null);
    }

    /** How often somebody has asked for the log. */
    final AtomicInteger looks = new AtomicInteger();

    @Override
    public CompletionStage<List<LogEntry>> entries(int most) {
        looks.incrementAndGet();
        Instant now = ScriptedSync.NOW;
        return CompletableFuture.completedFuture(List.of(
                new LogEntry(
                        now.minus(Duration.ofMinutes(50)),
                        now,
                        14,
                        Kind.ATTEMPT,
                        Optional.empty(),
                        Optional.of(ScriptedSync.fingerprint(5)),
                        "Nobody answered at 192.168.1.9:8765.",
                        Optional.empty()),
                new LogEntry(
                        now,
                        now,
                        1,
                        Kind.CLOSED,
                        Optional.empty(),
                        Optional.of(ScriptedSync.ANNA),
                        "The other device has gone offline.",
                        Optional.of(new Traffic(120, 34_000, 96, 2_500_000))),
                new LogEntry(
                        now,
                        now,
                        1,
                        Kind.LINKED,
                        Optional.empty(),
                        Optional.of(ScriptedSync.ANNA),
                        "Linked over the LAN at 192.168.1.4:40111, dialled from here.",
                        Optional.empty()),
                new LogEntry(
                        now,
                        now,
                        1,
                        Kind.ROOM,
                        Optional.of(ScriptedSync.FRIDAY),
                        Optional.of(ScriptedSync.ANNA),
                        "Let in by 12ab34cd.",
                        Optional.empty()),
                new LogEntry(
                        now,
                        now,
                        1,
                        Kind.ATTEMPT,
                        Optional.empty(),
                        Optional.of(ScriptedSync.fingerprint(9)),
                        "Nobody answered at 10.0.0.9:8765.",
                        Optional.empty())));
    }

    /** What the next diagnosis finds besides. */
    volatile List<Finding> found = List.of();

    /** A diagnosis that is not ready yet. */
    volatile Optional<CompletableFuture<Diagnosis>> pending = Optional.empty();

    @Override
    public CompletionStage<Diagnosis> check() {
        if (pending.isPresent()) {
            return pending.get();
        }
        if (!found.isEmpty()) {
            return CompletableFuture.completedFuture(new Diagnosis(ScriptedSync.NOW, found, "the report"));
        }
        return CompletableFuture.completedFuture(new Diagnosis(
                ScriptedSync.NOW,
                List.of(
                        new Finding(
                                Area.KEY,
                                Weight.FINE,
                                Optional.empty(),
                                "The device key is there, and nobody else can read it.",
                                ""),
                        new Finding(
                                Area.STORE,
                                Weight.PROBLEM,
                                Optional.empty(),
                                "The database cannot be written: the disk is full.",
                                "Make room on the disk. Your edits are in your vault, and are synced once it can."),
                        new Finding(
                                Area.PEER,
                                Weight.NOTE,
                                Optional.of(ScriptedSync.ANNA),
                                "Not reachable, never seen.",
                                "See that the application runs there.")),
                "the report of this device"));
    }
}
