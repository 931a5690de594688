// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.peers;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableItem;
import org.eclipse.swt.widgets.Text;
import org.vaultsync.DeviceSettings;
import org.vaultsync.Member;
import org.vaultsync.ui.dialogs.SyncDialog;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;

/** Where a member is dialled besides the addresses that it says itself. UI thread. */
final class AddressesDialog extends SyncDialog {
    private final Member member;
    private Table typed;
    private Text address;
    private Button add;
    private Button remove;
    private Button up;
    private Button down;
    private boolean storing;

    AddressesDialog(LiveSync live, Shell shell, Member member) {
        super(live, shell, Messages.addressesTitle, "addresses");
        this.member = member;
    }

    @Override
    protected void fill(Composite area) {
        GridLayoutFactory.swtDefaults()
                .numColumns(2)
                .margins(12, 12)
                .spacing(6, 6)
                .applyTo(area);
        setTitle(Names.literal(NLS.bind(Messages.addressesHeading, member.name())));
        setMessage(Messages.addressesExplained);
        List<String> before = live.settings()
                .map(settings -> settings.typedAddresses(member.fingerprint()))
                .orElse(List.of());
        List<String> said =
                live.settings().map(settings -> settings.addresses(member.fingerprint())).orElse(List.of()).stream()
                        .filter(one -> !before.contains(one))
                        .toList();
        Label known = new Label(area, SWT.WRAP);
        known.setText(Names.literal(
                said.isEmpty()
                        ? Messages.addressesNotSaid
                        : NLS.bind(Messages.addressesSaid, String.join(", ", said))));
        GridDataFactory.fillDefaults()
                .span(2, 1)
                .grab(true, false)
                .hint(convertWidthInCharsToPixels(60), SWT.DEFAULT)
                .applyTo(known);
        Label label = new Label(area, SWT.NONE);
        label.setText(Messages.addressesTyped);
        GridDataFactory.fillDefaults().span(2, 1).indent(0, 6).applyTo(label);

        address = new Text(area, SWT.BORDER);
        address.setMessage(Messages.addressExample);
        address.addModifyListener(changed -> check());
        GridDataFactory.fillDefaults()
                .align(SWT.FILL, SWT.CENTER)
                .grab(true, false)
                .applyTo(address);
        add = button(area, Messages.addressAdd, this::add);
        typed = new Table(area, SWT.BORDER | SWT.SINGLE);
        typed.addListener(SWT.Selection, clicked -> check());
        GridDataFactory.fillDefaults()
                .span(1, 3)
                .grab(true, true)
                .hint(convertWidthInCharsToPixels(50), convertHeightInCharsToPixels(7))
                .applyTo(typed);
        remove = button(area, Messages.addressRemove, this::remove);
        up = button(area, Messages.addressUp, () -> move(-1));
        down = button(area, Messages.addressDown, () -> move(1));
        before.forEach(this::row);
    }

    private static Button button(Composite area, String text, Runnable action) {
        Button button = new Button(area, SWT.PUSH);
        button.setText(text);
        button.addListener(SWT.Selection, clicked -> action.run());
        GridDataFactory.fillDefaults().align(SWT.FILL, SWT.TOP).applyTo(button);
        return button;
    }

    @Override
    protected void createButtonsForButtonBar(Composite parent) {
        super.createButtonsForButtonBar(parent);
        check();
    }

    @Override
    protected Control createContents(Composite parent) {
        Control contents = super.createContents(parent);
        address.setFocus();
        return contents;
    }

    private void row(String text) {
        new TableItem(typed, SWT.NONE).setText(text);
    }

    private void add() {
        String text = address.getText().strip();
        if (!rows().contains(text)) {
            row(text);
        }
        address.setText("");
        address.setFocus();
    }

    private void remove() {
        int selected = typed.getSelectionIndex();
        typed.remove(selected);
        typed.setSelection(Math.min(selected, typed.getItemCount() - 1));
        check();
    }

    private void move(int by) {
        int from = typed.getSelectionIndex();
        List<String> rows = rows();
        Collections.swap(rows, from, from + by);
        for (int i = 0; i < rows.size(); i++) {
            typed.getItem(i).setText(rows.get(i));
        }
        typed.setSelection(from + by);
        check();
    }

    private List<String> rows() {
        return Arrays.asList(
                Arrays.stream(typed.getItems()).map(TableItem::getText).toArray(String[]::new));
    }

    private void check() {
        int selected = typed.getSelectionIndex();
        String text = address.getText().strip();
        boolean wrong = !text.isEmpty() && !DeviceSettings.isAddress(text);
        add.setEnabled(!text.isEmpty() && !wrong);
        remove.setEnabled(selected >= 0);
        up.setEnabled(selected > 0);
        down.setEnabled(selected >= 0 && selected < typed.getItemCount() - 1);
        Button ok = getButton(IDialogConstants.OK_ID);
        if (ok != null) {
            ok.setEnabled(!storing && !wrong && live.settings().isPresent());
            getShell().setDefaultButton(add.isEnabled() ? add : ok);
            String complaint = wrong ? NLS.bind(Messages.addressWrong, text) : null;
            setErrorMessage(live.settings().isPresent() ? complaint : Messages.notRunning);
        }
    }

    @Override
    protected void okPressed() {
        if (storing) {
            return;
        }
        storing = true;
        check();
        // What stands in the field and was not added yet is meant, too.
        SequencedSet<String> all = new LinkedHashSet<>(rows());
        if (!address.getText().isBlank()) {
            all.add(address.getText().strip());
        }
        Answers.ask(
                live.settings(),
                settings -> settings.setTypedAddresses(member.fingerprint(), List.copyOf(all)),
                typed,
                stored -> super.okPressed(),
                why -> {
                    storing = false;
                    check();
                    setErrorMessage(why);
                });
    }
}
