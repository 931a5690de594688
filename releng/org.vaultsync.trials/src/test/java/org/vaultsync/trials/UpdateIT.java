// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An earlier version of sync, with a room that two are in, then the present one in its place: the room goes on. */
class UpdateIT {
    private static final String UNIT = "Anvil AV-3";
    private static final String BEFORE = "Anvil of the old days";
    private static final String AFTER = "Anvil of the new days";
    private static final String ANSWER = "Anvil answered";

    @TempDir
    Path folder;

    @Test
    void roomsOutliveAnUpdate() throws IOException {
        String site = System.getProperty("update.from", "");
        assumeTrue(
                !site.isEmpty(),
                "no update site of an earlier version is named in update.from; ./dev soak update builds that of the last release");
        Installation hangar =
                Installation.copy(Built.in(Path.of(System.getProperty("root"))), folder.resolve("hangar"));
        hangar.installFrom(Path.of(site));
        String old = core(hangar);
        try (Pair pair = Pair.start(hangar, folder)) {
            pair.join(pair.share(UNIT, "Friday evening"));
            pair.b.waitRow(UNIT, Pair.SOON);
            pair.b.open(UNIT);
            pair.a.type("Name", BEFORE);
            pair.a.save();
            pair.b.waitField("Name", BEFORE, Pair.SOON);
            pair.a.waitText("1 of 1", Pair.SOON);
            pair.quit();
        }

        hangar.updateSync();
        assertNotEquals(old, core(hangar));
        try (Pair pair = Pair.start(hangar, folder)) {
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

        hangar.uninstallSync();
        try (var host = hangar.start(folder.resolve("a"))) {
            assertEquals("absent", host.bundle("org.vaultsync.core"));
            host.open(ANSWER);
            assertEquals(ANSWER, host.get("Name"));
            host.quit();
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
