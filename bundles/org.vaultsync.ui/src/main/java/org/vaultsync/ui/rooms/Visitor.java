// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.rooms;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.widgets.Shell;
import org.vaultsync.Encounter;
import org.vaultsync.JoinRequest;
import org.vaultsync.Pairing;
import org.vaultsync.Room;
import org.vaultsync.RoomId;
import org.vaultsync.VaultSync;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;
import org.vaultsync.ui.text.Sentences;

/** A device that came by itself and waits for the person at this one. */
public sealed interface Visitor {
    /** Names this visit among all others of this run. */
    String id();

    /** Who wants what. */
    String sentence();

    /** Asks the person, and answers what they say; nothing, if they put it off. UI thread. */
    void ask(LiveSync live, Shell shell);

    /** Who waits now, the first to come first. Thread-safe. */
    static List<Visitor> waiting(LiveSync live) {
        Optional<Pairing> pairing = live.pairing();
        return Stream.<Visitor>concat(
                        pairing.stream()
                                .flatMap(there -> there.requests().stream())
                                .map(request -> new WithInvite(request, quoted(live, request.room()))),
                        pairing.stream()
                                .flatMap(there -> there.encounters().stream())
                                .filter(encounter -> !encounter.began())
                                .map(Nearby::new))
                .toList();
    }

    private static Optional<Room> room(LiveSync live, RoomId id) {
        return live.sync().map(VaultSync::rooms).stream()
                .flatMap(List::stream)
                .filter(room -> room.id().equals(id))
                .findFirst();
    }

    private static String quoted(LiveSync live, RoomId id) {
        return room(live, id).map(Sentences::quoted).orElse("");
    }

    /**
     * A device that holds an invite.
     *
     * @param room its name in quotation marks
     */
    record WithInvite(JoinRequest request, String room) implements Visitor {
        @Override
        public String id() {
            return "invite " + request.id();
        }

        @Override
        public String sentence() {
            return NLS.bind(Messages.visitorWithInvite, request.name(), room);
        }

        @Override
        public void ask(LiveSync live, Shell shell) {
            new RequestDialog(live, shell, this).open();
        }
    }

    /** A device nearby, to be paired with by comparing codes. */
    record Nearby(Encounter encounter) implements Visitor {
        @Override
        public String id() {
            return "nearby " + encounter.id();
        }

        @Override
        public String sentence() {
            return NLS.bind(Messages.visitorNearby, encounter.name());
        }

        @Override
        public void ask(LiveSync live, Shell shell) {
            compare(live, shell, Optional.empty(), false);
        }

        /**
         * Asks, and returns with the room that both are in then.
         *
         * @param offered the room to let it into, if that is what the person was about to do
         * @param joins whether the person was about to join a room of it
         */
        Optional<RoomId> compare(LiveSync live, Shell shell, Optional<RoomId> offered, boolean joins) {
            Optional<RoomId> paired = new CodeDialog(live, shell, encounter, offered, joins).compare();
            paired.flatMap(id -> room(live, id))
                    .map(Room::name)
                    .ifPresent(room -> MessageDialog.openInformation(
                            shell,
                            Messages.nearbyTitle,
                            Names.literal(NLS.bind(Messages.codePaired, encounter.name(), room))));
            return paired;
        }
    }
}
