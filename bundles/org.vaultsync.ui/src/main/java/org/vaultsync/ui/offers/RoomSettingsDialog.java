// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.offers;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Group;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableItem;
import org.eclipse.swt.widgets.Text;
import org.vaultsync.NameOrder;
import org.vaultsync.Room;
import org.vaultsync.SyncPolicy.Incoming;
import org.vaultsync.SyncPolicy.Taking;
import org.vaultsync.ui.dialogs.Fields;
import org.vaultsync.ui.dialogs.SyncDialog;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;
import org.vaultsync.ui.text.Sentences;

/** What this device takes of a room. UI thread. */
public final class RoomSettingsDialog extends SyncDialog {
    private final Room room;
    private final Map<Incoming, Button> choices = new EnumMap<>(Incoming.class);
    private Button onlySome;
    private Table types;
    private Text others;
    private boolean storing;

    public RoomSettingsDialog(LiveSync live, Shell shell, Room room) {
        super(live, shell, Messages.settingsTitle, "rooms", new Point(520, 420));
        this.room = room;
    }

    @Override
    protected void fill(Composite area) {
        setTitle(Names.literal(NLS.bind(Messages.settingsHeading, Sentences.quoted(room))));
        setMessage(Messages.settingsExplained);
        Taking now = live.policy().map(policy -> policy.taking(room.id())).orElse(Taking.ALL);

        Group incoming = new Group(area, SWT.NONE);
        incoming.setText(Messages.settingsIncoming);
        GridLayoutFactory.swtDefaults().applyTo(incoming);
        GridDataFactory.fillDefaults().grab(true, false).applyTo(incoming);
        for (Incoming each : Incoming.values()) {
            Button choice = new Button(incoming, SWT.RADIO);
            choice.setText(
                    switch (each) {
                        case TAKE -> Messages.settingsTake;
                        case ASK -> Messages.settingsAsk;
                        case BROWSE -> Messages.settingsBrowse;
                    });
            choice.setSelection(each == now.incoming());
            choices.put(each, choice);
        }

        onlySome = new Button(area, SWT.CHECK);
        onlySome.setText(Messages.settingsTypes);
        onlySome.setSelection(now.types().isPresent());
        onlySome.addListener(SWT.Selection, clicked -> check());
        types = new Table(area, SWT.CHECK | SWT.BORDER);
        types.addListener(SWT.Selection, clicked -> check());
        GridDataFactory.fillDefaults()
                .indent(22, 0)
                .grab(true, true)
                .hint(convertWidthInCharsToPixels(60), convertHeightInCharsToPixels(7))
                .applyTo(types);
        Composite more = new Composite(area, SWT.NONE);
        GridLayoutFactory.fillDefaults().numColumns(2).applyTo(more);
        GridDataFactory.fillDefaults().indent(22, 0).grab(true, false).applyTo(more);
        new Label(more, SWT.NONE).setText(Messages.settingsOtherTypes);
        others = new Text(more, SWT.BORDER);
        others.addModifyListener(typed -> check());
        GridDataFactory.fillDefaults().grab(true, false).applyTo(others);
        Set<String> wanted = now.types().orElse(Set.of());
        list(wanted, wanted);
        live.policy()
                .ifPresent(policy ->
                        Answers.of(policy.types(), types, known -> list(known, Set.of()), this::setErrorMessage));
    }

    /** Adds types to the list; what is in it already stays as it is. */
    private void list(Set<String> some, Set<String> checked) {
        Map<String, Boolean> all =
                Arrays.stream(types.getItems()).collect(Collectors.toMap(TableItem::getText, TableItem::getChecked));
        some.forEach(type -> all.putIfAbsent(type, checked.contains(type)));
        types.removeAll();
        all.keySet().stream().sorted(new NameOrder()).forEach(type -> {
            TableItem row = new TableItem(types, SWT.NONE);
            row.setText(type);
            row.setChecked(all.get(type));
        });
        check();
    }

    @Override
    protected void createButtonsForButtonBar(Composite parent) {
        super.createButtonsForButtonBar(parent);
        check();
    }

    private Set<String> wanted() {
        return Stream.concat(
                        Arrays.stream(types.getItems())
                                .filter(TableItem::getChecked)
                                .map(TableItem::getText),
                        Arrays.stream(others.getText().split(",", -1)).map(String::strip))
                .filter(type -> !type.isEmpty())
                .collect(Collectors.toSet());
    }

    private void check() {
        types.setEnabled(onlySome.getSelection());
        Fields.enable(others, onlySome.getSelection());
        Button ok = getButton(IDialogConstants.OK_ID);
        if (ok != null) {
            boolean nothing = onlySome.getSelection() && wanted().isEmpty();
            setErrorMessage(live.policy().isEmpty() ? Messages.notRunning : nothing ? Messages.settingsNoType : null);
            ok.setEnabled(!storing && !nothing && live.policy().isPresent());
        }
    }

    @Override
    protected void okPressed() {
        Optional<Incoming> incoming = choices.entrySet().stream()
                .filter(choice -> choice.getValue().getSelection())
                .map(Map.Entry::getKey)
                .findFirst();
        if (incoming.isEmpty() || storing) {
            return;
        }
        storing = true;
        check();
        Taking taking = new Taking(incoming.get(), onlySome.getSelection() ? Optional.of(wanted()) : Optional.empty());
        Answers.ask(
                live.policy(),
                policy -> policy.setTaking(room.id(), taking),
                types,
                stored -> super.okPressed(),
                why -> {
                    storing = false;
                    check();
                    setErrorMessage(why);
                });
    }
}
