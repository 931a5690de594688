// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.preferences;

import java.util.ArrayList;
import java.util.List;
import org.eclipse.core.runtime.jobs.IJobChangeEvent;
import org.eclipse.core.runtime.jobs.JobChangeAdapter;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.TitleAreaDialog;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Shell;
import org.vaultsync.ServerChecks;
import org.vaultsync.ServerChecks.Answer;
import org.vaultsync.ui.dialogs.ContextHelp;
import org.vaultsync.ui.dialogs.PicturedSentences;
import org.vaultsync.ui.pictures.Picture;
import org.vaultsync.ui.text.Messages;

/** Tries servers and tells of each what it does for this device, as soon as that is known. UI thread. */
public final class ServerCheckDialog extends TitleAreaDialog {
    private final List<ServerCheckJob.Check> checks;
    private final ServerCheckJob job;
    private final List<PicturedSentences.Line> servers = new ArrayList<>();
    private int answered;
    private int broken;

    /** Tries signaling servers out. */
    public static ServerCheckDialog ofSignaling(Shell shell, ServerChecks checks, List<String> servers) {
        return new ServerCheckDialog(
                shell,
                servers.stream()
                        .map(server -> new ServerCheckJob.Check(server, () -> checks.reach(server)))
                        .toList());
    }

    ServerCheckDialog(Shell shell, List<ServerCheckJob.Check> checks) {
        super(shell);
        this.checks = checks;
        setHelpAvailable(false);
        Display display = shell.getDisplay();
        job = new ServerCheckJob(checks, (number, answer) -> later(display, () -> show(number, answer)));
        job.addJobChangeListener(new JobChangeAdapter() {
            @Override
            public void done(IJobChangeEvent event) {
                later(display, ServerCheckDialog.this::ended);
            }
        });
    }

    /** Runs something on the UI thread, if this dialog is still there then. */
    private void later(Display display, Runnable what) {
        if (!display.isDisposed()) {
            display.asyncExec(() -> {
                if (getShell() != null && !getShell().isDisposed()) {
                    what.run();
                }
            });
        }
    }

    @Override
    protected void configureShell(Shell shell) {
        super.configureShell(shell);
        shell.setText(Messages.checkServersTitle);
        ContextHelp.on(shell, "preferences");
        // Also when the page under it goes first.
        shell.addDisposeListener(gone -> job.cancel());
    }

    @Override
    protected boolean isResizable() {
        return true;
    }

    @Override
    protected Point getInitialSize() {
        return new Point(convertWidthInCharsToPixels(86), convertHeightInCharsToPixels(26));
    }

    @Override
    protected Control createDialogArea(Composite parent) {
        Composite area = (Composite) super.createDialogArea(parent);
        PicturedSentences sentences = new PicturedSentences(area);
        for (int i = 0; i < checks.size(); i++) {
            servers.add(sentences.add());
            show(i, Picture.CONNECTING, Messages.checkTrying);
        }
        return area;
    }

    @Override
    protected void createButtonsForButtonBar(Composite parent) {
        createButton(parent, IDialogConstants.CANCEL_ID, IDialogConstants.CANCEL_LABEL, true);
    }

    @Override
    protected Control createContents(Composite parent) {
        Control contents = super.createContents(parent);
        setTitle(Messages.checkServersTitle);
        setMessage(Messages.checkServersExplained);
        job.schedule();
        return contents;
    }

    private void show(int number, Answer answer) {
        answered++;
        if (answer.problem().isPresent()) {
            broken++;
        }
        show(number, answer.problem().isEmpty() ? Picture.LINKED : Picture.REFUSED, ServerAnswers.sentence(answer));
    }

    private void show(int number, Picture picture, String sentence) {
        servers.get(number).show(picture, "", checks.get(number).server() + "\n" + sentence);
    }

    private void ended() {
        if (answered < checks.size()) {
            setMessage(Messages.checkGivenUp);
        } else if (broken > 0) {
            setErrorMessage(broken == 1 ? Messages.checkOneBroken : NLS.bind(Messages.checkSomeBroken, broken));
        } else {
            setMessage(Messages.checkAllWork);
        }
        getButton(IDialogConstants.CANCEL_ID).setText(IDialogConstants.CLOSE_LABEL);
    }
}
