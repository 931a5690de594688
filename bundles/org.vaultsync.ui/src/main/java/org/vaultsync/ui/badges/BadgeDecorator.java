// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.badges;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import org.eclipse.core.runtime.Adapters;
import org.eclipse.jface.viewers.BaseLabelProvider;
import org.eclipse.jface.viewers.IDecoration;
import org.eclipse.jface.viewers.ILightweightLabelDecorator;
import org.eclipse.jface.viewers.LabelProviderChangedEvent;
import org.eclipse.ui.PlatformUI;
import org.vaultsync.ui.ItemReference;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.pictures.Picture;

/** Lays the badge over the picture of whatever adapts to an {@link ItemReference}, in any viewer that is decorated. */
public final class BadgeDecorator extends BaseLabelProvider implements ILightweightLabelDecorator {
    private final LiveSync live = LiveSync.ofWorkbench();
    private final Map<Object, String> decorated = new WeakHashMap<>(); // guarded by itself
    private final Runnable stopListening =
            live.onItems(PlatformUI.getWorkbench().getDisplay(), this::itemsChanged);

    /** Called on a thread of the workbench that decorates. */
    @Override
    public void decorate(Object element, IDecoration decoration) {
        ItemReference item = Adapters.adapt(element, ItemReference.class);
        if (item == null) {
            return;
        }
        synchronized (decorated) {
            decorated.remove(element); // else an older element that is equal would stay the key
            decorated.put(element, item.itemId());
        }
        Optional<Picture> overlay = Picture.overlay(live.status(item.itemId()).badge());
        overlay.ifPresent(picture -> decoration.addOverlay(picture.descriptor(), IDecoration.BOTTOM_RIGHT));
    }

    /** Names the elements that changed, because without them every viewer would refresh as a whole. */
    private void itemsChanged(Set<String> itemIds) {
        List<Object> elements = new ArrayList<>();
        synchronized (decorated) {
            decorated.forEach((element, itemId) -> {
                if (itemIds.contains(itemId)) {
                    elements.add(element);
                }
            });
        }
        if (!elements.isEmpty()) {
            fireLabelProviderChanged(new LabelProviderChangedEvent(this, elements.toArray()));
        }
    }

    @Override
    public void dispose() {
        stopListening.run();
        super.dispose();
    }
}
