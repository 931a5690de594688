// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.preferences;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.preference.PreferencePage;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.IWorkbench;
import org.eclipse.ui.IWorkbenchPreferencePage;
import org.vaultsync.NameOrder;
import org.vaultsync.Room;
import org.vaultsync.SyncPolicy;
import org.vaultsync.SyncPolicy.Sharing;
import org.vaultsync.VaultSync;
import org.vaultsync.ui.dialogs.ContextHelp;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.rooms.Rooms;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;
import org.vaultsync.ui.text.Sentences;

/** Which types are shared by themselves, and which never. */
public final class TypesPage extends PreferencePage implements IWorkbenchPreferencePage {
    private final LiveSync live = LiveSync.ofWorkbench();
    // All of these: UI thread
    private final Map<String, Combo> choices = new TreeMap<>();
    private final List<Sharing> ways = new ArrayList<>();
    private final List<String> words = new ArrayList<>();
    private Map<String, Sharing> before = Map.of();
    private Composite rows;
    private Label nothing;

    @Override
    public void init(IWorkbench workbench) {
        noDefaultAndApplyButton();
    }

    @Override
    protected void contributeButtons(Composite bar) {
        RestoreDefaults.button(
                bar, () -> choices.values().forEach(choice -> choice.select(ways.indexOf(new Sharing.OnRequest()))));
    }

    @Override
    protected Control createContents(Composite parent) {
        Composite area = new Composite(parent, SWT.NONE);
        ContextHelp.on(area, "preferences");
        GridLayoutFactory.fillDefaults().spacing(8, 10).applyTo(area);
        Label explained = new Label(area, SWT.WRAP);
        explained.setText(Messages.typesExplained);
        GridDataFactory.fillDefaults().grab(true, false).hint(300, SWT.DEFAULT).applyTo(explained);
        Optional<SyncPolicy> policy = live.policy();
        Optional<String> unknown = Sentences.whyUnknown(live.sync());
        if (unknown.isPresent() || policy.isEmpty()) {
            unknown.ifPresent(why -> Wrapped.heading(area, 1, Names.literal(why)));
            setMessage(Messages.notRunning, WARNING);
            return area;
        }
        way(new Sharing.OnRequest(), Messages.typesOnRequest);
        way(new Sharing.Never(), Messages.typesNever);
        before = policy.get().sharing();
        List<Room> entered = Rooms.entered(live);
        for (Room room : live.sync().map(VaultSync::rooms).orElse(List.of())) {
            // A room that removed this device is there only where it is set already.
            if (!entered.contains(room) && !before.containsValue(new Sharing.Always(room.id()))) {
                continue;
            }
            way(new Sharing.Always(room.id()), NLS.bind(Messages.typesAlways, Sentences.quoted(room)));
        }

        rows = new Composite(area, SWT.NONE);
        GridLayoutFactory.fillDefaults().numColumns(2).spacing(12, 6).applyTo(rows);
        GridDataFactory.fillDefaults().grab(true, false).applyTo(rows);
        nothing = new Label(rows, SWT.WRAP);
        GridDataFactory.fillDefaults()
                .span(2, 1)
                .grab(true, false)
                .hint(300, SWT.DEFAULT)
                .applyTo(nothing);
        nothing.setText(Messages.typesLoading);
        before.keySet().stream().sorted(new NameOrder()).forEach(this::row);

        Composite another = new Composite(area, SWT.NONE);
        GridLayoutFactory.fillDefaults().numColumns(3).applyTo(another);
        GridDataFactory.fillDefaults().grab(true, false).applyTo(another);
        new Label(another, SWT.NONE).setText(Messages.typesAnother);
        Text type = new Text(another, SWT.BORDER);
        GridDataFactory.fillDefaults().grab(true, false).applyTo(type);
        Button add = new Button(another, SWT.PUSH);
        add.setText(Messages.typesAdd);
        add.setEnabled(false);
        type.addModifyListener(typed -> add.setEnabled(!type.getText().isBlank()));
        add.addListener(SWT.Selection, clicked -> add(type));
        type.addListener(SWT.Traverse, key -> {
            if (key.detail == SWT.TRAVERSE_RETURN && !type.getText().isBlank()) {
                key.detail = SWT.TRAVERSE_NONE; // the dialog would close without the type
                add(type);
            }
        });
        Answers.of(policy.get().types(), area, this::list, why -> {
            nothing.setText(Names.literal(why));
            nothing.requestLayout();
        });
        return area;
    }

    private void add(Text type) {
        row(type.getText().strip());
        type.setText("");
    }

    private void way(Sharing sharing, String word) {
        ways.add(sharing);
        words.add(word);
    }

    private void list(Set<String> types) {
        types.stream().sorted(new NameOrder()).forEach(this::row);
        if (choices.isEmpty()) {
            nothing.setText(Messages.typesNone);
        } else {
            nothing.dispose();
        }
        rows.requestLayout();
    }

    private void row(String type) {
        if (choices.containsKey(type)) {
            return;
        }
        Label name = new Label(rows, SWT.NONE);
        name.setText(Names.literal(type));
        Combo choice = new Combo(rows, SWT.READ_ONLY);
        choice.setItems(words.toArray(String[]::new));
        choice.select(Math.max(0, ways.indexOf(before.getOrDefault(type, new Sharing.OnRequest()))));
        GridDataFactory.fillDefaults().grab(true, false).applyTo(choice);
        choices.put(type, choice);
        rows.requestLayout();
    }

    @Override
    public boolean performOk() {
        // The dialog may be gone when the answer comes; what it belongs to is still there.
        Shell window = (Shell) getShell().getParent();
        Shell owner = window == null ? getShell() : window;
        choices.forEach((type, choice) -> {
            Sharing wanted = ways.get(choice.getSelectionIndex());
            if (!wanted.equals(before.getOrDefault(type, new Sharing.OnRequest()))) {
                Answers.ask(
                        live.policy(),
                        policy -> policy.setSharing(type, wanted),
                        owner,
                        set -> {},
                        why -> Rooms.complain(owner, why));
            }
        });
        return true;
    }
}
