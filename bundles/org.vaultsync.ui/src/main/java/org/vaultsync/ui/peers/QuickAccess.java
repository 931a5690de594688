// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.peers;

import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.jface.resource.ImageDescriptor;
import org.eclipse.ui.quickaccess.IQuickAccessComputer;
import org.eclipse.ui.quickaccess.QuickAccessElement;
import org.vaultsync.VaultSync;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.pictures.Picture;

/** Finds rooms and who is in them, for the search of the workbench. UI thread. */
public final class QuickAccess implements IQuickAccessComputer {
    @Override
    public QuickAccessElement[] computeElements() {
        Optional<VaultSync> sync = LiveSync.ofWorkbench().sync();
        return sync.stream()
                .flatMap(present -> present.rooms().stream())
                .map(Row.OfRoom::new)
                .flatMap(room -> Stream.concat(Stream.of(room), room.children().stream()))
                .filter(row -> !(row instanceof Row.Nobody))
                .map(Found::new)
                .toArray(QuickAccessElement[]::new);
    }

    @Override
    public void resetState() {
        // Nothing is kept.
    }

    @Override
    public boolean needsRefresh() {
        return true;
    }

    /** Leads to its row in the view. */
    private static final class Found extends QuickAccessElement {
        private final Row row;

        Found(Row row) {
            this.row = row;
        }

        @Override
        public String getLabel() {
            return row.parent().map(room -> row.name() + " – " + room.name()).orElseGet(row::name);
        }

        @Override
        public ImageDescriptor getImageDescriptor() {
            return row.picture().orElse(Picture.PEERS).descriptor();
        }

        @Override
        public String getId() {
            String room = row.roomId().hex();
            return switch (row) {
                case Row.OfMember member ->
                    room + "/" + member.member().fingerprint().hex();
                case Row.OfPeer other -> room + "/" + other.peer().id();
                case Row.OfRoom itself -> room;
                case Row.Nobody nobody -> room + "/";
            };
        }

        @Override
        public void execute() {
            PeersView.show(row);
        }
    }
}
