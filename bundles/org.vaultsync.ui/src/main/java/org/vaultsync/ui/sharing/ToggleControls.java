// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.sharing;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.eclipse.jface.action.IContributionItem;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Widget;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.vaultsync.ui.SyncControls;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.pictures.Picture;
import org.vaultsync.ui.text.Sentences;

/** The controls that a host places. */
@Component
public final class ToggleControls implements SyncControls {
    private final LiveSync live;

    @Activate
    public ToggleControls(@Reference LiveSync live) {
        this.live = live;
    }

    @Override
    public IContributionItem toggle(String itemId) {
        return new SyncToggle(live, itemId);
    }

    @Override
    public Image badge(String itemId) {
        // The registry of the display keeps it: there are six, and they go with the display.
        return JFaceResources.getResources()
                .create(Picture.of(live.status(itemId).badge()).descriptor());
    }

    @Override
    public String describe(String itemId) {
        return Sentences.of(live.status(itemId), live.sync());
    }

    @Override
    public boolean delete(Shell shell, String question, Collection<String> itemIds, Runnable delete) {
        return new Sharing(live, shell).delete(question, List.copyOf(itemIds), delete);
    }

    @Override
    public void onChange(Widget owner, Consumer<Set<String>> changed) {
        live.onItems(owner, changed);
    }
}
