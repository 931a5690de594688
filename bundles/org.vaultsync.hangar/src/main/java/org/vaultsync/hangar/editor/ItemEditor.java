// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.editor;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.jface.dialogs.IMessageProvider;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.jface.fieldassist.ControlDecoration;
import org.eclipse.jface.fieldassist.FieldDecorationRegistry;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Label;
import org.eclipse.ui.IEditorInput;
import org.eclipse.ui.IEditorSite;
import org.eclipse.ui.IWorkbenchCommandConstants;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.forms.IManagedForm;
import org.eclipse.ui.forms.IMessageManager;
import org.eclipse.ui.forms.editor.SharedHeaderFormEditor;
import org.eclipse.ui.forms.widgets.Form;
import org.eclipse.ui.handlers.IHandlerService;
import org.vaultsync.NameOrder;
import org.vaultsync.hangar.edit.Draft;
import org.vaultsync.hangar.edit.Draft.Reception;
import org.vaultsync.hangar.item.Field;
import org.vaultsync.hangar.item.ItemDocument;
import org.vaultsync.hangar.item.ItemType;
import org.vaultsync.hangar.json.JsonProblem;
import org.vaultsync.hangar.look.EntryHandler;
import org.vaultsync.hangar.look.Failures;
import org.vaultsync.hangar.look.Icon;
import org.vaultsync.hangar.look.Words;
import org.vaultsync.hangar.vault.Card;
import org.vaultsync.hangar.vault.FolderVault;
import org.vaultsync.hangar.vault.VaultWatcher;
import org.vaultsync.ui.SyncControls;
import org.vaultsync.vault.Stored;

/** The editor of one item. It shows a draft and keeps it in step with the vault; all merging is the draft's. */
public final class ItemEditor extends SharedHeaderFormEditor implements Editing {
    public static final String ID = "org.vaultsync.hangar.editor";

    private static final long PAUSE_MILLIS = 1500;
    private static final int REFRESH_MILLIS = 200;
    private static final String BOTH = "both";
    private static final String UNDO = "undo";
    private static final String DELETED = "deleted";
    private static final String SAVE = "save";

    private final AtomicReference<News> newest = new AtomicReference<>();
    private final AtomicBoolean surroundingsStale = new AtomicBoolean();
    private final VaultWatcher watcher = new VaultWatcher() {
        @Override
        public void stored(Stored stored, boolean bySync) {
            if (stored.item().id().equals(id)) {
                newest.set(new News(stored, bySync));
                later(ItemEditor.this::takeNewest);
            } else {
                surroundingsChanged();
            }
        }

        @Override
        public void removed(String removed, boolean bySync) {
            if (removed.equals(id)) {
                later(() -> takeRemoval(bySync));
            } else {
                surroundingsChanged();
            }
        }

        @Override
        public void attachmentStored(String sha256) {
            later(() -> {
                if (form != null) {
                    form.attachmentStored(sha256);
                }
            });
        }
    };
    private final EntryHandler undoHandler = new EntryHandler(this::canUndo, this::undo);
    private final EntryHandler redoHandler = new EntryHandler(this::canRedo, this::redo);

    private final Map<Object, ControlDecoration> decorations = new HashMap<>(); // by the key of the message
    private String id;
    private Display display;
    private FolderVault vault;
    private Draft draft; // null while there is no item to edit
    private ItemType type;
    private ItemPage form;
    private RawPage raw;
    private SyncHeader sync;
    private LocalResourceManager resources;
    private String whyNot = "";
    private long lastTyped;
    private boolean wasDirty;
    private boolean readOnly;
    private boolean closing;

    /** Opens an item, or brings its editor to the front. */
    public static ItemEditor open(IWorkbenchPage page, ItemInput input) throws PartInitException {
        return (ItemEditor) page.openEditor(input, ID);
    }

