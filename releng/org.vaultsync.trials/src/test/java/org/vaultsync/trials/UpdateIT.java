// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.robot.driver.HostDriver;

/**
 * An earlier version of sync, with a room that two are in, then the present one in its place: the store is brought to the
 * present version with all that is in it, and the room goes on.
 */
class UpdateIT {
    private static final String PEERS = "org.vaultsync.ui.peers";
    private static final String ROOM = "Friday evening";
    private static final String UNIT = "Anvil AV-3";
    private static final String BEFORE = "Anvil of the old days";
    private static final String AFTER = "Anvil of the new days";
    private static final String ANSWER = "Anvil answered";

    @TempDir
    Path folder;

    @Test
    void roomsOutliveAnUpdate() throws IOException, SQLException {
        String site = System.getProperty("update.from", "");
        assumeTrue(
                !site.isEmpty(),
                "no update site of an earlier version is named in update.from; ./dev soak update builds that of the last release");
        Installation hangar =
                Installation.copy(Built.in(Path.of(System.getProperty("root"))), folder.resolve("hangar"));
        hangar.installFrom(Path.of(site));
        String old = core(hangar);
        Set<String> items;
        try (Pair pair = Pair.start(hangar, folder)) {
            pair.join(pair.share(UNIT, ROOM));
            pair.b.waitRow(UNIT, Pair.SOON);
            pair.b.open(UNIT);
            pair.a.type("Name", BEFORE);
            pair.a.save();
            pair.b.waitField("Name", BEFORE, Pair.SOON);
            pair.a.waitText("1 of 1", Pair.SOON);
            pair.a.send("share-all");
            items = Set.copyOf(pair.a.send("vault-digests"));
            eachSeesTheOtherWithAllOf(items, pair);
            pair.quit();
        }
        Contents ofA = Contents.of(database("a"));
        Contents ofB = Contents.of(database("b"));
        assertTrue(items.size() > 1 && ofA.items().size() == items.size(), () -> items + " in " + ofA);

        hangar.updateSync();
        assertNotEquals(old, core(hangar));
        try (Pair pair = Pair.start(hangar, folder)) {
            eachSeesTheOtherWithAllOf(items, pair);
            pair.a.open(BEFORE);
            pair.b.open(BEFORE);
            pair.a.waitText("1 of 1", Pair.SOON);
            pair.a.type("Name", AFTER);
            pair.a.save();
            pair.b.waitField("Name", AFTER, Pair.SOON);
            pair.b.type("Name", ANSWER);
            pair.b.save();
            pair.a.waitField("Name", ANSWER, Pair.SOON);
            pair.quit();
        }
        try (HostDriver fresh = hangar.start(folder.resolve("fresh"))) {
            fresh.quit();
        }
        int present = Contents.of(database("fresh")).version();
        wasMigrated("a", ofA, present);
        wasMigrated("b", ofB, present);
        System.out.printf(
                "update: the store went from version %d to %d with %d items%n", ofA.version(), present, items.size());

        hangar.uninstallSync();
        try (var host = hangar.start(folder.resolve("a"))) {
            assertEquals("absent", host.bundle("org.vaultsync.core"));
            host.open(ANSWER);
            assertEquals(ANSWER, host.get("Name"));
            host.quit();
        }
    }

    /** In the vaults, and in the views of the peers. */
    private static void eachSeesTheOtherWithAllOf(Set<String> items, Pair pair) {
        String linked = " | Linked | %1$d of %1$d items".formatted(items.size());
        for (HostDriver host : List.of(pair.a, pair.b)) {
            host.view(PEERS);
            host.waitRow(ROOM, Pair.SOON);
            host.waitText(host == pair.a ? Pair.BEN + linked : Pair.ANNA + " (admin)" + linked, Pair.SOON);
            // Who has them on disk may not have them in the vault yet.
            pair.a
                    .send("vault-ids")
                    .forEach(id -> host.waitRow(pair.a.send("vault-get", id).getFirst(), Pair.SOON));
            assertEquals(items, Set.copyOf(host.send("vault-digests")));
        }
    }

    private Path database(String workspace) {
        return folder.resolve(workspace).resolve(".metadata/.plugins/org.vaultsync.core/sync.db");
    }

    /** What was there is there, in the present version, and the database as it was is kept beside it. */
    private void wasMigrated(String workspace, Contents before, int present) throws SQLException {
        Path database = database(workspace);
        Contents now = Contents.of(database);
        assertEquals(present, now.version());
        assertEquals(before.rooms(), now.rooms());
        assertEquals(before.items(), now.items());
        assertTrue(now.records().containsAll(before.records()), () -> before + " became " + now);
        assertTrue(now.history().containsAll(before.history()), () -> before + " became " + now);
        if (before.version() != present) {
            assertEquals(before, Contents.of(database.resolveSibling("sync.db.version-" + before.version())));
        }
    }

    /** Of the store of a device that is not running. Records say who is in a room. */
    private record Contents(
            int version, Set<String> rooms, Set<String> records, Set<String> items, Set<String> history) {
        static Contents of(Path file) throws SQLException {
            assertTrue(Files.exists(file), () -> "no " + file);
            try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + file);
                    Statement statement = database.createStatement()) {
                return new Contents(
                        Integer.parseInt(rows(statement, "PRAGMA user_version")
                                .iterator()
                                .next()),
                        rows(statement, "SELECT id FROM room"),
                        rows(statement, "SELECT room || hash FROM record"),
                        rows(statement, "SELECT room || id || item FROM document WHERE item IS NOT NULL AND left = 0"),
                        rows(statement, "SELECT number || document || kind || at FROM history"));
            }
        }

        private static Set<String> rows(Statement statement, String query) throws SQLException {
            Set<String> rows = new HashSet<>();
            try (ResultSet row = statement.executeQuery(query)) {
                while (row.next()) {
                    rows.add(row.getString(1));
                }
            }
            return rows;
        }
    }

    /** The file of the bundle that p2 has put into use. */
    private static String core(Installation hangar) throws IOException {
        try (Stream<String> bundles = Files.lines(
                hangar.folder().resolve("configuration/org.eclipse.equinox.simpleconfigurator/bundles.info"))) {
            return bundles.filter(line -> line.startsWith("org.vaultsync.core,"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
