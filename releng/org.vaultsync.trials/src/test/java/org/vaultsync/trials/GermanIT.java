// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Hangar and sync as whoever speaks German sees them. */
@EnabledOnOs(OS.LINUX)
@Execution(ExecutionMode.CONCURRENT)
class GermanIT {
    @TempDir
    private Path folder;

    @Test
    void noTextOfSyncIsLeftInEnglish() throws Exception {
        OpenRoomIT.play(folder, 1, GermanTable.class);
    }
}
