// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Fingerprint;
import org.vaultsync.RoomArchives.Contents;
import org.vaultsync.RoomArchives.Course;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.core.archive.Archive;
import org.vaultsync.core.archive.Steps;
import org.vaultsync.core.log.Logbook;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.membership.Membership;
import org.vaultsync.core.membership.MembershipRecord;
import org.vaultsync.core.room.LiveRoom;
import org.vaultsync.core.store.Store;
import org.vaultsync.core.store.Tables;
import org.vaultsync.core.vault.HostVault;
import org.vaultsync.core.wire.ProtocolException;
import org.vaultsync.crdt.update.MalformedUpdateException;
import org.vaultsync.crdt.update.Updates;

/** Writes rooms into files and takes them from files, on threads that may wait for the disk. Thread-safe. */
final class RoomFiles {
    /** The rooms that are here. */
    interface Here {
        Optional<LiveRoom> room(RoomId id);

        boolean isOpenRoom(RoomId id);

        /** Completes when nothing is left of the rooms that are being left now. */
        CompletionStage<Void> left();

        /** Takes a room in whose records say that this device is a member. */
        CompletionStage<LiveRoom> enter(RoomId id, List<MembershipRecord> records);
    }

    private static final Logger LOG = LoggerFactory.getLogger(RoomFiles.class);

    private final Fingerprint self;
    private final Store store;
    private final HostVault host;
    private final Machine machine;
    private final Logbook logbook;
    private final Here here;
    private final Set<Path> writing = ConcurrentHashMap.newKeySet();

    RoomFiles(Fingerprint self, Store store, HostVault host, Machine machine, Logbook logbook, Here here) {
        this.self = self;
        this.store = store;
        this.host = host;
        this.machine = machine;
        this.logbook = logbook;
        this.here = here;
    }

    private interface Task<T> {
        T run() throws SyncException, IOException;
    }

