// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.look;

import java.io.IOException;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.swt.widgets.Shell;

/** Says in a dialog what could not be done with the vault. */
public final class Failures {
    /** Something that reads or writes the vault. */
    @FunctionalInterface
    public interface VaultWork {
        void run() throws IOException;
    }

    private Failures() {}

    /** A text for a dialog, which would take an ampersand for the mark of a shortcut. */
    public static String plain(String text) {
        return text.replace("&", "&&");
    }

    /** Does the work; where it fails, shows the sentence of the failure. */
    public static boolean show(Shell shell, String title, VaultWork work) {
        try {
            work.run();
            return true;
        } catch (IOException failure) {
            MessageDialog.openError(shell, title, plain(failure.getMessage()));
            return false;
        }
    }
}
