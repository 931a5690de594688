// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.sharing;

import java.util.List;
import java.util.Optional;
import org.eclipse.jface.dialogs.Dialog;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.jface.viewers.ArrayContentProvider;
import org.eclipse.jface.viewers.IStructuredSelection;
import org.eclipse.jface.viewers.LabelProvider;
import org.eclipse.jface.viewers.StructuredSelection;
import org.eclipse.jface.viewers.TableViewer;
import org.eclipse.jface.window.Window;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.vaultsync.Room;
import org.vaultsync.RoomId;
import org.vaultsync.ui.dialogs.ContextHelp;
import org.vaultsync.ui.pictures.Picture;
import org.vaultsync.ui.preferences.Choices;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Sentences;

/** Asks in which of several rooms to share, and remembers the answer if the person wants it so. */
final class RoomChoice extends Dialog {
    private final List<Room> rooms;
    private final int items;
    private final Choices choices = new Choices();
    private Room chosen; // UI thread
    private boolean remember; // UI thread

    RoomChoice(Shell shell, List<Room> rooms, int items) {
        super(shell);
        this.rooms = rooms;
        this.items = items;
        this.chosen = rooms.getFirst();
    }

    /** The room that was remembered, or else is chosen now; nothing if the person thought better of it. */
    Optional<RoomId> ask() {
        Optional<RoomId> before = rooms.stream()
                .map(Room::id)
                .filter(room -> choices.shareRoom().filter(room::equals).isPresent())
                .findFirst();
        if (before.isPresent()) {
            return before;
        }
        if (open() != Window.OK) {
            return Optional.empty();
        }
        if (remember) {
            choices.shareRoom(Optional.of(chosen.id()));
        }
        return Optional.of(chosen.id());
    }

    @Override
    protected void configureShell(Shell shell) {
        super.configureShell(shell);
        shell.setText(Messages.chooseRoomTitle);
        ContextHelp.on(shell, "choose-room");
    }

    @Override
    protected boolean isResizable() {
        return true;
    }

    @Override
    protected Control createDialogArea(Composite parent) {
        Composite area = (Composite) super.createDialogArea(parent);
        LocalResourceManager pictures = new LocalResourceManager(JFaceResources.getResources(), area);
        Image picture = pictures.create(Picture.ROOM.descriptor());
        Label question = new Label(area, SWT.WRAP);
        question.setText(NLS.bind(Messages.chooseRoom, Sentences.items(items)));
        GridDataFactory.fillDefaults().grab(true, false).applyTo(question);

        TableViewer list = new TableViewer(area, SWT.SINGLE | SWT.BORDER | SWT.V_SCROLL);
        list.setContentProvider(ArrayContentProvider.getInstance());
        list.setLabelProvider(new LabelProvider() {
            @Override
            public String getText(Object room) {
                return ((Room) room).name();
            }

            @Override
            public Image getImage(Object room) {
                return picture;
            }
        });
        list.setInput(rooms);
        list.setSelection(new StructuredSelection(chosen));
        list.addSelectionChangedListener(changed -> {
            IStructuredSelection selection = changed.getStructuredSelection();
            if (!selection.isEmpty()) {
                chosen = (Room) selection.getFirstElement();
            }
        });
        list.addDoubleClickListener(event -> okPressed());
        GridDataFactory.fillDefaults().grab(true, true).hint(360, 120).applyTo(list.getControl());

        Button always = new Button(area, SWT.CHECK);
        always.setText(Messages.rememberRoom);
        always.addListener(SWT.Selection, clicked -> remember = always.getSelection());
        return area;
    }

    @Override
    protected void createButtonsForButtonBar(Composite parent) {
        createButton(parent, IDialogConstants.OK_ID, Messages.share, true);
        createButton(parent, IDialogConstants.CANCEL_ID, IDialogConstants.CANCEL_LABEL, false);
    }
}
