// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.app;

import org.eclipse.ui.IFolderLayout;
import org.eclipse.ui.IPageLayout;
import org.eclipse.ui.IPerspectiveFactory;
import org.eclipse.ui.IPlaceholderFolderLayout;
import org.vaultsync.hangar.navigator.Navigator;

/** The vault on the left, editors beside it, room for the views of plug-ins below. */
public final class HangarPerspective implements IPerspectiveFactory {
    static final String ID = "org.vaultsync.hangar.perspective";

    /** The views of Vault Sync, where it is installed. */
    private static final String PEERS = "org.vaultsync.ui.peers";

    private static final String OTHERS_OF_SYNC = "org.vaultsync.ui.*";

    @Override
    public void createInitialLayout(IPageLayout layout) {
        String editors = layout.getEditorArea();
        layout.setEditorAreaVisible(true);
        IFolderLayout left = layout.createFolder("left", IPageLayout.LEFT, 0.25f, editors);
        left.addView(Navigator.ID);
        layout.getViewLayout(Navigator.ID).setCloseable(false);
        IPlaceholderFolderLayout below = layout.createPlaceholderFolder("below", IPageLayout.BOTTOM, 0.68f, editors);
        below.addPlaceholder(PEERS);
        below.addPlaceholder(OTHERS_OF_SYNC);
        below.addPlaceholder(IPageLayout.ID_PROGRESS_VIEW);
        layout.addShowViewShortcut(Navigator.ID);
        layout.addShowViewShortcut(PEERS);
        layout.addShowViewShortcut(IPageLayout.ID_PROGRESS_VIEW);
    }
}
