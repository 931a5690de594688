// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui;

import java.util.Set;
import java.util.function.Consumer;
import org.eclipse.jface.action.IContributionItem;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.widgets.Widget;

/**
 * Gives a host the controls of sync. Found as an OSGi service, which is there only while the sync views are installed;
 * without it a host has no toggle and no badge, and lacks nothing else. All methods are called on the UI thread.
 */
public interface SyncControls {
    /**
     * The sync toggle of one item: shows its badge, and a click shares it or stops sharing it. Add it to the tool bar
     * of an editor or of a form's header; it follows the item's state until it is disposed.
     */
    IContributionItem toggle(String itemId);

    /** The badge of an item, 16 by 16 points, for a host that draws it itself. It belongs to the service: never dispose it. */
    Image badge(String itemId);

    /** What the badge says, in a sentence: {@code "2 of 3 have your last change"}. */
    String describe(String itemId);

    /** Calls on the UI thread with the ids of the items whose badges changed, until the owner is disposed. */
    void onChange(Widget owner, Consumer<Set<String>> changed);
}
