// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HomeTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "with blanks",
                "50% off",
                "a%20b",
                "[a] {b}",
                "x^2",
                "a`b",
                "C# & more",
                "é",
                "a+b",
                "a;b=c"
            })
    void theWorkspaceIsWhereEquinoxSays(String name) throws Exception {
        Path workspace = folder.resolve(name);
        assertEquals(workspace, Home.workspace(asEquinoxSays(workspace)));
        assertEquals(workspace, Home.workspace(asEquinoxSays(workspace) + "/"));
    }

    /** It escapes nothing, which is why the method that makes such a URL is deprecated. */
    @SuppressWarnings("deprecation")
    private static String asEquinoxSays(Path workspace) throws Exception {
        return workspace.toFile().toURL().toExternalForm();
    }
}
