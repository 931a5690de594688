// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.rooms;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoomsTest {
    @Test
    void anExportOfAllReplacesNoFile(@TempDir Path folder) throws IOException {
        for (String expected : new String[] {"Home.vaultsync", "Home 2.vaultsync", "Home 3.vaultsync"}) {
            Path file = Rooms.free(folder, "Home");
            assertEquals(folder.resolve(expected), file);
            Files.createFile(file);
        }
    }
}
