// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.sharing;

import java.util.List;
import org.eclipse.jface.action.ContributionItem;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.jface.resource.ResourceManager;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.ToolBar;
import org.eclipse.swt.widgets.ToolItem;
import org.vaultsync.Badge;
import org.vaultsync.ItemStatus;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.pictures.Picture;
import org.vaultsync.ui.text.Names;
import org.vaultsync.ui.text.Sentences;

/** The toggle of one item in a tool bar: pressed while the item is shared, its picture is the badge. */
final class SyncToggle extends ContributionItem {
    private final LiveSync live;
    private final String itemId;

    SyncToggle(LiveSync live, String itemId) {
        super("org.vaultsync.ui.toggle");
        this.live = live;
        this.itemId = itemId;
    }

    @Override
    public void fill(ToolBar bar, int index) {
        ToolItem item = index < 0 ? new ToolItem(bar, SWT.CHECK) : new ToolItem(bar, SWT.CHECK, index);
        item.setData(this);
        ResourceManager pictures = new LocalResourceManager(JFaceResources.getResources());
        item.addDisposeListener(disposed -> pictures.dispose());
        item.addListener(SWT.Selection, clicked -> {
            show(item, pictures); // the click pressed or released it, but only sync decides what it shows
            Rectangle bounds = item.getBounds();
            Rectangle anchor = bar.getDisplay().map(bar, null, bounds);
            new Sharing(live, bar.getShell()).toggle(List.of(itemId), anchor);
        });
        live.onItems(item, changed -> {
            if (changed.contains(itemId)) {
                show(item, pictures);
            }
        });
        live.onRooms(item, () -> show(item, pictures)); // a member came or went, and the sentence counts them
        show(item, pictures);
    }

    private void show(ToolItem item, ResourceManager pictures) {
        ItemStatus status = live.status(itemId);
        Image picture = pictures.get(Picture.of(status.badge()).descriptor());
        if (picture != item.getImage()) { // a tool bar with another picture lays itself out anew
            item.setImage(picture);
        }
        item.setSelection(status.badge() != Badge.NOT_SHARED);
        item.setToolTipText(Names.literal(Sentences.of(status, live.sync())));
        item.setEnabled(Sentences.whyUnknown(live.sync()).isEmpty());
    }
}