    @Override
    public void init(IEditorSite site, IEditorInput input) throws PartInitException {
        super.init(site, input);
        display = site.getShell().getDisplay();
        vault = site.getService(FolderVault.class);
        ItemInput item = (ItemInput) input;
        id = item.id();
        setPartName(Failures.brief(item.getName()));
        vault.addWatcher(watcher);
        try {
            Optional<Stored> stored = vault.open(id);
            if (stored.isPresent()) {
                draft = new Draft(stored.get());
                type = ItemType.of(draft.type());
            } else {
                whyNot = Words.of("This item is not in the vault any more. It was deleted, or has not come yet.");
            }
        } catch (IOException unreadable) {
            whyNot = Words.of("%s\nThe file is left as it is.", unreadable.getMessage());
        } catch (JsonProblem damaged) {
            whyNot = Words.of("The content of this item cannot be edited: %s", damaged.getMessage());
        }
        IHandlerService handlers = site.getService(IHandlerService.class);
        handlers.activateHandler(IWorkbenchCommandConstants.EDIT_UNDO, undoHandler);
        handlers.activateHandler(IWorkbenchCommandConstants.EDIT_REDO, redoHandler);
    }

    @Override
    protected void createHeaderContents(IManagedForm header) {
        Form head = header.getForm().getForm();
        // Not decorated by the toolkit: a heading with a gradient draws a picture of itself as large as it is each
        // time.
        head.getHead().setData(SyncHeader.CSS_CLASS, SyncHeader.HEADING);
        resources = new LocalResourceManager(JFaceResources.getResources(), head);
        if (draft != null) {
            head.setImage(resources.get(Icon.of(draft.type()).descriptor()));
            setTitleImage(resources.get(Icon.of(draft.type()).descriptor()));
            sync = new SyncHeader(head, id, this::showSync, this::showReadOnly);
        }
        showTitle();
    }

