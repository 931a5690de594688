// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.Badge;
import org.vaultsync.Conflict;
import org.vaultsync.Room;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;

/**
 * What the code of the first schema left on disk (that of commit 4d58a28), opened by the present code. Anna and Ben are in a
 * room, each with database, key, and what the host held. Both wrote into u1 while apart, Anna with her sync running; u2 has a
 * conflict that nobody has decided; b1 is Ben's.
 */
class OldStoreTest {
    private static final String B1 = "{\"text\":\"from Ben\"}";
    private static final String MERGED_U1 = "{\"name\":\"Locust\",\"tonnage\":25,\"weapons\":[\"flamer\",\"rocket\"]}";

    @TempDir
    private Path folder;

    @BeforeEach
    void layOut() throws IOException, SQLException {
        for (String person : List.of("anna", "ben")) {
            Path home = Files.createDirectories(folder.resolve(person));
            for (String file : List.of("device.key", "vault")) {
                Files.writeString(home.resolve(file), text(person + "/" + file));
            }
            try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("sync.db"));
                    Statement statement = database.createStatement()) {
                statement.executeUpdate(text(person + "/sync.sql"));
            }
        }
    }

    private static String text(String name) throws IOException {
        try (InputStream in = OldStoreTest.class.getResourceAsStream("room-of-schema-1/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private TestDevice open(String person, String name) throws Exception {
        MemoryVault vault = new MemoryVault();
        try (Stream<String> items = Files.lines(folder.resolve(person).resolve("vault"))) {
            items.map(line -> line.split("\t"))
                    .forEach(item -> vault.put(
                            new Item(item[0], item[1], item[2], item[4]), new Revision(item[3]), Optional.empty()));
        }
        TestDevice device = new TestDevice(folder.resolve(person), name, vault);
        assertTrue(Files.exists(folder.resolve(person).resolve("sync.db.version-1")), "a copy of what was there");
        return device;
    }

    @Test
    void aRoomOfTheFirstSchemaGoesOn() throws Exception {
        try (TestDevice anna = open("anna", "Anna's laptop");
                TestDevice ben = open("ben", "Ben's desktop");
                TestDevice carla = new TestDevice(folder.resolve("carla"), "Carla", new MemoryVault())) {
            Room room = anna.sync.rooms().getFirst();
            assertEquals("Friday group", room.name());
            assertEquals("Ben's desktop", room.members().getFirst().name());
            Conflict conflict = anna.sync.conflicts("u2").getFirst();
            assertEquals(
                    List.of("30", "40"),
                    Stream.of(conflict.standing(), conflict.lost()).sorted().toList());

            ben.sync
                    .setTypedAddresses(
                            anna.sync.self().orElseThrow().fingerprint(),
                            anna.invite(room.id()).addresses())
                    .toCompletableFuture()
                    .get();
            anna.untilContent("u1", MERGED_U1);
            ben.untilContent("u1", MERGED_U1);
            anna.untilBadge("u1", Badge.SYNCED);
            anna.vault.save("b1", content -> content.replace("from Ben", "from Anna"));
            ben.untilContent("b1", B1.replace("Ben", "Anna"));

            carla.join(anna.invite(room.id()));
            carla.untilContent("u1", MERGED_U1);
            carla.untilContent("u2", anna.vault.content("u2"));
            carla.untilContent("b1", B1.replace("Ben", "Anna"));
            String decided = anna.vault.content("u2").replace(conflict.standing(), conflict.lost());
            anna.sync
                    .settle(conflict, Optional.of(conflict.lost()))
                    .toCompletableFuture()
                    .get();
            carla.untilContent("u2", decided);
        }
    }
}
