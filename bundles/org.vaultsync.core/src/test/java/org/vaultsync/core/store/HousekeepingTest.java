// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.RoomId;
import org.vaultsync.core.HastyMachine;
import org.vaultsync.core.machine.ThisMachine;
import org.vaultsync.core.store.Tables.DocumentRow;
import org.vaultsync.core.store.Tables.Piece;
import org.vaultsync.core.store.Tables.Pieces;
import org.vaultsync.core.store.Tables.RevisionRow;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.ReplicaFactory;
import org.vaultsync.crdt.graal.GraalReplicaFactory;
import org.vaultsync.crdt.update.Knowledge;

class HousekeepingTest {
    private static final RoomId ROOM = new RoomId("00112233445566778899aabbccddeeff");
    private static final String DOCUMENT = "d1";
    private static final int KILLS = Boolean.getBoolean("soak") ? 200 : 6;

    @TempDir
    private Path folder;

    private static Store open(Path folder) throws Exception {
        return Store.open(folder.resolve("sync.db"), new ThisMachine(Clock.systemUTC()), trouble -> {});
    }

    private static void await(CompletionStage<Void> stage) throws Exception {
        stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static Piece piece(byte[] bytes, boolean integrated) {
        return new Piece(bytes, Optional.empty(), Instant.EPOCH, integrated);
    }

    /** What Yjs writes when somebody edits an item again and again. */
    private static List<byte[]> edits(int count) throws Exception {
        ReplicaFactory factory = GraalReplicaFactory.from(Path.of("../org.vaultsync.crdt/lib"));
        List<byte[]> updates = new ArrayList<>();
        try (ReplicaEngine engine = factory.openEngine();
                Replica replica = engine.open(DocumentKind.ITEM, factory.freshClientId(), List.of())) {
            String before = "{}";
            for (int i = 0; i < count; i++) {
                String after = "{\"content\":{\"n\":" + i + ",\"list\":[\"a" + i + "\",\"b\"]}}";
                updates.add(replica.edit(before, after));
                before = after;
            }
        }
        return updates;
    }

    private static void round(Store store) throws Exception {
        await(store.write(database -> {}));
        try (ThisMachine machine = new ThisMachine(Clock.systemUTC());
                Housekeeping housekeeping = new Housekeeping(store, machine)) {
            await(housekeeping.round());
        }
    }

    @Test
    void whatWasIntegratedBecomesOneAndSaysTheSame() throws Exception {
        List<byte[]> edits = edits(60);
        try (Store store = open(folder)) {
            for (byte[] edit : edits.subList(0, 50)) {
                store.write(Tables.addPiece(ROOM, DOCUMENT, piece(edit, true)));
            }
            for (byte[] edit : edits.subList(50, 60)) {
                store.write(Tables.addPiece(ROOM, DOCUMENT, piece(edit, false)));
            }
            round(store);
            Pieces pieces = store.read(database -> Tables.pieces(database, ROOM, DOCUMENT));
            assertEquals(1, pieces.integrated().size());
            assertEquals(10, pieces.waiting().size());
            assertEquals(Knowledge.of(edits), Knowledge.of(pieces.all()));
            assertEquals(json(edits), json(pieces.all()));
            // What waited has a smaller number than what it rests on, once a replica has it, too.
            await(store.write(Tables.integrated(ROOM, DOCUMENT)));
            pieces = store.read(database -> Tables.pieces(database, ROOM, DOCUMENT));
            assertEquals(11, pieces.integrated().size());
            assertEquals(Knowledge.of(edits), Knowledge.of(pieces.all()));
            assertEquals(json(edits), json(pieces.all()));
        }
    }

    private static String json(List<byte[]> updates) throws Exception {
        ReplicaFactory factory = GraalReplicaFactory.from(Path.of("../org.vaultsync.crdt/lib"));
        try (ReplicaEngine engine = factory.openEngine();
                Replica replica = engine.open(DocumentKind.ITEM, factory.freshClientId(), updates)) {
            return replica.json();
        }
    }

    @Test
    void whatCannotBeReadOncePutsOffNothingButThatRound() throws Exception {
        try (Store store = open(folder);
                HastyMachine machine = new HastyMachine(Clock.systemUTC());
                Housekeeping housekeeping = new Housekeeping(store, machine)) {
            for (byte[] edit : edits(20)) {
                store.write(Tables.addPiece(ROOM, DOCUMENT, piece(edit, true)));
            }
            await(store.write(database -> execute(database, "ALTER TABLE piece RENAME TO kept")));
            assertThrows(RuntimeException.class, housekeeping::round);
            housekeeping.start();
            until("there is a next round", () -> machine.pauses() > 1);
            await(store.write(database -> execute(database, "ALTER TABLE kept RENAME TO piece")));
            until(
                    "it does its work",
                    () -> store.read(database -> Tables.pieces(database, ROOM, DOCUMENT))
                                    .all()
                                    .size()
                            == 1);
        }
    }

    private static void until(String what, BooleanSupplier condition) {
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30); !condition.getAsBoolean(); ) {
            assertTrue(System.nanoTime() < end, what);
            LockSupport.parkNanos(2_000_000);
        }
    }

    private static void execute(Connection database, String sql) throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void oldRevisionsGoButNotTheOneInTheVault() throws Exception {
        try (Store store = open(folder)) {
            byte[] large = new byte[300_000];
            store.write(Tables.putDocument(
                    ROOM,
                    new DocumentRow(
                            DOCUMENT,
                            Optional.of("item"),
                            new byte[16],
                            Optional.of("r0~abcdef01"),
                            false,
                            Optional.empty(),
                            Instant.EPOCH)));
            for (int i = 0; i < 60; i++) {
                store.write(Tables.putRevision(ROOM, DOCUMENT, new RevisionRow("r" + i, "{}", large)));
            }
            round(store);
            for (int i = 1; i < 60; i++) {
                String name = "r" + i;
                assertEquals(
                        i >= 40,
                        store.read(database -> Tables.revision(database, ROOM, DOCUMENT, name))
                                .isPresent(),
                        name);
            }
            assertTrue(store.read(database -> Tables.revision(database, ROOM, DOCUMENT, "r0"))
                    .isPresent());
        }
    }

    @Test
    void whatWasSetAsideLongAgoIsKnownByItsHashAlone() throws Exception {
        try (Store store = open(folder)) {
            for (int i = 0; i < 130; i++) {
                store.write(Tables.quarantine(ROOM, DOCUMENT, "hash" + i, new byte[1000]));
            }
            round(store);
            assertEquals(
                    130,
                    store.read(database -> Tables.quarantined(database, ROOM)).size());
            long bytes = store.read(
                    database -> Housekeeping.number(database, "SELECT sum(octet_length(bytes)) FROM quarantine"));
            assertEquals(100_000, bytes);
        }
    }

    @Test
    void roomThatIsNotUsedIsGivenBack() throws Exception {
        try (Store store = open(folder)) {
            await(store.write(Tables.addPiece(ROOM, DOCUMENT, piece(new byte[24 << 20], false))));
            await(store.write(Tables.removeRoom(ROOM)));
            long before = store.read(database -> Housekeeping.number(database, "PRAGMA page_count"));
            round(store);
            long after = store.read(database -> Housekeeping.number(database, "PRAGMA page_count"));
            assertTrue(before > 6000 && after < 1400, before + " pages, then " + after);
        }
        assertTrue(Files.size(folder.resolve("sync.db")) < 8 << 20);
    }

    /** Adds the edits one by one and cleans up all the time, until it is killed. */
    static final class Victim {
        public static void main(String[] arguments) throws Exception {
            Path folder = Path.of(arguments[0]);
            List<byte[]> edits = read(folder.resolve("edits"));
            try (Store store = open(folder)) {
                for (int next = Integer.parseInt(arguments[1]); next < edits.size(); next++) {
                    await(store.write(Tables.addPiece(ROOM, DOCUMENT, piece(edits.get(next), true))));
                    System.out.println(next + 1);
                    round(store);
                }
            }
            Thread.sleep(60_000);
        }
    }

    private static List<byte[]> read(Path file) throws Exception {
        List<byte[]> edits = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            for (int count = in.readInt(); count > 0; count--) {
                edits.add(in.readNBytes(in.readInt()));
            }
        }
        return edits;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aKillInTheMiddleLosesNothing() throws Exception {
        List<byte[]> edits = edits(KILLS * 300);
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(folder.resolve("edits")))) {
            out.writeInt(edits.size());
            for (byte[] edit : edits) {
                out.writeInt(edit.length);
                out.write(edit);
            }
        }
        long seed = Long.getLong("seed", 20261128);
        Random random = new Random(seed);
        int held = 0;
        int killed = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Path said = folder.resolve("said");
            Process victim = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Djava.io.tmpdir=" + folder,
                            "-cp",
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                            Victim.class.getName(),
                            folder.toString(),
                            String.valueOf(held))
                    .redirectOutput(said.toFile())
                    .redirectError(folder.resolve("errors").toFile())
                    .start();
            while (Files.size(said) == 0) {
                assertTrue(victim.isAlive(), () -> text(folder.resolve("errors")));
                LockSupport.parkNanos(1_000_000);
            }
            LockSupport.parkNanos(random.nextInt(400_000_000));
            victim.destroyForcibly().waitFor();
            int durable = held;
            for (String line : text(said).split("(?<=\n)")) {
                durable = line.matches("[0-9]+\n") ? Integer.parseInt(line.strip()) : durable;
            }
            killed++;
            try (Store store = open(folder)) {
                Pieces pieces = store.read(database -> Tables.pieces(database, ROOM, DOCUMENT));
                Knowledge knowledge = Knowledge.of(pieces.all());
                held = durable;
                // What was on disk and not yet told may be there, too.
                while (held < edits.size() && knowledge.covers(Knowledge.of(edits.subList(0, held + 1)))) {
                    held++;
                }
                assertArrayEquals(
                        Knowledge.of(edits.subList(0, held)).digest(), knowledge.digest(), "after kill " + kill);
                assertTrue(held - durable <= 1, held + " and " + durable);
            }
        }
        assertEquals(KILLS, killed);
        System.out.println(KILLS + " kills, " + held + " edits");
        try (Store store = open(folder)) {
            assertEquals(
                    json(edits.subList(0, held)),
                    json(store.read(database -> Tables.pieces(database, ROOM, DOCUMENT))
                            .all()));
        }
    }
}
