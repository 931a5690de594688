// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.navigator;

import org.eclipse.core.runtime.IAdaptable;
import org.vaultsync.hangar.vault.Card;
import org.vaultsync.ui.ItemReference;

/** What the tree shows. */
sealed interface Node {
    /** All items of one type. Equal if it is the same type, however many it holds. */
    record Shelf(String type, String title, int count) implements Node {
        @Override
        public boolean equals(Object other) {
            return other instanceof Shelf shelf && shelf.type.equals(type);
        }

        @Override
        public int hashCode() {
            return type.hashCode();
        }
    }

    /** One item. Equal if it is the same item, whatever it is called now. */
    record Entry(Card card) implements Node, IAdaptable {
        @Override
        public <T> T getAdapter(Class<T> adapter) {
            if (adapter == ItemReference.class) {
                return adapter.cast(new ItemReference(card.id()));
            }
            return adapter == Card.class ? adapter.cast(card) : null;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Entry entry && entry.card.id().equals(card.id());
        }

        @Override
        public int hashCode() {
            return card.id().hashCode();
        }
    }
}
