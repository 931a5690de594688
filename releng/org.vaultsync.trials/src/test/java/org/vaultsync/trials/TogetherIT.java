// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Two real hosts that live through all that it takes two people for. */
@EnabledOnOs(OS.LINUX)
@Execution(ExecutionMode.CONCURRENT)
class TogetherIT {
    @TempDir
    private Path folder;

    @Test
    void whatTakesTwoIsDoneByTwo() throws Exception {
        OpenRoomIT.play(folder, 18, TogetherTable.class);
    }
}
