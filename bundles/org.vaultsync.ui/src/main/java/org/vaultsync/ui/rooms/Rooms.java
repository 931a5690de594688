// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.rooms;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.IInputValidator;
import org.eclipse.jface.dialogs.InputDialog;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.jface.window.Window;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.DirectoryDialog;
import org.eclipse.swt.widgets.FileDialog;
import org.eclipse.swt.widgets.Shell;
import org.vaultsync.Device;
import org.vaultsync.Member;
import org.vaultsync.Room;
import org.vaultsync.RoomArchives;
import org.vaultsync.RoomId;
import org.vaultsync.Scope;
import org.vaultsync.VaultSync;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;
import org.vaultsync.ui.text.Sentences;

/** What a person can do with rooms and with this device, wherever they ask for it. UI thread. */
public final class Rooms {
    private static final String SUFFIX = ".vaultsync";

    private final LiveSync live;
    private final Shell shell;
    private final Consumer<String> complain;

    /** @param complain shows a sentence about what went wrong, where the person is looking */
    public Rooms(LiveSync live, Shell shell, Consumer<String> complain) {
        this.live = live;
        this.shell = shell;
        this.complain = complain;
    }

    /** Shows what went wrong in a dialog of its own, for places that have no room for messages. */
    public static void complain(Shell shell, String sentence) {
        MessageDialog.openError(shell, Messages.sync, Names.literal(sentence));
    }

    /** The rooms that this device is in; others have removed it from the rest, where nothing can be shared. Thread-safe. */
    public static List<Room> entered(LiveSync live) {
        return live.sync().map(VaultSync::rooms).orElse(List.of()).stream()
                .filter(room -> room.standing() != Room.Standing.REMOVED)
                .toList();
    }

    /** Opens the room dialog, and after a room was created the invite to it. */
    public Optional<RoomId> enter(RoomDialog.Way way) {
        Optional<String> unknown = Sentences.whyUnknown(live.sync());
        if (unknown.isPresent()) {
            complain.accept(unknown.get());
            return Optional.empty();
        }
        RoomDialog dialog = new RoomDialog(live, shell, way);
        Optional<RoomId> room = dialog.enter();
        if (dialog.way() == RoomDialog.Way.CREATE) {
            room.ifPresent(this::invite);
        }
        return room;
    }

    /** Makes an invite, or takes the code of an open room, and shows it for copying. */
    public void invite(RoomId id) {
        Optional<Room> room = room(id);
        if (room.isEmpty()) {
            sayIfGone();
        } else if (room.get().open().isPresent()) {
            new RoomCodeDialog(live, shell, room.get()).open();
        } else {
            new InviteDialog(live, shell, room.get()).open();
        }
    }

    /** Leaves a room after asking. */
    public void leave(RoomId id) {
        Optional<Room> room = room(id);
        if (room.isEmpty()) {
            sayIfGone();
            return;
        }
        MessageDialog question = new MessageDialog(
                shell,
                Messages.leaveTitle,
                null,
                Names.literal(leaveQuestion(room.get())),
                MessageDialog.QUESTION,
                1,
                Messages.leave,
                IDialogConstants.CANCEL_LABEL);
        if (question.open() == 0) {
            ask(sync -> sync.leave(id));
        }
    }

    /** A room that is not there is told by the views; that all of them have gone with sync may be new to the person. */
    private void sayIfGone() {
        if (live.sync().isEmpty()) {
            complain.accept(Messages.notRunning);
        }
    }

    private static String leaveQuestion(Room room) {
        String items = Sentences.items(room.items().size());
        return room.open()
                .map(open -> NLS.bind(Messages.leaveOpenQuestion, new Object[] {
                    Sentences.quoted(room), items, open.address().code()
                }))
                .orElseGet(() -> NLS.bind(Messages.leaveQuestion, Sentences.quoted(room), items));
    }

    /** Asks for a new name of a room. */
    public void rename(Room room) {
        InputDialog dialog = new InputDialog(
                shell,
                Messages.renameRoomTitle,
                room.open().isPresent() ? Messages.renameOpenRoom : Messages.renameRoom,
                room.name(),
                typed -> Names.complaint(typed).orElse(null));
        if (dialog.open() == Window.OK) {
            ask(sync -> sync.renameRoom(room.id(), dialog.getValue().strip()));
        }
    }

    /** Removes a member from a room after asking. */
    public void remove(Room room, Member member) {
        MessageDialog question = new MessageDialog(
                shell,
                Messages.removeMemberTitle,
                null,
                Names.literal(NLS.bind(Messages.removeMemberQuestion, member.name(), Sentences.quoted(room))),
                MessageDialog.QUESTION,
                1,
                Messages.removeMember,
                IDialogConstants.CANCEL_LABEL);
        if (question.open() == 0) {
            ask(sync -> sync.removeMember(room.id(), member.fingerprint()));
        }
    }

    /** Makes a member an admin, or a plain member again. */
    public void appoint(Room room, Member member) {
        ask(sync -> sync.appoint(room.id(), member.fingerprint(), !member.admin()));
    }

    /** Pauses what goes on, or lets go on what is paused. */
    public void togglePause(Scope scope) {
        ask(sync -> sync.paused().contains(scope) ? sync.resume(scope) : sync.pause(scope));
    }

    private void ask(Function<VaultSync, CompletionStage<Void>> question) {
        Answers.ask(live.sync(), question, shell, done -> {}, complain);
    }

