// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.keyring;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * The keyring of a Linux desktop, asked over D-Bus whether it is locked, by a process of its own.
 *
 * <p>Equinox must not be the one who finds that out: where the keyring is locked, its module gives lists back to GLib as if they
 * were errors. Before version 2.76 that damages the memory of the process, so that it may crash at any time later.
 */
final class SecretService {
    private static final int ANSWER_SECONDS = 5;

    private SecretService() {}

    /** Whether it says that it is locked. Not where it says nothing, or cannot be asked. Takes five seconds at most. */
    static boolean isLocked() throws IOException {
        Process question;
        try {
            question = new ProcessBuilder(
                            "dbus-send",
                            "--session",
                            "--print-reply=literal",
                            "--dest=org.freedesktop.secrets",
                            "/org/freedesktop/secrets/aliases/default",
                            "org.freedesktop.DBus.Properties.Get",
                            "string:org.freedesktop.Secret.Collection",
                            "string:Locked")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException noSuchCommand) {
            return false;
        }
        try {
            question.getOutputStream().close();
            if (!question.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS)) {
                return false;
            }
            return new String(question.getInputStream().readAllBytes()).contains("boolean true");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException(stopped);
        } finally {
            question.destroyForcibly();
        }
    }
}
