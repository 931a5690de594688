// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The host that docs/host-guide.md makes in an afternoon, with sync installed from the update site. */
@EnabledOnOs(OS.LINUX)
@Execution(ExecutionMode.CONCURRENT)
class NotesHostIT {
    @TempDir
    private Path folder;

    @Test
    void aHostMadeByTheGuideHasToggleBadgesPeersConflictsAndHistory() throws Exception {
        Path notes = NotesTable.product(Path.of(System.getProperty("root")));
        assumeTrue(Files.isDirectory(notes), "Notes is built for Linux alone");
        OpenRoomIT.play(folder, 5, NotesTable.class);
    }
}
