// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui;

import java.util.Collection;
import java.util.Set;
import java.util.function.Consumer;
import org.eclipse.jface.action.IContributionItem;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Widget;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Gives a host the controls of sync. Found as an OSGi service, which is there only while the sync views are installed;
 * without it a host has no toggle and no badge, and lacks nothing else. All methods are called on the UI thread.
 */
@ProviderType
public interface SyncControls {
    /**
     * The sync toggle of one item: shows its badge, and a click shares it or stops sharing it. Add it to the tool bar
     * of an editor or of a form's header; it follows the item's state until it is disposed.
     */
    IContributionItem toggle(String itemId);

    /** The badge of an item, 16 by 16 points, for a host that draws it itself. It belongs to the service: never dispose it. */
    Image badge(String itemId);

    /**
     * What the badge says, in a sentence, and who else has the item open: {@code "2 of 3 have your last change. Open on
     * Anna's laptop"}.
     */
    String describe(String itemId);

    /**
     * Whether an editor should show the item, and not let it be edited: a newer version of sync has laid it out in a way that
     * is not known here. What is saved of it all the same stays on this device, and {@link #describe} says so.
     */
    boolean isReadOnly(String itemId);

    /** Lets others see that this person has the item open, while it is shared, until the owner is disposed. */
    void opened(Widget owner, String itemId);

    /**
     * Shows at a control who else is in its field now, by a mark at its upper right corner, and lets others see when this
     * person is. Call {@link #opened} before.
     *
     * @param field as in {@link org.vaultsync.Conflict#field()}
     */
    void field(Control control, String itemId, String field);

    /**
     * Deletes items as the person wants it, if some of them are shared: asks whether only here, for everybody, or not at
     * all. Waits for the answer; {@code delete} runs on the UI thread, and may do so a moment after this has returned.
     *
     * @param question of the host, which knows the names: {@code Delete “Locust”?}
     * @param delete deletes them, in the vault, and tells its listeners
     * @return whether the person was asked; otherwise none is shared, nothing was done, and the host asks as it always does
     */
    boolean delete(Shell shell, String question, Collection<String> itemIds, Runnable delete);

    /** Calls on the UI thread with the ids of the items of which {@link #describe} says something else, until the owner is disposed. */
    void onChange(Widget owner, Consumer<Set<String>> changed);
}
