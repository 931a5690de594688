// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.preferences;

import java.util.ArrayList;
import java.util.List;
import org.eclipse.core.runtime.jobs.IJobChangeEvent;
import org.eclipse.core.runtime.jobs.JobChangeAdapter;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.TitleAreaDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.ScrolledComposite;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.vaultsync.ServerChecks.Answer;
import org.vaultsync.ui.dialogs.ContextHelp;
import org.vaultsync.ui.pictures.Picture;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;

/** Tries servers and tells of each what it does for this device, as soon as that is known. UI thread. */
final class ServerCheckDialog extends TitleAreaDialog {
    /** A server, and what is known of it. */
    private record Row(Label picture, Label sentence) {}

    private final List<ServerCheckJob.Check> checks;
    private final ServerCheckJob job;
    private final List<Row> rows = new ArrayList<>();
    private LocalResourceManager pictures;
    private ScrolledComposite scrolled;
    private Composite servers;
    private boolean arranging;
    private int answered;
    private int broken;

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
        return new Point(600, 440);
    }

    @Override
    protected Control createDialogArea(Composite parent) {
        Composite area = (Composite) super.createDialogArea(parent);
        pictures = new LocalResourceManager(JFaceResources.getResources(), area);
        scrolled = new ScrolledComposite(area, SWT.V_SCROLL);
        scrolled.setExpandHorizontal(true);
        scrolled.setExpandVertical(true);
        GridDataFactory.fillDefaults().grab(true, true).applyTo(scrolled);
        servers = new Composite(scrolled, SWT.NONE);
        GridLayoutFactory.swtDefaults()
                .numColumns(2)
                .margins(12, 12)
                .spacing(8, 8)
                .applyTo(servers);
        checks.forEach(check -> rows.add(row(check)));
        scrolled.setContent(servers);
        scrolled.addListener(SWT.Resize, resized -> resize());
        return area;
    }

    private Row row(ServerCheckJob.Check check) {
        Label picture = new Label(servers, SWT.NONE);
        picture.setImage(pictures.create(Picture.CONNECTING.descriptor()));
        GridDataFactory.swtDefaults().align(SWT.CENTER, SWT.BEGINNING).applyTo(picture);
        Label sentence = new Label(servers, SWT.WRAP);
        sentence.setText(Names.literal(check.server() + "\n" + Messages.checkTrying));
        GridDataFactory.fillDefaults().grab(true, false).hint(100, SWT.DEFAULT).applyTo(sentence);
        return new Row(picture, sentence);
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
        Row row = rows.get(number);
        row.picture().setImage(pictures.create(picture.descriptor()));
        row.sentence().setText(Names.literal(checks.get(number).server() + "\n" + sentence));
        if (!arranging) {
            arranging = true;
            later(getShell().getDisplay(), this::arrange);
        }
    }

    /** Once for all answers that came together: measuring wrapped lines takes long. */
    private void arrange() {
        arranging = false;
        servers.layout(true);
        resize();
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

    private void resize() {
        scrolled.setMinHeight(servers.computeSize(scrolled.getClientArea().width, SWT.DEFAULT).y);
    }
}
