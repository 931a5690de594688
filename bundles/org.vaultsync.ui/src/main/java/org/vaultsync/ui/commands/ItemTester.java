// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.commands;

import org.eclipse.core.expressions.PropertyTester;
import org.eclipse.core.runtime.Adapters;
import org.vaultsync.Badge;
import org.vaultsync.ui.ItemReference;
import org.vaultsync.ui.conflicts.Conflicts;
import org.vaultsync.ui.live.LiveSync;

/**
 * Tests what is selected. The expression {@code adapt} would not do, because it asks the adapter factories alone and
 * never the element itself.
 */
public final class ItemTester extends PropertyTester {
    @Override
    public boolean test(Object element, String property, Object[] arguments, Object expected) {
        ItemReference item = Adapters.adapt(element, ItemReference.class);
        if (item == null) {
            return false;
        }
        return switch (property) {
            case "item" -> true;
            case "shared" -> LiveSync.ofWorkbench().status(item.itemId()).badge() != Badge.NOT_SHARED;
            case "conflict" -> Conflicts.any(LiveSync.ofWorkbench(), item.itemId());
            case "sharedHere" -> LiveSync.ofWorkbench().status(item.itemId()).sharedHere();
            default -> throw new IllegalArgumentException("no such property of an item: " + property);
        };
    }
}
