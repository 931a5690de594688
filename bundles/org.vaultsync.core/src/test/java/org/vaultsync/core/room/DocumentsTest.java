// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.RoomId;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.ThisMachine;
import org.vaultsync.core.store.Store;
import org.vaultsync.core.store.Store.Write;
import org.vaultsync.core.store.Tables.Piece;
import org.vaultsync.core.store.Tables.RevisionRow;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.Overwrite;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.ReplicaFactory;
import org.vaultsync.crdt.TextFields;
import org.vaultsync.crdt.graal.GraalReplicaFactory;
import org.vaultsync.crdt.update.Knowledge;

class DocumentsTest implements Documents.Listener {
    private final List<Integer> integrated = new ArrayList<>();
    private final BlockingQueue<Runnable> later = new LinkedBlockingQueue<>();

    @FunctionalInterface
    private interface Story {
        void tell(Replica writer, Store store, Documents documents) throws Exception;
    }

    private void inARoom(Path folder, Story story) throws Exception {
        ReplicaFactory factory = GraalReplicaFactory.from(Path.of("../org.vaultsync.crdt/lib"));
        Machine machine = new ThisMachine(Clock.systemUTC());
        try (ReplicaEngine engine = factory.openEngine();
                Replica writer = engine.open(DocumentKind.ITEM, 1, List.of());
                Store store = Store.open(folder.resolve("sync.db"), machine, trouble -> {});
                Documents documents = new Documents(
                        new RoomId("0123456789abcdef".repeat(2)),
                        store,
                        later::add,
                        factory,
                        TextFields.NONE,
                        document -> DocumentKind.ITEM,
                        this)) {
            story.tell(writer, store, documents);
        } finally {
            machine.close();
        }
    }

    @Test
    void whatCouldNotBeStoredIsNotCountedAsHeld(@TempDir Path folder) throws Exception {
        inARoom(folder, (writer, store, documents) -> {
            Document document = documents.get("0123456789abcdef0123456789abcdef");
            byte[] nothing = documents.digests().room();
            byte[] update = writer.edit(
                    writer.json(), "{\"attachments\":{},\"content\":{\"armor\":5},\"meta\":{},\"refs\":{}}");
            Write damaged = database -> {
                throw new SQLException("a page is torn");
            };
            CompletionStage<Void> lost =
                    documents.add(document, update, false, Optional.empty(), Instant.EPOCH, damaged);
            assertThrows(
                    ExecutionException.class, () -> lost.toCompletableFuture().get(10, TimeUnit.SECONDS));
            later.poll(10, TimeUnit.SECONDS).run();

            assertArrayEquals(nothing, documents.digests().room());
            assertEquals(Knowledge.NOTHING, documents.knowledge(document));
            assertTrue(document.problem.isPresent());
            assertEquals(List.of(), document.tail);

            documents
                    .add(document, update, false, Optional.empty(), Instant.EPOCH)
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            assertEquals(writer.json(), documents.integrate(document).replica().json());
        });
    }

    @Test
    void whatRestsOnWhatCouldNotBeStoredIsNotStoredEither(@TempDir Path folder) throws Exception {
        inARoom(folder, (writer, store, documents) -> {
            Document document = documents.get("0123456789abcdef0123456789abcdef");
            byte[] nothing = documents.digests().room();
            String armored = "{\"attachments\":{},\"content\":{\"armor\":5},\"meta\":{},\"refs\":{}}";
            byte[] first = writer.edit(writer.json(), armored);
            byte[] second = writer.edit(armored, armored.replace("5", "7"));
            Write damaged = database -> {
                throw new SQLException("a page is torn");
            };
            documents.add(document, first, true, Optional.empty(), Instant.EPOCH, damaged);
            RevisionRow made = new RevisionRow("ed17", armored.replace("5", "7"), writer.state());
            CompletionStage<Void> behind = documents.add(
                    document, second, true, Optional.empty(), Instant.EPOCH, documents.remember(document, made));
            assertThrows(
                    ExecutionException.class, () -> behind.toCompletableFuture().get(10, TimeUnit.SECONDS));
            later.poll(10, TimeUnit.SECONDS).run();

            assertArrayEquals(nothing, documents.digests().room());
            assertEquals(Optional.empty(), documents.revision(document, "ed17"));
            CompletionStage<Void> anew = documents.add(document, first, true, Optional.empty(), Instant.EPOCH);
            later.poll(10, TimeUnit.SECONDS).run();
            anew.toCompletableFuture().get(10, TimeUnit.SECONDS);
            assertEquals(
                    Knowledge.of(List.of(first)),
                    documents.knowledge(document),
                    "what was added since is not taken back");
        });
    }

    /** Between the moment in which an update is on disk and that in which the room's thread hears of it. */
    @Test
    void whatHasJustComeToTheDiskIsIntegratedOnce(@TempDir Path folder) throws Exception {
        inARoom(folder, (writer, store, documents) -> {
            byte[] update = writer.edit(
                    writer.json(), "{\"attachments\":{},\"content\":{\"armor\":5},\"meta\":{},\"refs\":{}}");
            Document document = documents.get("0123456789abcdef0123456789abcdef");
            documents
                    .add(document, update, false, Optional.empty(), Instant.EPOCH)
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);

            String json = documents.integrate(document).replica().json();

            assertEquals(writer.json(), json);
            assertEquals(List.of(1), integrated);
            later.forEach(Runnable::run);
            assertEquals(List.of(), document.tail);
        });
    }

    @Override
    public void changing(Document document) {}

    @Override
    public void implied(Document document, byte[] update) {}

    @Override
    public void notStored(Document document) {}

    @Override
    public Write integrated(Document document, String before, List<Piece> updates) {
        integrated.add(updates.size());
        return database -> {};
    }

    @Override
    public void overwritten(Document document, List<Overwrite> overwrites) {}
}
