// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.editor;

import java.util.Objects;
import org.eclipse.core.runtime.IAdaptable;
import org.eclipse.ui.IElementFactory;
import org.eclipse.ui.IMemento;

/** Brings the open editors back after a restart. */
public final class ItemInputFactory implements IElementFactory {
    static final String ID = "org.vaultsync.hangar.input";
    static final String ITEM = "item";
    static final String TYPE = "type";
    static final String NAME = "name";

    @Override
    public IAdaptable createElement(IMemento memento) {
        String id = memento.getString(ITEM);
        return id == null
                ? null
                : new ItemInput(
                        id,
                        Objects.requireNonNullElse(memento.getString(TYPE), ""),
                        Objects.requireNonNullElse(memento.getString(NAME), id));
    }
}
