// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import dev.onvoid.webrtc.PeerConnectionFactory;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the native library of WebRTC runs on this machine, and if not, what would make it run. */
final class Natives {
    private static final Logger log = LoggerFactory.getLogger(Natives.class);
    private static final Pattern MISSING =
            Pattern.compile("(lib[\\w.+-]+\\.so[.\\d]*): cannot open shared object file");
    /** The packages of Debian and its descendants that bring what the library needs. */
    private static final Map<String, String> PACKAGES = Map.of(
            "libpulse.so.0", "libpulse0",
            "libudev.so.1", "libudev1",
            "libX11.so.6", "libx11-6",
            "libXfixes.so.3", "libxfixes3",
            "libXrandr.so.2", "libxrandr2",
            "libXcomposite.so.1", "libxcomposite1",
            "libdbus-1.so.3", "libdbus-1-3");

    /** A library is loaded once for a class loader, and a class that failed to load its library stays broken. */
    private static final class Loaded {
        static final Optional<String> PROBLEM = load();

        private static Optional<String> load() {
            try {
                Class.forName(PeerConnectionFactory.class.getName(), true, Natives.class.getClassLoader());
                return Optional.empty();
            } catch (ClassNotFoundException | LinkageError | RuntimeException failed) {
                String problem = explain(failed);
                log.info("webrtc: {}", problem);
                log.debug("webrtc: the library cannot be loaded", failed);
                return Optional.of(problem);
            }
        }
    }

    private Natives() {}

    /** Why it does not run, as a sentence for people. Takes a moment when first asked. */
    static Optional<String> problem() {
        return Loaded.PROBLEM;
    }

    /** What a failure to load the library means. */
    static String explain(Throwable failed) {
        return "WebRTC is not available on this machine, because " + reason(failed)
                + " Sync over the local network works.";
    }

    private static String reason(Throwable failed) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            String said = String.valueOf(cause.getMessage());
            Matcher missing = MISSING.matcher(said);
            if (missing.find()) {
                String name = missing.group(1);
                return "the library " + name + " is missing"
                        + Optional.ofNullable(PACKAGES.get(name))
                                .map(debian -> ": install the package " + debian + ".")
                                .orElse(".");
            }
            if (said.contains("failed to map segment") || said.contains("Operation not permitted")) {
                return "libraries may not run from the temporary folder " + System.getProperty("java.io.tmpdir")
                        + ": set java.io.tmpdir to another one.";
            }
            if (cause instanceof NullPointerException) {
                return "its part for " + System.getProperty("os.name") + " on " + System.getProperty("os.arch")
                        + " is not installed: install the feature “Vault Sync WebRTC”.";
            }
        }
        return "its library cannot be loaded (" + failed.getMessage() + ").";
    }
}
