// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.rooms;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.ui.IStartup;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PlatformUI;
import org.vaultsync.Encounter;
import org.vaultsync.JoinRequest;
import org.vaultsync.Pairing;
import org.vaultsync.Room;
import org.vaultsync.ui.dialogs.ContextHelp;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;
import org.vaultsync.ui.text.Sentences;

/** Asks the person about devices that come by themselves: with an invite, or from nearby. */
public final class Visitors implements IStartup {
    // All of these: UI thread
    private final Set<String> met = new HashSet<>();
    private final Map<String, Question> questions = new HashMap<>();
    private LiveSync live;

    @Override
    public void earlyStartup() {
        PlatformUI.getWorkbench().getDisplay().asyncExec(() -> {
            live = LiveSync.ofWorkbench();
            live.onRooms(Display.getCurrent(), this::update);
            update();
        });
    }

    /** Whether a device that holds an invite may come in. */
    private final class Question extends MessageDialog {
        private final JoinRequest request;

        Question(Shell shell, JoinRequest request) {
            super(
                    shell,
                    Messages.requestTitle,
                    null,
                    Names.literal(NLS.bind(Messages.requestQuestion, new Object[] {
                        request.name(), roomName(request), request.fingerprint().grouped()
                    })),
                    MessageDialog.QUESTION,
                    1,
                    Messages.requestAccept,
                    Messages.requestRefuse);
            this.request = request;
            // The person may first want to look at something else.
            setShellStyle(SWT.CLOSE | SWT.TITLE | SWT.BORDER | SWT.MODELESS | getDefaultOrientation());
            setBlockOnOpen(false);
        }

        @Override
        protected void configureShell(Shell shell) {
            super.configureShell(shell);
            ContextHelp.on(shell, "request");
        }

        @Override
        protected void buttonPressed(int button) {
            live.pairing().ifPresent(pairing -> pairing.answer(request, button == 0));
            super.buttonPressed(button);
        }
    }

    private String roomName(JoinRequest request) {
        return live.sync().stream()
                .flatMap(sync -> sync.rooms().stream())
                .filter(room -> room.id().equals(request.room()))
                .findFirst()
                .map(Sentences::quoted)
                .orElse("");
    }

    private void update() {
        Optional<Pairing> pairing = live.pairing();
        IWorkbenchWindow window = PlatformUI.getWorkbench().getActiveWorkbenchWindow();
        List<JoinRequest> waiting = pairing.map(Pairing::requests).orElse(List.of());
        questions.values().removeIf(question -> {
            if (waiting.contains(question.request)) {
                return false;
            }
            question.close();
            return true;
        });
        if (window == null) {
            return;
        }
        for (JoinRequest request : waiting) {
            questions.computeIfAbsent(request.id(), id -> {
                Question question = new Question(window.getShell(), request);
                question.open();
                return question;
            });
        }
        for (Encounter encounter : pairing.map(Pairing::encounters).orElse(List.of())) {
            if (!encounter.began() && met.add(encounter.id())) {
                Display.getCurrent().asyncExec(() -> meet(window.getShell(), encounter));
            }
        }
    }

    private void meet(Shell shell, Encounter encounter) {
        Shell active = shell.getDisplay().getActiveShell();
        CodeDialog dialog = new CodeDialog(live, active == null ? shell : active, encounter, Optional.empty());
        dialog.compare()
                .flatMap(id -> live.sync().stream()
                        .flatMap(sync -> sync.rooms().stream())
                        .filter(room -> room.id().equals(id))
                        .findFirst())
                .map(Room::name)
                .ifPresent(room -> MessageDialog.openInformation(
                        shell,
                        Messages.nearbyTitle,
                        Names.literal(NLS.bind(Messages.codePaired, encounter.name(), room))));
    }
}