    @Override
    protected void addPages() {
        try {
            if (draft == null) {
                addExplanation();
                return;
            }
            form = new ItemPage(this, type);
            raw = new RawPage(this);
            addPage(form);
            addPage(raw);
        } catch (PartInitException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private void showSync(SyncControls controls) {
        if (form != null) {
            form.showSync(controls, id);
        }
    }

    /** Sync passes the item on, and cannot write it; its sentence in the header says so. */
    private void showReadOnly(boolean now) {
        if (now == readOnly) {
            return;
        }
        readOnly = now;
        if (form != null) {
            form.showAgain();
            form.show();
            raw.enable();
        }
    }

    @Override
    public boolean isReadOnly() {
        return readOnly;
    }

    private int addExplanation() {
        int page = addPage(explanation());
        setPageText(page, Words.of("Item"));
        return page;
    }

    private Control explanation() {
        Composite place = getToolkit().createComposite(getContainer());
        GridLayoutFactory.fillDefaults().margins(20, 20).applyTo(place);
        Label label = getToolkit().createLabel(place, Failures.plain(whyNot), SWT.WRAP);
        GridDataFactory.fillDefaults().grab(true, false).hint(400, SWT.DEFAULT).applyTo(label);
        return place;
    }

    /** Puts the cursor into the name, to be typed over. */
    public void selectName() {
        if (form != null) {
            form.selectName();
        }
    }

    // What the controls edit

    @Override
    public JsonNode value(JsonPointer at) {
        return draft.value(at);
    }

    @Override
    public boolean isUnfinished(JsonPointer at) {
        return draft.unfinished().containsKey(at);
    }

    @Override
    public boolean isReachable(JsonPointer at) {
        for (JsonPointer outer = at.head(); outer != null && !outer.matches(); outer = outer.head()) {
            JsonNode there = draft.value(outer);
            if (!there.isObject() && !there.isMissingNode()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void edit(JsonPointer at, JsonNode value) {
        draft.edit(at, value);
        edited();
    }

    @Override
    public void type(JsonPointer at, JsonNode value) {
        long now = System.nanoTime() / 1_000_000;
        if (now - lastTyped > PAUSE_MILLIS) {
            draft.pause();
        }
        lastTyped = now;
        draft.type(at, value);
        edited();
    }

    @Override
    public void leaveUnfinished(JsonPointer at, String text) {
        draft.leaveUnfinished(at, text);
        edited();
    }

    @Override
    public void pendingChanged() {
        showDirty();
    }

    @Override
    public void pause() {
        if (draft != null) {
            draft.pause();
        }
    }

    /** The raw page was edited, and is an object. */
    void replaceContent(ObjectNode content, Optional<ObjectNode> sessionStart) {
        draft.replaceContent(content, sessionStart);
        edited();
    }

    @Override
    public FolderVault vault() {
        return vault;
    }

    @Override
    public void open(String other) {
        Optional<Card> card = vault.card(other);
        if (card.isEmpty()) {
            MessageDialog.openInformation(
                    getSite().getShell(),
                    Words.of("Not here"),
                    Words.of(
                            "This item is not in your vault. It may not have come yet, or it is not shared with you."));
            return;
        }
        try {
            open(
                    getSite().getPage(),
                    new ItemInput(other, card.get().type(), card.get().name()));
        } catch (PartInitException cannotOpen) {
            MessageDialog.openError(getSite().getShell(), card.get().name(), cannotOpen.getMessage());
        }
    }

    @Override
    public void complain(Object key, Optional<String> sentence, Control where) {
        message(key, sentence, IMessageProvider.ERROR);
        if (where == null || sentence.isEmpty() && !decorations.containsKey(key)) {
            return;
        }
        ControlDecoration decoration = decorations.computeIfAbsent(key, none -> decoration(where));
        if (sentence.isEmpty()) {
            decoration.dispose();
            decorations.remove(key);
        } else {
            decoration.setDescriptionText(sentence.get());
        }
    }

    private static ControlDecoration decoration(Control where) {
        ControlDecoration decoration = new ControlDecoration(where, SWT.LEFT | SWT.TOP);
        decoration.setImage(FieldDecorationRegistry.getDefault()
                .getFieldDecoration(FieldDecorationRegistry.DEC_ERROR)
                .getImage());
        return decoration;
    }

    /** One message shows its sentence in the header; of several it shows how many, and them all on a click. */
    private void message(Object key, Optional<String> sentence, int kind) {
        if (getHeaderForm() == null) {
            return;
        }
        IMessageManager messages = getHeaderForm().getMessageManager();
        sentence.ifPresentOrElse(text -> messages.addMessage(key, text, null, kind), () -> messages.removeMessage(key));
    }

    private void edited() {
        message(UNDO, Optional.empty(), IMessageProvider.NONE);
        showTitle();
        showDirty();
        if (form != null && getActivePageInstance() == raw) {
            form.show();
        } else if (raw != null && getActivePageInstance() == form) {
            raw.show();
        }
    }

    private void showTitle() {
        String name = Failures.brief(
                draft == null
                        ? getEditorInput().getName()
                        : draft.value(ItemDocument.NAME).asText());
        if (!getPartName().equals(name)) {
            setPartName(name);
        }
        if (getHeaderForm() != null) {
            Form head = getHeaderForm().getForm().getForm();
            if (!Failures.plain(name).equals(head.getText())) {
                head.setText(Failures.plain(name));
            }
        }
        setTitleToolTip(draft == null ? name : type.one() + " " + name);
    }

    private void showDirty() {
        undoHandler.refresh();
        redoHandler.refresh();
        if (isDirty() != wasDirty) {
            wasDirty = isDirty();
            editorDirtyStateChanged();
        }
    }

    /** Shows what the draft holds, on both pages. */
    private void showAll() {
        showTitle();
        form.show();
        raw.show();
        showDirty();
    }

    // What others do

    /** Any thread. */
    private void later(Runnable work) {
        if (!display.isDisposed()) {
            display.asyncExec(() -> {
                if (!closing) {
                    work.run();
                }
            });
        }
    }

    private void surroundingsChanged() {
        if (surroundingsStale.compareAndSet(false, true)) {
            later(() -> display.timerExec(REFRESH_MILLIS, () -> {
                surroundingsStale.set(false);
                if (!closing && form != null && !form.getManagedForm().getForm().isDisposed()) {
                    form.vaultChanged();
                }
            }));
        }
    }

    private record News(Stored stored, boolean bySync) {}

    private void takeNewest() {
        News news = newest.getAndSet(null);
        if (news == null) {
            return;
        }
        Stored stored = news.stored();
        if (draft == null) {
            reopen();
            return;
        }
        boolean known = stored.revision().equals(draft.startedFrom()) && !draft.isDeleted();
        boolean overtaken = !vault.card(id).map(Card::revision).equals(Optional.of(stored.revision()));
        if (known || overtaken) {
            return;
        }
        try {
            receive(news.bySync() ? draft.take(stored) : draft.takeOwn(stored));
        } catch (JsonProblem unfit) {
            complain(
                    SAVE,
                    Optional.of(Words.of("What somebody else saved cannot be shown: %s", unfit.getMessage())),
                    null);
        }
    }

    private void receive(Reception reception) {
        message(DELETED, Optional.empty(), IMessageProvider.NONE);
        switch (reception) {
            case Reception.Same same -> {
                message(BOTH, Optional.empty(), IMessageProvider.NONE);
                showDirty();
            }
            case Reception.Shown shown -> {
                message(BOTH, Optional.empty(), IMessageProvider.NONE);
                showAll();
            }
            case Reception.Held held -> {
                message(
                        BOTH,
                        Optional.of(Words.of(
                                "Also changed by somebody else: %s. Both are kept when you save.",
                                labels(held.both()))),
                        IMessageProvider.WARNING);
                showDirty();
            }
        }
    }

    /** Who deletes an item knows why its editor closes; others are told. */
    private void takeRemoval(boolean bySync) {
        if (draft == null || vault.card(id).isPresent()) {
            return;
        }
        if (!isDirty()) {
            if (bySync) {
                giveUp(Words.of(
                        "\"%s\" was deleted by somebody else.\nIt is among the deleted items of its room, in the menu of the view Peers.",
                        getPartName()));
            } else {
                closing = true;
                getSite().getPage().closeEditor(this, false);
            }
            return;
        }
        draft.takeDeletion();
        message(
                DELETED,
                Optional.of(Words.of(
                        "This item was deleted. Your edits are still here: save to make it again, or close it.")),
                IMessageProvider.WARNING);
        showDirty();
    }

    /** There is nothing to edit any more. The editor stays and says why, until the item is back or somebody closes it. */
    private void giveUp(String why) {
        whyNot = why;
        if (form != null) {
            int page = addExplanation();
            setActivePage(page);
            while (page-- > 0) {
                removePage(0);
            }
            decorations.clear(); // they went with their controls
            getHeaderForm().getMessageManager().removeAllMessages();
            sync.dispose();
        }
        draft = null;
        form = null;
        raw = null;
        showDirty();
    }

    private void reopen() {
        closing = true;
        IWorkbenchPage page = getSite().getPage();
        Optional<Card> card = vault.card(id);
        page.closeEditor(this, false);
        card.ifPresent(back -> {
            try {
                open(page, new ItemInput(back.id(), back.type(), back.name()));
            } catch (PartInitException cannotOpen) {
                MessageDialog.openError(page.getWorkbenchWindow().getShell(), back.name(), cannotOpen.getMessage());
            }
        });
    }

    /** Fields as people know them, such as "Notes, Tonnage". */
    private String labels(Collection<JsonPointer> fields) {
        return fields.stream()
                .map(this::label)
                .distinct()
                .sorted(new NameOrder())
                .collect(Collectors.joining(", "));
    }

    private String label(JsonPointer at) {
        if (at.equals(ItemDocument.CONTENT)) {
            return "JSON";
        }
        if ((at + "/").startsWith(ItemDocument.ATTACHMENTS + "/")) {
            return Words.of("Pictures");
        }
        return type.groups().stream()
                .flatMap(group -> group.fields().stream())
                .filter(field -> field.at().equals(at))
                .map(Field::label)
                .findFirst()
                .orElseGet(() -> ItemType.words(at.last().getMatchingProperty()));
    }

    // Undo

    private boolean canUndo() {
        return draft != null && (draft.canUndo() || raw != null && raw.canUndo());
    }

    private boolean canRedo() {
        return draft != null && (draft.canRedo() || raw != null && raw.canRedo());
    }

    private void undo() {
        if (raw.canUndo()) {
            raw.undo();
        } else {
            boolean halfTyped = !draft.unfinished().isEmpty();
            Draft.Stepped stepped = draft.undo();
            if (halfTyped) {
                raw.showAgain();
                form.showAgain();
            }
            stepped(stepped, Words.of("Not undone"));
        }
    }

    private void redo() {
        if (raw.canRedo()) {
            raw.redo();
        } else {
            stepped(draft.redo(), Words.of("Not done again"));
        }
    }

    private void stepped(Draft.Stepped stepped, String refusal) {
        try {
            receive(draft.settle());
        } catch (JsonProblem unfit) {
            complain(SAVE, Optional.of(unfit.getMessage()), null);
        }
        showAll();
        message(
                UNDO,
                stepped.refused().isEmpty()
                        ? Optional.empty()
                        : Optional.of(Words.of(
                                "%s: %s, because somebody else has changed it since.",
                                refusal, labels(stepped.refused()))),
                IMessageProvider.INFORMATION);
    }

    // Saving

    @Override
    public boolean isDirty() {
        return draft != null && (draft.isDirty() || form != null && form.isPending());
    }

    @Override
    public void doSave(IProgressMonitor monitor) {
        raw.flush();
        if (!draft.unfinished().isEmpty()) {
            monitor.setCanceled(true);
            MessageDialog.openError(
                    getSite().getShell(),
                    Words.of("Not saved"),
                    Words.of(
                            "Correct this first: %s. What is wrong is said at the field, and at the top of the editor.",
                            labels(draft.unfinished().keySet())));
            return;
        }
        form.takePending();
        try {
            Stored stored = vault.save(draft.item(), draft.startedFrom());
            message(SAVE, Optional.empty(), IMessageProvider.NONE);
            receive(draft.saved(stored));
        } catch (IOException unsaved) {
            monitor.setCanceled(true);
            complain(SAVE, Optional.of(unsaved.getMessage()), null);
            MessageDialog.openError(getSite().getShell(), Words.of("Not saved"), Failures.plain(unsaved.getMessage()));
        } catch (JsonProblem impossible) {
            throw new IllegalStateException(impossible);
        }
        showDirty();
    }

    @Override
    public void doSaveAs() {
        throw new UnsupportedOperationException("duplicate the item instead");
    }

    @Override
    public boolean isSaveAsAllowed() {
        return false;
    }

    @Override
    protected void pageChange(int newPageIndex) {
        super.pageChange(newPageIndex);
        if (draft != null) {
            form.show();
            raw.show();
            undoHandler.refresh();
            redoHandler.refresh();
        }
    }

    @Override
    public <T> T getAdapter(Class<T> adapter) {
        T adapted = getEditorInput() == null ? null : getEditorInput().getAdapter(adapter);
        return adapted != null ? adapted : super.getAdapter(adapter);
    }

    @Override
    public void dispose() {
        closing = true;
        if (vault != null) {
            vault.removeWatcher(watcher);
        }
        if (sync != null) {
            sync.dispose();
        }
        super.dispose();
    }
}
