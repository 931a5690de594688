// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class NativesTest {
    @Test
    void theLibraryRunsOnThisMachine() {
        assertEquals(Optional.empty(), Natives.problem());
    }

    @Test
    void aMissingLibraryIsNamedWithThePackageThatBringsIt() {
        String said = Natives.explain(new UnsatisfiedLinkError(
                "/tmp/webrtc-java.so: libXcomposite.so.1: cannot open shared object file: No such file or directory"));
        assertEquals(
                "WebRTC is not available on this machine, because the library libXcomposite.so.1 is missing: install"
                        + " the package libxcomposite1. Sync over the local network works.",
                said);
    }

    @Test
    void aTemporaryFolderFromWhichNothingRunsIsNamed() {
        String said = Natives.explain(new UnsatisfiedLinkError(
                "/tmp/webrtc-java.so: failed to map segment from shared object: Operation not permitted"));
        assertTrue(said.contains(System.getProperty("java.io.tmpdir")), said);
    }

    @Test
    void aPlatformWhosePartIsMissingIsNamed() {
        String said = Natives.explain(new ExceptionInInitializerError(
                new RuntimeException("Load library 'webrtc-java' failed", new NullPointerException())));
        assertTrue(said.contains("install the feature “Vault Sync WebRTC”"), said);
    }
}
