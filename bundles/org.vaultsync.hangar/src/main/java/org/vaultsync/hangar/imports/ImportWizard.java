// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.imports;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.wizard.Wizard;
import org.eclipse.jface.wizard.WizardPage;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.FileDialog;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Text;
import org.vaultsync.hangar.item.ItemType;
import org.vaultsync.hangar.look.Words;
import org.vaultsync.hangar.vault.FolderVault;

/** Asks which file to import and how, imports it with a progress bar, and shows the report. */
public final class ImportWizard extends Wizard {
    private final FolderVault vault;
    private final ChoicePage page = new ChoicePage();

    public ImportWizard(FolderVault vault) {
        this.vault = vault;
        setWindowTitle(Words.of("Import Items"));
        setNeedsProgressMonitor(true);
    }

    @Override
    public void addPages() {
        addPage(page);
    }

    @Override
    public boolean performFinish() {
        Path file = Path.of(page.file.getText().strip());
        Optional<String> type = page.type();
        ItemImport.Existing existing = page.existing();
        AtomicReference<Report> report = new AtomicReference<>();
        try {
            getContainer().run(true, true, monitor -> report.set(imported(file, type, existing, monitor)));
        } catch (InvocationTargetException failed) {
            MessageDialog.openError(
                    getShell(),
                    Words.of("Import Items"),
                    String.valueOf(failed.getCause().getMessage()));
            return false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
        new ReportDialog(getShell(), file.getFileName().toString(), report.get()).open();
        return true;
    }

    private Report imported(Path file, Optional<String> type, ItemImport.Existing existing, IProgressMonitor monitor)
            throws InvocationTargetException {
        try {
            int kilobytes = (int) Math.max(1, Files.size(file) / 1024);
            monitor.beginTask(Words.of("Importing %s", file.getFileName()), kilobytes);
            return new ItemImport(vault, type, existing, new ItemImport.Progress() {
                        private long rest;

                        @Override
                        public boolean isCancelled() {
                            return monitor.isCanceled();
                        }

                        @Override
                        public void read(long bytes) {
                            rest += bytes;
                            monitor.worked((int) (rest / 1024));
                            rest %= 1024;
                        }
                    })
                    .run(file);
        } catch (IOException unreadable) {
            throw new InvocationTargetException(
                    new IOException(Words.of("The file cannot be read: %s", unreadable.getMessage()), unreadable));
        } finally {
            monitor.done();
        }
    }

    private static final class ChoicePage extends WizardPage {
        private final List<Optional<String>> types = new ArrayList<>(List.of(Optional.empty()));
        private Text file;
        private Combo type;
        private Combo existing;

        ChoicePage() {
            super("choice");
            setTitle(Words.of("Import items from a file"));
            setDescription(
                    Words.of("A .json file with one item or a list, or a .ndjson file with an item on each line; either"
                            + " may be compressed (.gz)."));
        }

        @Override
        public void createControl(Composite parent) {
            Composite area = new Composite(parent, SWT.NONE);
            GridLayoutFactory.swtDefaults()
                    .numColumns(3)
                    .margins(8, 8)
                    .spacing(10, 8)
                    .applyTo(area);
            new Label(area, SWT.NONE).setText(Words.of("File:"));
            file = new Text(area, SWT.BORDER);
            GridDataFactory.fillDefaults()
                    .grab(true, false)
                    .hint(360, SWT.DEFAULT)
                    .applyTo(file);
            file.addModifyListener(event -> check());
            Button browse = new Button(area, SWT.PUSH);
            browse.setText(Words.of("Browse..."));
            browse.addListener(SWT.Selection, event -> browse());

            new Label(area, SWT.NONE).setText(Words.of("Type:"));
            type = new Combo(area, SWT.READ_ONLY);
            type.add(Words.of("As the content says"));
            for (ItemType known : ItemType.known()) {
                type.add(known.many());
                types.add(Optional.of(known.type()));
            }
            type.select(0);
            GridDataFactory.fillDefaults().span(2, 1).applyTo(type);

            new Label(area, SWT.NONE).setText(Words.of("Items that are here already:"));
            existing = new Combo(area, SWT.READ_ONLY);
            existing.setItems(
                    Words.of("Leave as they are"), Words.of("Replace"), Words.of("Import as new items beside them"));
            existing.select(0);
            GridDataFactory.fillDefaults().span(2, 1).applyTo(existing);
            setControl(area);
            setPageComplete(false);
        }

        private void browse() {
            FileDialog dialog = new FileDialog(getShell(), SWT.OPEN);
            dialog.setText(Words.of("Import Items"));
            dialog.setFilterNames(new String[] {Words.of("Items"), Words.of("All files")});
            dialog.setFilterExtensions(new String[] {"*.json;*.ndjson;*.jsonl;*.gz", "*.*"});
            String chosen = dialog.open();
            if (chosen != null) {
                file.setText(chosen);
            }
        }

        private void check() {
            String name = file.getText().strip();
            boolean readable;
            try {
                readable = !name.isEmpty() && Files.isRegularFile(Path.of(name)) && Files.isReadable(Path.of(name));
            } catch (IllegalArgumentException noPath) {
                readable = false;
            }
            setErrorMessage(
                    readable || name.isEmpty() ? null : Words.of("There is no such file, or it cannot be read."));
            setPageComplete(readable);
        }

        Optional<String> type() {
            return types.get(type.getSelectionIndex());
        }

        ItemImport.Existing existing() {
            return ItemImport.Existing.values()[existing.getSelectionIndex()];
        }
    }
}
