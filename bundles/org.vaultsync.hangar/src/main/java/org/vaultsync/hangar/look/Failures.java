// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.look;

import java.io.IOException;
import java.util.regex.Pattern;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.swt.widgets.Shell;

/** Says in a dialog what could not be done with the vault. */
public final class Failures {
    /** Something that reads or writes the vault. */
    @FunctionalInterface
    public interface VaultWork {
        void run() throws IOException;
    }

    private static final Pattern ENDLESS = Pattern.compile("(\\S{200})\\S+");
    private static final int LONGEST_SHOWN = 4_000;

    private Failures() {}

    /** A text for a dialog or a title, which would take an ampersand for the mark of a shortcut. */
    public static String plain(String text) {
        return brief(text).replace("&", "&&");
    }

    /** A text without words of thousands of letters, as an item may be called: a label takes minutes to wrap one. */
    public static String brief(String text) {
        String shown = ENDLESS.matcher(text).replaceAll("$1…");
        return shown.length() > LONGEST_SHOWN ? shown.substring(0, LONGEST_SHOWN) + "…" : shown;
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
