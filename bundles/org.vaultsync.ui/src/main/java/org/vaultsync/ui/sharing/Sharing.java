// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.sharing;

import java.util.List;
import java.util.Optional;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Shell;
import org.vaultsync.Badge;
import org.vaultsync.Room;
import org.vaultsync.RoomId;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.rooms.RoomDialog;
import org.vaultsync.ui.rooms.Rooms;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;
import org.vaultsync.ui.text.Sentences;

/** Shares items, and stops sharing them, as a person asks for it. UI thread. */
public final class Sharing {
    private final LiveSync live;
    private final Shell shell;

    /** @param shell where questions are asked and what went wrong is shown */
    public Sharing(LiveSync live, Shell shell) {
        this.live = live;
        this.shell = shell;
    }

    /** Whether each of the items is shared. */
    public boolean allShared(List<String> itemIds) {
        return !itemIds.isEmpty()
                && itemIds.stream().allMatch(itemId -> live.status(itemId).badge() != Badge.NOT_SHARED);
    }

    /**
     * Shares those of the items that are not shared yet; if all are, asks whether to stop.
     *
     * @param anchor what was clicked, on the display: the question appears below it
     */
    public void toggle(List<String> itemIds, Rectangle anchor) {
        Optional<String> unknown = Sentences.whyUnknown(live.sync());
        if (unknown.isPresent()) {
            MessageDialog.openInformation(shell, Messages.sync, Names.literal(unknown.get()));
        } else if (allShared(itemIds)) {
            new SharedPopup(live, shell, itemIds, anchor).open();
        } else {
            share(itemIds.stream()
                    .filter(itemId -> live.status(itemId).badge() == Badge.NOT_SHARED)
                    .toList());
        }
    }

    /** Shares items in the one room, or the one that the person chooses; where there is none, in one that they make or join. */
    public void share(List<String> itemIds) {
        if (itemIds.isEmpty()) {
            return;
        }
        List<Room> rooms = Rooms.entered(live);
        if (rooms.isEmpty()) {
            shareInFirstRoom(itemIds);
        } else if (rooms.size() == 1) {
            share(rooms.getFirst().id(), itemIds, () -> {});
        } else {
            new RoomChoice(shell, rooms, itemIds.size()).ask().ifPresent(room -> share(room, itemIds, () -> {}));
        }
    }

    private void shareInFirstRoom(List<String> itemIds) {
        RoomDialog dialog = new RoomDialog(live, shell, RoomDialog.Way.CREATE);
        Optional<RoomId> entered = dialog.enter();
        boolean inviteNext = dialog.way() == RoomDialog.Way.CREATE;
        entered.ifPresent(room -> share(room, itemIds, () -> {
            if (inviteNext) {
                new Rooms(live, shell, this::complain).invite(room);
            }
        }));
    }

    private void share(RoomId room, List<String> itemIds, Runnable then) {
        Answers.ask(live.sync(), sync -> sync.share(room, itemIds), shell, done -> then.run(), this::complain);
    }

    /** Takes this device out of the sync of items. */
    public void stop(List<String> itemIds) {
        Answers.ask(live.sync(), sync -> sync.stop(itemIds), shell, done -> {}, this::complain);
    }

    /** Whether all of the items are known to be shared by this device, which can end the sync of them for everybody. */
    public boolean allSharedHere(List<String> itemIds) {
        return !itemIds.isEmpty()
                && itemIds.stream().allMatch(itemId -> live.status(itemId).sharedHere());
    }

    /** Ends the sync of items for everybody, after asking. */
    public void stopForAll(List<String> itemIds) {
        MessageDialog question = new MessageDialog(
                shell,
                Messages.stopForAllTitle,
                null,
                NLS.bind(Messages.stopForAllQuestion, Sentences.items(itemIds.size())),
                MessageDialog.QUESTION,
                1,
                Messages.stopForAllButton,
                IDialogConstants.CANCEL_LABEL);
        if (question.open() == 0) {
            Answers.ask(live.sync(), sync -> sync.stopForAll(itemIds), shell, done -> {}, this::complain);
        }
    }

    /**
     * Asks whether items of which some are shared are to be deleted only here or for everybody, and runs what deletes
     * them. Before sync has started any of them may be shared, and is deleted for everybody once it has; so it asks then, too.
     *
     * @param question of the host, with what it calls them
     * @return whether it asked; nothing is shared otherwise
     */
    boolean delete(String question, List<String> itemIds, Runnable delete) {
        Optional<String> unknown = Sentences.whyUnknown(live.sync());
        if (live.sync().isPresent() && unknown.isPresent()) {
            String which = NLS.bind(Messages.deleteUnknown, unknown.get());
            delete(question, which + "\n" + Messages.deleteChoices + "\n" + Messages.deleteWaits, itemIds, delete);
            return true;
        }
        List<String> shared = itemIds.stream()
                .filter(itemId -> live.status(itemId).room().isPresent())
                .toList();
        if (live.sync().isEmpty() || shared.isEmpty()) {
            return false;
        }
        String which = itemIds.size() == 1
                ? Messages.deleteOneShared
                : shared.size() == 1
                        ? Messages.deleteOneOfThemShared
                        : NLS.bind(Messages.deleteShared, Sentences.items(shared.size()));
        delete(question, which + "\n" + Messages.deleteChoices, shared, delete);
        return true;
    }

    private void delete(String question, String explained, List<String> shared, Runnable delete) {
        int answer = MessageDialog.open(
                MessageDialog.QUESTION,
                shell,
                Messages.deleteTitle,
                Names.literal(question + "\n\n" + explained),
                SWT.SHEET,
                Messages.deleteHere,
                Messages.deleteForAll,
                IDialogConstants.CANCEL_LABEL);
        if (answer == 0) {
            Answers.ask(live.sync(), sync -> sync.stop(shared), shell, stopped -> delete.run(), this::complain);
        } else if (answer == 1) {
            delete.run();
        }
    }

    private void complain(String sentence) {
        Rooms.complain(shell, sentence);
    }
}
