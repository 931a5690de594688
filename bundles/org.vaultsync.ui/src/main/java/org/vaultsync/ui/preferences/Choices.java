// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.preferences;

import java.util.Optional;
import org.eclipse.core.runtime.ILog;
import org.eclipse.core.runtime.preferences.IEclipsePreferences;
import org.eclipse.core.runtime.preferences.IEclipsePreferences.IPreferenceChangeListener;
import org.eclipse.core.runtime.preferences.InstanceScope;
import org.osgi.service.prefs.BackingStoreException;
import org.vaultsync.RoomId;

/** What the person chose in this workspace, kept with its preferences. */
public final class Choices {
    private static final String SHARE_ROOM = "share.room";
    private static final String SHOW_OPEN = "show.open";

    private final IEclipsePreferences kept = InstanceScope.INSTANCE.getNode("org.vaultsync.ui");

    /** The room to share in without asking. */
    public Optional<RoomId> shareRoom() {
        String hex = kept.get(SHARE_ROOM, "");
        return hex.matches("[0-9a-f]{32}") ? Optional.of(new RoomId(hex)) : Optional.empty();
    }

    /** Shares in this room from now on without asking; asks again with nothing. */
    public void shareRoom(Optional<RoomId> room) {
        room.ifPresentOrElse(id -> kept.put(SHARE_ROOM, id.hex()), () -> kept.remove(SHARE_ROOM));
        keep();
    }

    /** Whether others may see which shared items are open here. */
    public boolean showsWhatIsOpen() {
        return kept.getBoolean(SHOW_OPEN, true);
    }

    /** Runs it whenever {@link #showsWhatIsOpen} may have changed, until the returned action is run. */
    public Runnable onShowsWhatIsOpen(Runnable changed) {
        IPreferenceChangeListener listener = change -> {
            if (change.getKey().equals(SHOW_OPEN)) {
                changed.run();
            }
        };
        kept.addPreferenceChangeListener(listener);
        return () -> kept.removePreferenceChangeListener(listener);
    }

    /** Lets others see from now on which shared items are open here, or does not. */
    public void showsWhatIsOpen(boolean shows) {
        kept.putBoolean(SHOW_OPEN, shows);
        keep();
    }

    /** Whether a person wants to be told of something. */
    public boolean tells(NoticeKind kind) {
        return kept.getBoolean(kind.key(), true);
    }

    /** Tells of something from now on, or does not. */
    public void tells(NoticeKind kind, boolean wanted) {
        kept.putBoolean(kind.key(), wanted);
        keep();
    }

    private void keep() {
        try {
            kept.flush();
        } catch (BackingStoreException diskInTheWay) {
            ILog.of(Choices.class).error("preferences of sync: cannot be written", diskInTheWay);
        }
    }
}
