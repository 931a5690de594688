// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.diagnosis;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.TitleAreaDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.dnd.Transfer;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.ProgressBar;
import org.eclipse.swt.widgets.Shell;
import org.vaultsync.Diagnosis;
import org.vaultsync.Diagnostics;
import org.vaultsync.Finding;
import org.vaultsync.Finding.Weight;
import org.vaultsync.ui.dialogs.ContextHelp;
import org.vaultsync.ui.dialogs.PicturedSentences;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.DeviceNames;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.pictures.Picture;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Said;
import org.vaultsync.ui.text.Troubles;

/** Looks for what keeps sync from working, says what to do, and gives a report to copy. UI thread. */
public final class DiagnosisDialog extends TitleAreaDialog {
    private static final int COPY = IDialogConstants.CLIENT_ID;

    private final LiveSync live;
    private PicturedSentences findings;
    private ProgressBar progress; // as long as it looks
    private String report = "";

    public DiagnosisDialog(LiveSync live, Shell shell) {
        super(shell);
        this.live = live;
        setHelpAvailable(false);
    }

    @Override
    protected void configureShell(Shell shell) {
        super.configureShell(shell);
        shell.setText(Messages.diagnosisTitle);
        ContextHelp.on(shell, "diagnosis");
    }

    @Override
    protected boolean isResizable() {
        return true;
    }

    @Override
    protected Point getInitialSize() {
        return new Point(convertWidthInCharsToPixels(92), convertHeightInCharsToPixels(33));
    }

    @Override
    protected Control createDialogArea(Composite parent) {
        Composite area = (Composite) super.createDialogArea(parent);
        findings = new PicturedSentences(area);
        progress = new ProgressBar(area, SWT.INDETERMINATE);
        GridDataFactory.fillDefaults().grab(true, false).indent(0, 6).applyTo(progress);
        return area;
    }

    @Override
    protected void createButtonsForButtonBar(Composite parent) {
        createButton(parent, COPY, Messages.copyReport, false).setEnabled(false);
        createButton(parent, IDialogConstants.CANCEL_ID, IDialogConstants.CLOSE_LABEL, true);
    }

    @Override
    protected Control createContents(Composite parent) {
        Control contents = super.createContents(parent);
        setTitle(Messages.diagnosisTitle);
        Optional<Diagnostics> diagnostics = live.diagnostics();
        if (diagnostics.isEmpty()) {
            failed(Messages.notRunning);
        } else {
            setMessage(Messages.diagnosing);
            DiagnosisJob job = new DiagnosisJob(diagnostics.get());
            getShell().addDisposeListener(gone -> job.cancel());
            getButton(IDialogConstants.CANCEL_ID).setText(IDialogConstants.CANCEL_LABEL);
            Answers.of(job.answer(), getShell(), this::show, this::failed);
            job.schedule();
        }
        return contents;
    }

    private void failed(String why) {
        ended();
        setErrorMessage(why);
    }

    private void ended() {
        Composite area = progress.getParent();
        progress.dispose();
        area.layout();
        getButton(IDialogConstants.CANCEL_ID).setText(IDialogConstants.CLOSE_LABEL);
    }

    private void show(Diagnosis diagnosis) {
        ended();
        report = diagnosis.report();
        DeviceNames names = new DeviceNames(live.sync());
        diagnosis.findings().stream()
                .sorted(Comparator.comparing(Finding::weight).reversed())
                .forEach(finding -> add(finding, names));
        long problems = diagnosis.findings().stream()
                .filter(finding -> finding.weight() == Weight.PROBLEM)
                .count();
        setMessage(
                problems == 0
                        ? Messages.diagnosisFine
                        : problems == 1
                                ? Messages.diagnosisOneProblem
                                : NLS.bind(Messages.diagnosisProblems, problems));
        getButton(COPY).setEnabled(true);
    }

    private void add(Finding finding, DeviceNames names) {
        String said = finding.peer().map(peer -> names.of(peer) + ": ").orElse("")
                + finding.trouble().map(Troubles::sentence).orElseGet(() -> Said.in(finding.sentence()));
        String advice = finding.trouble()
                .map(Troubles::advice)
                .filter(text -> !text.isEmpty())
                .orElseGet(() -> Said.in(finding.advice()));
        findings.add()
                .show(
                        picture(finding.weight()),
                        weight(finding.weight()),
                        advice.isEmpty() ? said : String.join("\n", List.of(said, "→ " + advice)));
        finding.trouble()
                .flatMap(trouble -> Remedy.of(trouble, live, getShell()))
                .ifPresent(remedy -> findings.offer(remedy.label(), remedy.run()));
    }

    private static Picture picture(Weight weight) {
        return switch (weight) {
            case FINE -> Picture.SYNCED;
            case NOTE -> Picture.NOTE;
            case PROBLEM -> Picture.ERROR;
        };
    }

    private static String weight(Weight weight) {
        return switch (weight) {
            case FINE -> Messages.findingFine;
            case NOTE -> Messages.findingNote;
            case PROBLEM -> Messages.findingProblem;
        };
    }

    @Override
    protected void buttonPressed(int button) {
        if (button != COPY) {
            super.buttonPressed(button);
            return;
        }
        Clipboard clipboard = new Clipboard(getShell().getDisplay());
        try {
            clipboard.setContents(new Object[] {report}, new Transfer[] {TextTransfer.getInstance()});
        } finally {
            clipboard.dispose();
        }
        setMessage(Messages.reportCopied);
    }
}
