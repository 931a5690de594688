// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.diagnosis;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.dialogs.PreferencesUtil;
import org.vaultsync.DeviceSettings;
import org.vaultsync.Meeting;
import org.vaultsync.Trouble;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.preferences.ServerCheckDialog;
import org.vaultsync.ui.rooms.RoomDialog;
import org.vaultsync.ui.rooms.Rooms;
import org.vaultsync.ui.text.Messages;

/** What a person can do about a trouble by pressing one button. */
public record Remedy(String label, Runnable run) {
    /**
     * What helps against these, each way once.
     *
     * @param shell what they open is opened over
     */
    public static List<Remedy> of(List<Trouble> troubles, LiveSync live, Shell shell) {
        Map<String, Remedy> byLabel = new LinkedHashMap<>();
        troubles.stream()
                .flatMap(trouble -> of(trouble, live, shell).stream())
                .forEach(remedy -> byLabel.putIfAbsent(remedy.label(), remedy));
        return List.copyOf(byLabel.values());
    }

    /** @param shell what it opens is opened over */
    public static Optional<Remedy> of(Trouble trouble, LiveSync live, Shell shell) {
        return switch (trouble.kind()) {
            case PORT_TAKEN, SIGNALING_PORT -> Optional.of(new Remedy(Messages.remedyPort, () -> network(shell)));
            case SIGNALING_UNREACHABLE -> Optional.of(new Remedy(Messages.remedySignaling, () -> test(live, shell)));
            case STORE_SET_ASIDE ->
                Optional.of(
                        new Remedy(Messages.joinAction, () -> rooms(live, shell).enter(RoomDialog.Way.JOIN)));
            case STORE_DAMAGED ->
                Optional.of(new Remedy(
                        Messages.remedyExport, () -> rooms(live, shell).exportRooms()));
            case FOLDER_UNWRITABLE, WORKSPACE_IN_USE, VAULT_UNWRITABLE ->
                Optional.of(new Remedy(
                        Messages.remedyRestart, () -> PlatformUI.getWorkbench().restart()));
            case NO_NETWORK,
                    WEBRTC_LIBRARY,
                    WEBRTC_FOLDER,
                    WEBRTC_PART,
                    WEBRTC_BROKEN,
                    CLOCK_BEHIND,
                    CLOCK_AHEAD,
                    STORE_FULL,
                    STORE_UNWRITABLE,
                    OTHER -> Optional.empty();
        };
    }

    private static Rooms rooms(LiveSync live, Shell shell) {
        return new Rooms(live, shell, why -> Rooms.complain(shell, why));
    }

    private static void network(Shell shell) {
        PreferencesUtil.createPreferenceDialogOn(shell, "org.vaultsync.ui.preferences.network", null, null)
                .open();
    }

    private static void test(LiveSync live, Shell shell) {
        List<String> servers = live.settings()
                .map(DeviceSettings::meeting)
                .map(Meeting::signaling)
                .orElse(List.of());
        live.checks()
                .ifPresentOrElse(
                        checks -> ServerCheckDialog.ofSignaling(shell, checks, servers)
                                .open(),
                        () -> network(shell));
    }
}
