// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import dev.onvoid.webrtc.PeerConnectionFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Trouble;
import org.vaultsync.Trouble.Kind;
import org.vaultsync.transport.TroubleException;

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
        static final Optional<Trouble> TROUBLE = load();

        private static Optional<Trouble> load() {
            try {
                Class.forName(PeerConnectionFactory.class.getName(), true, Natives.class.getClassLoader());
                return Optional.empty();
            } catch (ClassNotFoundException | LinkageError | RuntimeException failed) {
                Trouble trouble = explain(failed);
                log.info("webrtc: {}", trouble.sentence());
                log.debug("webrtc: the library cannot be loaded", failed);
                return Optional.of(trouble);
            }
        }
    }

    private Natives() {}

    /** Why it does not run. Takes a moment when first asked. */
    static Optional<Trouble> trouble() {
        return Loaded.TROUBLE;
    }

    /** Goes on only where it runs. */
    static void require() throws TroubleException {
        if (trouble().isPresent()) {
            throw new TroubleException(trouble().get(), null);
        }
    }

    /** What a failure to load the library means. */
    static Trouble explain(Throwable failed) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            String said = String.valueOf(cause.getMessage());
            Matcher missing = MISSING.matcher(said);
            if (missing.find()) {
                String name = missing.group(1);
                String debian = PACKAGES.getOrDefault(name, "");
                return trouble(
                        Kind.WEBRTC_LIBRARY,
                        "the library " + name + " is missing"
                                + (debian.isEmpty() ? "." : ": install the package " + debian + "."),
                        name,
                        debian);
            }
            if (said.contains("failed to map segment") || said.contains("Operation not permitted")) {
                String folder = System.getProperty("java.io.tmpdir");
                return trouble(
                        Kind.WEBRTC_FOLDER,
                        "libraries may not run from the temporary folder " + folder
                                + ": set java.io.tmpdir to another one.",
                        folder);
            }
            if (cause instanceof NullPointerException) {
                String system = System.getProperty("os.name");
                String processor = System.getProperty("os.arch");
                return trouble(
                        Kind.WEBRTC_PART,
                        "its part for " + system + " on " + processor
                                + " is not installed: install the feature “Vault Sync WebRTC”.",
                        system,
                        processor);
            }
        }
        String said = String.valueOf(failed.getMessage());
        return trouble(Kind.WEBRTC_BROKEN, "its library cannot be loaded (" + said + ").", said);
    }

    private static Trouble trouble(Kind kind, String because, String... details) {
        return new Trouble(
                kind,
                List.of(details),
                "WebRTC is not available on this machine, because " + because + " Sync over the local network works.");
    }
}
