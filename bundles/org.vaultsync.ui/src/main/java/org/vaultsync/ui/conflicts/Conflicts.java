// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.conflicts;

import java.util.List;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.swt.widgets.Shell;
import org.vaultsync.Badge;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;
import org.vaultsync.ui.text.Sentences;

/** The way to the conflicts of items. UI thread, except where a method says otherwise. */
public final class Conflicts {
    private Conflicts() {}

    /** Whether a person has to look at the item. */
    public static boolean any(LiveSync live, String itemId) {
        return live.status(itemId).badge() == Badge.CONFLICT
                || live.sync().filter(sync -> !sync.conflicts(itemId).isEmpty()).isPresent();
    }

    /** What people call an item; its id if it is not known here, or cannot be read. Not on the UI thread: the vault is asked. */
    static String name(LiveSync live, String itemId) {
        try {
            return live.vault()
                    .flatMap(vault -> vault.get(itemId))
                    .map(stored -> stored.item().name())
                    .orElse(itemId);
        } catch (RuntimeException unreadable) { // sync, which reads it too, says so at the item
            return itemId;
        }
    }

    /** Shows the conflicts of items, or says that there are none. */
    public static void show(LiveSync live, Shell shell, List<String> itemIds) {
        if (itemIds.stream().anyMatch(itemId -> any(live, itemId))) {
            new ConflictDialog(live, shell, itemIds).open();
        } else {
            MessageDialog.openInformation(
                    shell,
                    Messages.conflictsTitle,
                    Names.literal(Sentences.whyUnknown(live.sync()).orElse(Messages.noConflicts)));
        }
    }
}
