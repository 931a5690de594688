// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.comparison;

import java.util.Optional;

/**
 * Shows texts beside each other, to be read and not to be edited. An OSGi service; where there is none, history and conflicts do not
 * offer it. The feature <i>Vault Sync Compare</i> brings one that uses the compare editor of the Eclipse platform. UI thread.
 */
public interface Comparison {
    /**
     * A text to be compared.
     *
     * @param name says which it is: whose, or when it was so
     * @param content may be empty, where there is nothing
     */
    record Side(String name, String content) {}

    /** Opens an editor in the active window, and returns at once. Equal texts are said to be equal. */
    void inEditor(String title, Side left, Side right);

    /**
     * Opens a dialog over whatever is open, and returns when it is closed.
     *
     * @param before what both were made from, where that is known
     */
    void inDialog(String title, Side left, Side right, Optional<Side> before);
}
