// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.editor;

import org.eclipse.jface.resource.ImageDescriptor;
import org.eclipse.ui.IEditorInput;
import org.eclipse.ui.IMemento;
import org.eclipse.ui.IPersistableElement;
import org.vaultsync.hangar.item.ItemType;
import org.vaultsync.hangar.look.Failures;
import org.vaultsync.hangar.look.Icon;
import org.vaultsync.ui.ItemReference;

/** Names the item that an editor is open on. */
public final class ItemInput implements IEditorInput, IPersistableElement {
    private final String id;
    private final String type;
    private final String name;

    public ItemInput(String id, String type, String name) {
        this.id = id;
        this.type = type;
        this.name = name;
    }

    public String id() {
        return id;
    }

    @Override
    public <T> T getAdapter(Class<T> adapter) {
        return adapter == ItemReference.class ? adapter.cast(new ItemReference(id)) : null;
    }

    @Override
    public boolean exists() {
        return true;
    }

    @Override
    public ImageDescriptor getImageDescriptor() {
        return Icon.of(type).descriptor();
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public String getToolTipText() {
        return ItemType.of(type).one() + " " + Failures.brief(name);
    }

    @Override
    public IPersistableElement getPersistable() {
        return this;
    }

    @Override
    public void saveState(IMemento memento) {
        memento.putString(ItemInputFactory.ITEM, id);
        memento.putString(ItemInputFactory.TYPE, type);
        memento.putString(ItemInputFactory.NAME, name);
    }

    @Override
    public String getFactoryId() {
        return ItemInputFactory.ID;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ItemInput input && input.id.equals(id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }
}
