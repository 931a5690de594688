// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.history;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.SashForm;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.vaultsync.FieldChange;
import org.vaultsync.ItemHistory;
import org.vaultsync.Version;
import org.vaultsync.ui.comparison.Comparison;
import org.vaultsync.ui.comparison.Comparison.Side;
import org.vaultsync.ui.conflicts.JsonText;
import org.vaultsync.ui.dialogs.Rows;
import org.vaultsync.ui.dialogs.SyncDialog;
import org.vaultsync.ui.dialogs.ValueText;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;

/**
 * The versions of an item. One that is selected shows what was changed in it, two that are selected are compared, and
 * one can be restored. UI thread.
 */
public final class HistoryDialog extends SyncDialog {
    private static final int RESTORE = IDialogConstants.CLIENT_ID;
    private static final int COMPARE = IDialogConstants.CLIENT_ID + 1;

    private final String itemId;
    private Rows<Version> versions;
    private Label compared;
    private Rows<FieldChange> changes;
    private ValueText before;
    private ValueText after;
    private List<Version> known = List.of();
    private String unknown = ""; // why the versions are not known, as the dialog says it

    public HistoryDialog(LiveSync live, Shell shell, String itemId) {
        super(live, shell, Messages.historyTitle, "history", new Point(760, 620));
        this.itemId = itemId;
    }

    @Override
    protected void fill(Composite area) {
        SashForm parts = new SashForm(area, SWT.VERTICAL);
        GridDataFactory.fillDefaults().grab(true, true).applyTo(parts);

        versions = new Rows<Version>(parts, SWT.MULTI)
                .column(Messages.versionWhen, 3, Told::when)
                .column(Messages.versionWho, 3, Told::who)
                .column(Messages.versionWhat, 5, Told::what)
                .onSelection(this::showSelected);

        Composite lower = new Composite(parts, SWT.NONE);
        GridLayoutFactory.fillDefaults()
                .numColumns(2)
                .equalWidth(true)
                .spacing(8, 6)
                .applyTo(lower);
        compared = new Label(lower, SWT.NONE);
        GridDataFactory.fillDefaults().span(2, 1).grab(true, false).applyTo(compared);
        changes = new Rows<FieldChange>(lower, SWT.SINGLE)
                .column(Messages.changeField, 3, Told::field)
                .column(Messages.changeBefore, 4, change -> Told.brief(change.before()))
                .column(Messages.changeAfter, 4, change -> Told.brief(change.after()))
                .onSelection(this::showValues);
        GridDataFactory.fillDefaults()
                .span(2, 1)
                .grab(true, true)
                .hint(SWT.DEFAULT, 110)
                .applyTo(changes.frame());
        before = value(lower, Messages.changeBefore);
        after = value(lower, Messages.changeAfter);
        parts.setWeights(4, 5);

        live.onItems(area, changed -> {
            if (changed.contains(itemId)) {
                load();
            }
        });
        live.onRooms(area, () -> {
            if (!unknown.isEmpty() && live.history().isPresent()) { // sync is there again
                load();
            }
        });
    }

    private ValueText value(Composite parent, String name) {
        ValueText text = new ValueText(parent, SWT.READ_ONLY, () -> name);
        GridDataFactory.fillDefaults()
                .grab(true, false)
                .hint(convertWidthInCharsToPixels(30), convertHeightInCharsToPixels(4))
                .applyTo(text.control());
        return text;
    }

    @Override
    protected void createButtonsForButtonBar(Composite parent) {
        if (live.comparison().isPresent()) {
            createButton(parent, COMPARE, Messages.compareInEditor, false);
        }
        createButton(parent, RESTORE, Messages.restoreVersion, false);
        createButton(parent, IDialogConstants.CANCEL_ID, IDialogConstants.CLOSE_LABEL, true);
    }

    @Override
    protected Control createContents(Composite parent) {
        Control contents = super.createContents(parent);
        setTitle(Messages.historyTitle);
        setMessage(Messages.historyLoading);
        versions.setFocus();
        showSelected();
        load();
        return contents;
    }

    private void load() {
        Optional<ItemHistory> history = live.history();
        if (history.isEmpty()) {
            failed(Messages.notRunning);
        } else {
            Answers.of(history.get().versions(itemId), getShell(), this::show, this::failed);
        }
    }

    private void failed(String why) {
        unknown = why;
        setErrorMessage(why);
    }

