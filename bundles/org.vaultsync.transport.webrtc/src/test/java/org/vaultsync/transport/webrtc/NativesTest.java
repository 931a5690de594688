// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.vaultsync.Trouble;

class NativesTest {
    @Test
    void theLibraryRunsOnThisMachine() {
        assertEquals(Optional.empty(), Natives.trouble());
    }

    @Test
    void aMissingLibraryIsNamedWithThePackageThatBringsIt() {
        Trouble said = Natives.explain(new UnsatisfiedLinkError(
                "/tmp/webrtc-java.so: libXcomposite.so.1: cannot open shared object file: No such file or directory"));
        assertEquals(
                "WebRTC is not available on this machine, because the library libXcomposite.so.1 is missing: install"
                        + " the package libxcomposite1. Sync over the local network works.",
                said.sentence());
        assertEquals(Trouble.Kind.WEBRTC_LIBRARY, said.kind());
        assertEquals(List.of("libXcomposite.so.1", "libxcomposite1"), said.details());
    }

    @Test
    void aTemporaryFolderFromWhichNothingRunsIsNamed() {
        String said = Natives.explain(new UnsatisfiedLinkError(
                        "/tmp/webrtc-java.so: failed to map segment from shared object: Operation not permitted"))
                .sentence();
        assertTrue(said.contains(System.getProperty("java.io.tmpdir")), said);
    }

    @Test
    void aPlatformWhosePartIsMissingIsNamed() {
        String said = Natives.explain(new ExceptionInInitializerError(
                        new RuntimeException("Load library 'webrtc-java' failed", new NullPointerException())))
                .sentence();
        assertTrue(said.contains("install the feature “Vault Sync WebRTC”"), said);
    }
}
