// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Two real hosts that nothing brings together but what two people copy and paste. */
@EnabledOnOs(OS.LINUX)
@Execution(ExecutionMode.CONCURRENT)
class ByHandIT {
    @TempDir
    private Path folder;

    @Test
    void twoPeopleLinkTheirHostsByHand() throws Exception {
        OpenRoomIT.play(folder, 3, ByHandTable.class);
    }
}