    private <T> CompletionStage<T> elsewhere(Task<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        machine.run("vaultsync room file", Duration.ZERO, () -> {
            try {
                result.complete(task.run());
            } catch (IOException e) {
                result.completeExceptionally(
                        new SyncException("The file cannot be read or written: " + e.getMessage(), e));
            } catch (SyncException | RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    /** Writes what is on disk of a room, now. */
    CompletionStage<Contents> write(RoomId id, Path file, Course course) {
        Optional<LiveRoom> room = here.room(id);
        if (here.isOpenRoom(id)) {
            return CompletableFuture.failedStage(new SyncException(
                    "An open room is not exported: it has no members whom an import could bring back. To"
                            + " be in it again, enter its code. What you have taken is in your vault."));
        }
        if (room.isEmpty()) {
            return CompletableFuture.failedStage(new SyncException("This device is not in that room any more."));
        }
        Path target = file.toAbsolutePath().normalize();
        if (!writing.add(target)) {
            return CompletableFuture.failedStage(new SyncException("A room is being exported into that file already."));
        }
        return room.get()
                .attachments()
                .thenCombine(store.written(), (attachments, written) -> attachments)
                .thenCompose(attachments -> elsewhere(() -> write(room.get(), attachments, file, course)))
                .thenApply(contents -> {
                    logbook.note(id, "Exported to a file: " + contents.documents() + " documents.");
                    return contents;
                })
                .whenComplete((contents, failed) -> writing.remove(target));
    }

    private Contents write(LiveRoom room, Set<String> attachments, Path file, Course course) throws IOException {
        RoomId id = room.id();
        try (Archive.Writer writer = new Archive.Writer(
                file, id, room.summary().name(), self, machine.clock().instant())) {
            for (byte[] record : store.read(database -> Tables.records(database, id))) {
                writer.record(record);
            }
            for (Fingerprint member : room.members().keySet()) {
                writer.addresses(member, store.read(database -> Tables.addresses(database, member)));
            }
            List<Tables.DocumentRow> documents = store.read(database -> Tables.documents(database, id));
            Steps steps = new Steps(course, documents.size() + attachments.size());
            for (Tables.DocumentRow document : documents) {
                steps.next();
                List<byte[]> pieces = store.read(database -> Tables.pieces(database, id, document.id()))
                        .all();
                if (!pieces.isEmpty()) {
                    writer.document(document.id(), Updates.merge(pieces));
                }
            }
            for (String sha256 : attachments) {
                steps.next();
                copy(id, sha256, writer);
            }
            return writer.finish();
        } catch (MalformedUpdateException neverPastTheGate) {
            throw new IllegalStateException("room " + id, neverPastTheGate);
        }
    }

    /** What this device does not have of the files, another member may; the room is whole without them. */
    private void copy(RoomId room, String sha256, Archive.Writer writer) throws IOException {
        CompletableFuture<Void> copied = host.askFiles(vault -> {
                    try (InputStream bytes = vault.openAttachment(sha256).orElse(null)) {
                        if (bytes != null && !writer.attachment(sha256, bytes)) {
                            LOG.warn("room {}: file {} is not what it was", room, sha256);
                            logbook.note(room, "A file in your vault is damaged, and was left out of the export.");
                        }
                        return (Void) null;
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .toCompletableFuture();
        join(copied);
    }

    private static <T> T join(CompletionStage<T> stage) throws IOException {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof UncheckedIOException io
                    ? io.getCause()
                    : new IOException(failed.getCause().getMessage(), failed.getCause());
        }
    }

    /** Merges a file into the room that it is of. */
    CompletionStage<Contents> read(Path file, Course course) {
        return elsewhere(() -> {
            try (Archive archive = Archive.open(file, course)) {
                Contents contents = archive.contents();
                LiveRoom room = room(archive, contents.room());
                List<CompletionStage<Void>> merged = new ArrayList<>();
                for (String document : archive.documents()) {
                    merged.add(room.merge(document, archive.document(document)));
                }
                for (CompletionStage<Void> each : merged) {
                    archive.steps().next();
                    join(each);
                }
                for (String sha256 : archive.attachments()) {
                    archive.steps().next();
                    put(sha256, archive);
                }
                logbook.note(contents.room(), "Imported from a file: " + contents.documents() + " documents.");
                return contents;
            }
        });
    }

    /** The room as it is here, with the records of the file; or as the file has it, if this device is a member there. */
    private LiveRoom room(Archive archive, RoomId id) throws SyncException, IOException {
        List<MembershipRecord> records = new ArrayList<>();
        try {
            for (byte[] record : archive.records()) {
                records.add(MembershipRecord.parse(record));
            }
        } catch (ProtocolException malformed) {
            throw new SyncException("The list of members in this export cannot be read.", malformed);
        }
        join(here.left());
        Optional<LiveRoom> present = here.room(id);
        if (present.isPresent() && !present.get().members().containsKey(self)) {
            throw notAMember(
                    "This device was removed from “" + archive.contents().name() + "”, so nothing was imported.");
        }
        if (present.isPresent()) {
            return present.get();
        }
        Membership membership = new Membership(id);
        membership.add(records);
        if (!membership.members().containsKey(self)) {
            throw notAMember(
                    "This device was not a member of “" + archive.contents().name() + "” when the export was made.");
        }
        archive.addresses().forEach((member, addresses) -> store.write(Tables.putAddresses(member, addresses)));
        return join(here.enter(id, membership.records()));
    }

    private static SyncException notAMember(String why) {
        return new SyncException(why
                + " Ask a member for an invite and join; then import the file again, and what the others do not have any"
                + " more is added.");
    }

    private void put(String sha256, Archive archive) throws IOException {
        join(host.askFiles(vault -> {
            try (InputStream present = vault.openAttachment(sha256).orElse(null);
                    InputStream bytes = archive.attachment(sha256)) {
                if (present == null) {
                    vault.putAttachment(sha256, bytes);
                }
                return (Void) null;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }));
    }
}