    /** Asks for a new name of this device. */
    public void nameDevice() {
        Optional<VaultSync> sync = live.sync();
        if (sync.isEmpty()) {
            complain.accept(Messages.notRunning);
            return;
        }
        IInputValidator validator = typed -> Names.complaint(typed).orElse(null);
        InputDialog dialog = new InputDialog(
                shell,
                Messages.nameDeviceTitle,
                Messages.nameDevice,
                sync.get().self().map(Device::name).orElse(""),
                validator);
        if (dialog.open() == Window.OK) {
            ask(there -> there.nameDevice(dialog.getValue().strip()));
        }
    }

    /** Asks for a file and writes a room into it. */
    public void exportRoom(RoomId id) {
        Optional<Room> room = room(id);
        Optional<RoomArchives> archives = live.archives();
        if (room.isEmpty() || archives.isEmpty()) {
            complain.accept(Messages.notRunning);
            return;
        }
        if (room.get().open().isPresent()) {
            MessageDialog.openInformation(shell, Messages.exportTitle, Messages.exportOpen);
            return;
        }
        FileDialog dialog = new FileDialog(shell, SWT.SAVE);
        dialog.setText(Messages.exportTitle);
        dialog.setFileName(fileName(room.get().name()) + SUFFIX);
        dialog.setFilterExtensions(new String[] {"*" + SUFFIX, "*"});
        dialog.setOverwrite(true);
        String file = dialog.open();
        if (file != null) {
            Answers.of(
                    FileJob.start(Messages.exportTitle, course -> archives.get().exportRoom(id, Path.of(file), course)),
                    shell,
                    written -> MessageDialog.openInformation(
                            shell, Messages.exportTitle, Names.literal(exported(written))),
                    complain);
        }
    }

    private static String exported(RoomArchives.Contents written) {
        return NLS.bind(Messages.exported, new Object[] {
            written.name(), Sentences.documents(written.documents()), Sentences.files(written.attachments())
        });
    }

    /** Asks for a folder and writes all rooms into it; for one alone, for the file. */
    public void exportRooms() {
        List<Room> all = live.sync().map(VaultSync::rooms).orElse(List.of());
        List<Room> rooms = all.stream().filter(room -> room.open().isEmpty()).toList();
        Optional<RoomArchives> archives = live.archives();
        if (archives.isEmpty() || all.isEmpty()) {
            complain.accept(archives.isEmpty() ? Messages.notRunning : Messages.statusNoRooms);
        } else if (rooms.size() < 2) {
            exportRoom((rooms.isEmpty() ? all : rooms).getFirst().id());
        } else {
            DirectoryDialog dialog = new DirectoryDialog(shell, SWT.SAVE);
            dialog.setText(Messages.exportTitle);
            String folder = dialog.open();
            if (folder != null) {
                export(archives.get(), rooms.iterator(), Path.of(folder), new ArrayList<>());
            }
        }
    }

    /** One after the other: what one fails with does not keep the others from being written. */
    private void export(RoomArchives archives, Iterator<Room> left, Path folder, List<String> said) {
        if (!left.hasNext()) {
            MessageDialog.openInformation(shell, Messages.exportTitle, Names.literal(String.join("\n", said)));
            return;
        }
        Room room = left.next();
        Path file = free(folder, fileName(room.name()));
        Answers.of(
                FileJob.start(Messages.exportTitle, course -> archives.exportRoom(room.id(), file, course)),
                shell,
                written -> {
                    said.add(exported(written));
                    export(archives, left, folder, said);
                },
                why -> {
                    said.add(NLS.bind(Messages.exportFailed, Sentences.quoted(room), why));
                    export(archives, left, folder, said);
                });
    }

    private static String fileName(String room) {
        return room.replaceAll("[^\\p{L}\\p{N} ._-]", "_");
    }

    /** A file that is not there yet, so that none is replaced without a question. */
    static Path free(Path folder, String name) {
        Path file = folder.resolve(name + SUFFIX);
        for (int number = 2; Files.exists(file); number++) {
            file = folder.resolve(name + " " + number + SUFFIX);
        }
        return file;
    }

    /** Asks for a file and takes the room in it. */
    public void importRoom() {
        Optional<RoomArchives> archives = live.archives();
        if (archives.isEmpty()) {
            complain.accept(Messages.notRunning);
            return;
        }
        FileDialog dialog = new FileDialog(shell, SWT.OPEN);
        dialog.setText(Messages.importTitle);
        dialog.setFilterExtensions(new String[] {"*" + SUFFIX, "*"});
        String file = dialog.open();
        if (file != null) {
            Answers.of(
                    FileJob.start(Messages.importTitle, course -> archives.get().importRoom(Path.of(file), course)),
                    shell,
                    read -> MessageDialog.openInformation(
                            shell, Messages.importTitle, Names.literal(NLS.bind(Messages.imported, new Object[] {
                                read.name(), Sentences.documents(read.documents()), Sentences.files(read.attachments())
                            }))),
                    complain);
        }
    }

    /** Dials those who are away. */
    public void syncNow(Scope scope) {
        live.sync().ifPresentOrElse(sync -> sync.syncNow(scope), () -> complain.accept(Messages.notRunning));
    }

    /** Dials everybody who is away. */
    public void syncNow() {
        live.sync().ifPresentOrElse(VaultSync::syncNow, () -> complain.accept(Messages.notRunning));
    }

    private Optional<Room> room(RoomId id) {
        return live.sync()
                .flatMap(sync -> sync.rooms().stream()
                        .filter(room -> room.id().equals(id))
                        .findFirst());
    }
}
