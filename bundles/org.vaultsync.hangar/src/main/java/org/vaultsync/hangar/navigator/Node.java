// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.navigator;

import org.eclipse.core.runtime.IAdaptable;
import org.vaultsync.ui.ItemReference;

/**
 * What the tree shows. A node only tells what it stands for: decorations come late, and give the tree the node that they
 * were asked for, which must say no more than the one that is there by then.
 */
sealed interface Node {
    /** All items of one type. */
    record Shelf(String type) implements Node {}

    /** One item. */
    record Entry(String id) implements Node, IAdaptable {
        @Override
        public <T> T getAdapter(Class<T> adapter) {
            return adapter == ItemReference.class ? adapter.cast(new ItemReference(id)) : null;
        }
    }
}
