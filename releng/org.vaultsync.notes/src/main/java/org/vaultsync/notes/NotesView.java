// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.notes;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.eclipse.core.runtime.IAdaptable;
import org.eclipse.jface.action.Action;
import org.eclipse.jface.action.IContributionManager;
import org.eclipse.jface.action.MenuManager;
import org.eclipse.jface.action.Separator;
import org.eclipse.jface.action.ToolBarManager;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.viewers.DecoratingLabelProvider;
import org.eclipse.jface.viewers.IStructuredContentProvider;
import org.eclipse.jface.viewers.LabelProvider;
import org.eclipse.jface.viewers.StructuredSelection;
import org.eclipse.jface.viewers.TableViewer;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.CLabel;
import org.eclipse.swt.custom.SashForm;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.ISharedImages;
import org.eclipse.ui.IWorkbench;
import org.eclipse.ui.IWorkbenchActionConstants;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.part.ViewPart;
import org.vaultsync.ui.ItemReference;
import org.vaultsync.ui.SyncControls;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

/** The list of notes and, beside it, the editor of the one that is selected, which saves when one stops typing. */
public final class NotesView extends ViewPart {
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Note(String id) implements IAdaptable {
        @Override
        public <T> T getAdapter(Class<T> adapter) {
            return adapter == ItemReference.class ? adapter.cast(new ItemReference(id)) : null;
        }
    }

    private NotesVault vault;
    private TableViewer list;
    private Composite editor;
    private Text name;
    private Text text;
    private Stored shown; // what the edits of the person start from; null while no note is selected
    private final Runnable save = this::save;

    @Override
    public void createPartControl(Composite parent) {
        vault = getSite().getService(NotesVault.class);
        SashForm halves = new SashForm(parent, SWT.HORIZONTAL);
        list = new TableViewer(halves);
        list.setContentProvider((IStructuredContentProvider)
                all -> vault.ids().stream().map(Note::new).toArray());
        IWorkbench workbench = PlatformUI.getWorkbench();
        LabelProvider labels = LabelProvider.createTextImageProvider(
                note -> vault.get(((Note) note).id())
                        .map(held -> held.item().name())
                        .orElse(""),
                note -> workbench.getSharedImages().getImage(ISharedImages.IMG_OBJ_FILE));
        list.setLabelProvider(new DecoratingLabelProvider(
                labels, workbench.getDecoratorManager().getLabelDecorator()));
        list.addSelectionChangedListener(event -> select());
        MenuManager menu = new MenuManager();
        add(menu, "New Note", this::create);
        add(menu, "Delete", this::delete);
        menu.add(new Separator(IWorkbenchActionConstants.MB_ADDITIONS));
        list.getTable().setMenu(menu.createContextMenu(list.getTable()));
        getSite().registerContextMenu(menu, list);
        getSite().setSelectionProvider(list);
        add(getViewSite().getActionBars().getToolBarManager(), "New Note", this::create);
        editor = new Composite(halves, SWT.NONE);
        halves.setWeights(1, 2);
        list.setInput(vault);
        if (list.getElementAt(0) != null) {
            list.setSelection(new StructuredSelection(list.getElementAt(0)));
        }
        // Not of a widget: it may be gone when the vault is written to, which would fail then.
        Consumer<String> watcher = id -> workbench.getDisplay().asyncExec(() -> changed(id));
        vault.watchers.add(watcher);
        parent.addDisposeListener(event -> vault.watchers.remove(watcher));
    }

    private static void add(IContributionManager place, String label, Runnable work) {
        place.add(new Action(label) {
            @Override
            public void run() {
                work.run();
            }
        });
    }

    private void create() {
        String id = UUID.randomUUID().toString();
        vault.save(new Item(id, "note", "New note", "{\"text\":\"\"}"), Revision.NONE);
        list.refresh();
        list.setSelection(new StructuredSelection(new Note(id)), true);
    }

    private void delete() {
        if (shown != null) {
            Item item = shown.item();
            Runnable delete = () -> vault.delete(item.id());
            String question = "Delete \"" + item.name() + "\"?";
            Shell shell = getSite().getShell();
            SyncControls sync = getSite().getService(SyncControls.class);
            if ((sync == null || !sync.delete(shell, question, List.of(item.id()), delete))
                    && MessageDialog.openConfirm(shell, "Delete", question)) {
                delete.run();
            }
        }
    }

    /** Replaces the editor; the former one saves what is left to save while it goes. */
    private void select() {
        for (Control former : editor.getChildren()) {
            former.dispose();
        }
        Object note = list.getStructuredSelection().getFirstElement();
        shown = note == null ? null : vault.get(((Note) note).id()).orElse(null);
        if (shown != null) {
            createEditor(shown.item().id(), new Composite(editor, SWT.NONE));
            show(shown);
        }
        GridLayoutFactory.fillDefaults().generateLayout(editor);
        editor.layout(true, true);
    }

    private void createEditor(String id, Composite page) {
        page.addDisposeListener(event -> save());
        name = field(page, SWT.NONE, "Name");
        text = field(page, SWT.MULTI | SWT.WRAP | SWT.V_SCROLL, "Text");
        SyncControls sync = getSite().getService(SyncControls.class);
        if (sync != null) {
            ToolBarManager tools = new ToolBarManager(SWT.FLAT | SWT.RIGHT);
            tools.add(sync.toggle(id));
            tools.createControl(page).moveAbove(name);
            CLabel badge = new CLabel(page, SWT.NONE);
            badge.moveAbove(name);
            sync.onChange(badge, changed -> describe(sync, badge, id));
            sync.opened(page, id);
            sync.field(name, id, "/name");
            sync.field(text, id, "/content/text");
            describe(sync, badge, id);
        }
        GridLayoutFactory.swtDefaults().generateLayout(page);
        GridDataFactory.fillDefaults().grab(true, true).hint(200, 100).applyTo(text);
    }

    private void describe(SyncControls sync, CLabel badge, String id) {
        badge.setImage(sync.badge(id));
        badge.setText(sync.describe(id));
        name.setEditable(!sync.isReadOnly(id));
        text.setEditable(!sync.isReadOnly(id));
    }

    private Text field(Composite page, int style, String label) {
        Text field = new Text(page, SWT.BORDER | style);
        field.setMessage(label);
        field.addModifyListener(event -> field.getDisplay().timerExec(500, save));
        return field;
    }

    /** What came from elsewhere is shown unless the person is typing; what they typed is merged when it is saved. */
    private void changed(String id) {
        if (!list.getTable().isDisposed()) {
            list.refresh();
            if (shown != null && shown.item().id().equals(id) && !edited()) {
                vault.get(id).ifPresent(this::show);
            }
        }
    }

    private void show(Stored stored) {
        shown = stored;
        set(name, stored.item().name());
        set(text, content().path("text").asText());
    }

    private static void set(Text field, String value) {
        if (!field.getText().equals(value)) {
            int caret = field.getCaretPosition();
            field.setText(value);
            field.setSelection(caret);
        }
    }

    private boolean edited() {
        return !name.getText().equals(shown.item().name())
                || !text.getText().equals(content().path("text").asText());
    }

    private ObjectNode content() {
        try {
            return (ObjectNode) JSON.readTree(shown.item().content());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void save() {
        if (shown != null && !name.isDisposed() && edited()) {
            String content = content().put("text", text.getText()).toString();
            Item typed = new Item(shown.item().id(), "note", name.getText(), content);
            shown = vault.save(typed, shown.revision());
        }
    }

    @Override
    public void setFocus() {
        list.getTable().setFocus();
    }
}
