// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.imports;

import java.util.stream.Collectors;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.IMessageProvider;
import org.eclipse.jface.dialogs.TitleAreaDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.dnd.Transfer;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableColumn;
import org.eclipse.swt.widgets.TableItem;
import org.vaultsync.hangar.look.Words;

/** Says what was imported, and which lines were refused and why. */
final class ReportDialog extends TitleAreaDialog {
    private static final int MOST_ROWS = 10_000;

    private final String file;
    private final Report report;

    ReportDialog(Shell parent, String file, Report report) {
        super(parent);
        this.file = file;
        this.report = report;
    }

    @Override
    protected void configureShell(Shell shell) {
        super.configureShell(shell);
        shell.setText(Words.of("Import Report"));
    }

    @Override
    protected boolean isResizable() {
        return true;
    }

    @Override
    protected Control createDialogArea(Composite parent) {
        Composite area = (Composite) super.createDialogArea(parent);
        setTitle(file);
        setMessage(
                report.summary() + report.broken().map(why -> " " + why).orElse(""),
                report.broken().isPresent()
                        ? IMessageProvider.ERROR
                        : report.refused().isEmpty() ? IMessageProvider.NONE : IMessageProvider.WARNING);
        if (!report.refused().isEmpty()) {
            Table table = new Table(area, SWT.BORDER | SWT.FULL_SELECTION | SWT.MULTI | SWT.VIRTUAL);
            table.setData("label", Words.of("Refused"));
            table.setHeaderVisible(true);
            column(table, Words.of("Line"), 80);
            column(table, Words.of("Why it was refused"), 520);
            // Only the rows that are looked at are made: ten thousand take the toolkit a second.
            table.addListener(SWT.SetData, event -> {
                Report.Refusal refusal = report.refused().get(event.index);
                ((TableItem) event.item).setText(new String[] {Long.toString(refusal.line()), refusal.why()});
            });
            table.setItemCount(Math.min(MOST_ROWS, report.refused().size()));
            GridDataFactory.fillDefaults()
                    .grab(true, true)
                    .hint(620, 240)
                    .indent(8, 8)
                    .applyTo(table);
        }
        return area;
    }

    private static void column(Table table, String title, int width) {
        TableColumn column = new TableColumn(table, SWT.NONE);
        column.setText(title);
        column.setWidth(width);
    }

    @Override
    protected void createButtonsForButtonBar(Composite parent) {
        if (!report.refused().isEmpty()) {
            createButton(parent, IDialogConstants.CLIENT_ID, Words.of("Copy"), false);
        }
        createButton(parent, IDialogConstants.OK_ID, IDialogConstants.CLOSE_LABEL, true);
    }

    @Override
    protected void buttonPressed(int button) {
        if (button != IDialogConstants.CLIENT_ID) {
            super.buttonPressed(button);
            return;
        }
        Clipboard clipboard = new Clipboard(getShell().getDisplay());
        clipboard.setContents(
                new Object[] {
                    report.refused().stream()
                            .map(refusal -> file + ":" + refusal.line() + ": " + refusal.why())
                            .collect(Collectors.joining("\n"))
                },
                new Transfer[] {TextTransfer.getInstance()});
        clipboard.dispose();
    }
}