    private void show(List<Version> loaded) {
        if (unknown.equals(getErrorMessage())) { // why something was not restored stays
            setErrorMessage(null);
        }
        unknown = "";
        List<String> selected = selected().stream().map(Version::id).toList();
        known = loaded;
        versions.show(known);
        List<Version> again = known.stream()
                .filter(version -> selected.contains(version.id()))
                .toList();
        if (!known.isEmpty()) {
            versions.select(again.isEmpty() ? known.subList(0, 1) : again);
        }
        known.stream()
                .flatMap(version -> version.item().stream())
                .findFirst()
                .ifPresent(item -> setTitle(NLS.bind(Messages.historyOf, Names.literal(item.name()))));
        setMessage(known.isEmpty() ? Messages.historyEmpty : Messages.historyExplained);
        showSelected();
    }

    /** The selected versions, the newest first. */
    private List<Version> selected() {
        List<Version> rows = versions.allSelected();
        return known.stream().filter(rows::contains).toList();
    }

    private void showSelected() {
        List<Version> selected = selected();
        List<FieldChange> found = List.of();
        String what = Messages.compareHow;
        if (selected.size() == 1) {
            Version version = selected.getFirst();
            found = version.changes();
            what = NLS.bind(Messages.changesIn, Told.when(version), Told.who(version));
        } else if (selected.size() == 2) {
            Version older = selected.getLast();
            Version newer = selected.getFirst();
            found = live.history().map(history -> history.compare(older, newer)).orElse(List.of());
            what = NLS.bind(Messages.changesBetween, Told.when(older), Told.when(newer));
        }
        compared.setText(Names.literal(what));
        showChanges(found);
        showValues();
        Button restore = getButton(RESTORE);
        if (restore != null) {
            restore.setEnabled(toRestore().isPresent());
        }
        Button compare = getButton(COMPARE);
        if (compare != null) {
            compare.setEnabled(toCompare().size() == 2);
        }
    }

    /** The field that is being read stays selected while the item changes. */
    private void showChanges(List<FieldChange> found) {
        Optional<String> read = changes.selected().map(FieldChange::field);
        changes.show(found);
        found.stream()
                .filter(change -> read.equals(Optional.of(change.field())))
                .findFirst()
                .or(() -> found.stream().findFirst())
                .ifPresent(change -> changes.select(List.of(change)));
    }

    /** The two versions that are selected, or the one and that before it; the newer first. */
    private List<Version> toCompare() {
        List<Version> selected = selected();
        return selected.size() == 1
                ? known.stream()
                        .skip(known.indexOf(selected.getFirst()))
                        .limit(2)
                        .toList()
                : selected;
    }

    /** The selected version, if there is something of it to restore. */
    private Optional<Version> toRestore() {
        return Stream.of(selected())
                .filter(selected -> selected.size() == 1)
                .map(List::getFirst)
                .filter(version -> version.item().isPresent() && version != known.getFirst())
                .findFirst();
    }

    private void showValues() {
        Optional<FieldChange> change = changes.selected();
        before.show(change.map(FieldChange::before).map(Told::value).orElse(""));
        after.show(change.map(FieldChange::after).map(Told::value).orElse(""));
    }

    @Override
    protected void buttonPressed(int button) {
        if (button == RESTORE) {
            restore();
        } else if (button == COMPARE) {
            compare();
        } else {
            super.buttonPressed(button);
        }
    }

    /** An editor is of no use under a dialog. */
    private void compare() {
        Optional<Comparison> comparison = live.comparison();
        List<Version> both = toCompare();
        if (comparison.isPresent() && both.size() == 2) {
            String title = known.stream()
                    .flatMap(version -> version.item().stream())
                    .findFirst()
                    .map(item -> NLS.bind(Messages.historyOf, item.name()))
                    .orElse(Messages.historyTitle);
            close();
            comparison.get().inEditor(title, side(both.getFirst()), side(both.getLast()));
        }
    }

    private static Side side(Version version) {
        return new Side(
                NLS.bind(Messages.versionOf, Told.when(version), Told.who(version)),
                version.item().map(item -> JsonText.readable(item.content())).orElse(""));
    }

    private void restore() {
        Optional<Version> version = toRestore();
        if (version.isEmpty()) {
            return;
        }
        setErrorMessage(null);
        getButton(RESTORE).setEnabled(false);
        Answers.ask(
                live.history(),
                history -> history.restore(version.get()),
                getShell(),
                done -> {
                    versions.select(List.of()); // so that what was restored is selected then
                    load();
                },
                why -> {
                    setErrorMessage(why);
                    showSelected();
                });
    }
}
