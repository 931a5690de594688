// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.sharing;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.jface.dialogs.PopupDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.vaultsync.ItemStatus;
import org.vaultsync.Room;
import org.vaultsync.RoomId;
import org.vaultsync.ui.conflicts.Conflicts;
import org.vaultsync.ui.history.HistoryDialog;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.peers.PeersView;
import org.vaultsync.ui.pictures.Picture;
import org.vaultsync.ui.rooms.Rooms;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;
import org.vaultsync.ui.text.Sentences;

/** What a click on the toggle of a shared item opens: how it stands, and what can be done. Goes away by itself. */
final class SharedPopup extends PopupDialog {
    private static final int WIDTH = 340;

    private final LiveSync live;
    private final Shell parent;
    private final List<String> itemIds;
    private final Rectangle anchor;

    SharedPopup(LiveSync live, Shell parent, List<String> itemIds, Rectangle anchor) {
        super(parent, INFOPOPUP_SHELLSTYLE, true, false, false, false, false, null, null);
        this.live = live;
        this.parent = parent;
        this.itemIds = itemIds;
        this.anchor = anchor;
    }

    @Override
    protected Control createDialogArea(Composite composite) {
        LocalResourceManager pictures = new LocalResourceManager(JFaceResources.getResources(), composite);
        Composite area = new Composite(composite, SWT.NONE);
        GridLayoutFactory.fillDefaults()
                .numColumns(2)
                .margins(10, 8)
                .spacing(8, 6)
                .applyTo(area);
        // Not every window system draws a border around such a shell.
        area.addPaintListener(paint -> {
            Rectangle inside = area.getClientArea();
            paint.gc.setForeground(area.getDisplay().getSystemColor(SWT.COLOR_WIDGET_NORMAL_SHADOW));
            paint.gc.drawRectangle(inside.x, inside.y, inside.width - 1, inside.height - 1);
        });
        List<ItemStatus> states = itemIds.stream().map(live::status).toList();
        Set<RoomId> rooms = states.stream()
                .flatMap(state -> state.room().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));

        Label picture = new Label(area, SWT.NONE);
        Label sentence = new Label(area, SWT.WRAP);
        GridDataFactory.swtDefaults().align(SWT.CENTER, SWT.BEGINNING).applyTo(picture);
        GridDataFactory.fillDefaults()
                .grab(true, false)
                .hint(WIDTH, SWT.DEFAULT)
                .applyTo(sentence);
        if (states.size() == 1) {
            picture.setImage(
                    pictures.create(Picture.of(states.getFirst().badge()).descriptor()));
            String said = Sentences.of(states.getFirst(), live.sync());
            sentence.setText(Names.literal(roomOf(rooms)
                    .map(room -> NLS.bind(Messages.sharedIn, Sentences.quoted(room), said))
                    .orElse(said)));
        } else {
            picture.setImage(pictures.create(Picture.PEERS.descriptor()));
            sentence.setText(NLS.bind(Messages.severalShared, states.size()));
        }

        if (roomOf(rooms).flatMap(Room::open).isPresent()) {
            new Label(area, SWT.NONE);
            Label otherwise = new Label(area, SWT.WRAP);
            otherwise.setText(Messages.sharedOpen);
            GridDataFactory.fillDefaults()
                    .grab(true, false)
                    .hint(WIDTH, SWT.DEFAULT)
                    .applyTo(otherwise);
        }

        Composite buttons = new Composite(area, SWT.NONE);
        GridLayoutFactory.fillDefaults().applyTo(buttons);
        GridDataFactory.fillDefaults().span(2, 1).grab(true, false).applyTo(buttons);
        List<String> conflicted =
                itemIds.stream().filter(item -> Conflicts.any(live, item)).toList();
        if (!conflicted.isEmpty()) {
            button(
                    buttons,
                    pictures,
                    Picture.CONFLICT,
                    Messages.lookAtConflicts,
                    () -> Conflicts.show(live, parent, conflicted));
        }
        if (itemIds.size() == 1) {
            button(
                    buttons,
                    pictures,
                    Picture.HISTORY,
                    Messages.showHistory,
                    () -> new HistoryDialog(live, parent, itemIds.getFirst()).open());
        }
        button(
                buttons,
                pictures,
                Picture.NOT_SHARED,
                Messages.stopSharing,
                () -> new Sharing(live, parent).stop(itemIds));
        if (new Sharing(live, parent).allSharedHere(itemIds)) {
            button(
                    buttons,
                    pictures,
                    Picture.LEAVE,
                    Messages.stopForAll,
                    () -> new Sharing(live, parent).stopForAll(itemIds));
        }
        roomOf(rooms)
                .ifPresent(room -> button(
                        buttons,
                        pictures,
                        Picture.INVITE,
                        Messages.inviteAction,
                        () -> new Rooms(live, parent, why -> Rooms.complain(parent, why)).invite(room.id())));
        button(buttons, pictures, Picture.PEERS, Messages.showPeers, PeersView::show);
        return area;
    }

    private Optional<Room> roomOf(Set<RoomId> ids) {
        return ids.size() != 1
                ? Optional.empty()
                : live.sync()
                        .flatMap(sync -> sync.rooms().stream()
                                .filter(room -> ids.contains(room.id()))
                                .findFirst());
    }

    private void button(Composite area, LocalResourceManager pictures, Picture picture, String text, Runnable action) {
        Button button = new Button(area, SWT.PUSH | SWT.LEFT);
        button.setText(text);
        button.setImage(pictures.create(picture.descriptor()));
        GridDataFactory.fillDefaults().grab(true, false).applyTo(button);
        button.addListener(SWT.Selection, clicked -> {
            close();
            action.run();
        });
    }

    @Override
    protected Point getInitialLocation(Point size) {
        return new Point(anchor.x, anchor.y + anchor.height);
    }
}
