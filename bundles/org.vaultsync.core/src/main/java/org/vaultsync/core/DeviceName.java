// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What devices call themselves. */
final class DeviceName {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceName.class);

    private DeviceName() {}

    /** What this computer is called. */
    static String ofComputer() {
        try {
            Path linux = Path.of("/proc/sys/kernel/hostname");
            if (Files.isReadable(linux)) {
                return printable(Files.readString(linux));
            }
        } catch (IOException unreadable) {
            LOG.debug("no name of this computer: {}", unreadable.getMessage());
        }
        String windows = System.getenv("COMPUTERNAME");
        return printable(windows != null ? windows : System.getProperty("user.name", "") + " at a computer");
    }

    /** A name that came from elsewhere, cut to what names may be. */
    static String printable(String name) {
        String clean = name.codePoints()
                .filter(point -> !Character.isISOControl(point))
                .limit(64)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip();
        return clean.isEmpty() ? "A device" : clean;
    }
}
