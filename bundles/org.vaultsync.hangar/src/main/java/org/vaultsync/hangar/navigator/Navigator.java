// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.navigator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.eclipse.jface.action.IStatusLineManager;
import org.eclipse.jface.action.MenuManager;
import org.eclipse.jface.action.Separator;
import org.eclipse.jface.dialogs.InputDialog;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.layout.TreeColumnLayout;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.jface.viewers.ColumnWeightData;
import org.eclipse.jface.viewers.DecoratingLabelProvider;
import org.eclipse.jface.viewers.IStructuredSelection;
import org.eclipse.jface.viewers.StructuredSelection;
import org.eclipse.jface.window.Window;
import org.eclipse.swt.SWT;
import org.eclipse.swt.events.ModifyListener;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.TreeColumn;
import org.eclipse.ui.IWorkbenchCommandConstants;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.handlers.IHandlerService;
import org.eclipse.ui.part.ViewPart;
import org.vaultsync.hangar.editor.ItemEditor;
import org.vaultsync.hangar.editor.ItemInput;
import org.vaultsync.hangar.json.Json;
import org.vaultsync.hangar.json.JsonProblem;
import org.vaultsync.hangar.look.EntryHandler;
import org.vaultsync.hangar.look.Failures;
import org.vaultsync.hangar.look.Words;
import org.vaultsync.hangar.vault.Card;
import org.vaultsync.hangar.vault.FolderVault;
import org.vaultsync.hangar.vault.VaultSteps;
import org.vaultsync.hangar.vault.VaultWatcher;
import org.vaultsync.ui.SyncControls;
import org.vaultsync.vault.Attachment;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

/** The tree of all items by type, with a search field. It follows the vault a few times a second at most. */
public final class Navigator extends ViewPart {
    public static final String ID = "org.vaultsync.hangar.navigator";

    private static final int REFRESH_MILLIS = 250;
    private static final int SEARCH_MILLIS = 150;
    private static final int MOST_MOVED = 10; // so many files that were set aside are named

    private final AtomicBoolean stale = new AtomicBoolean();
    private final VaultWatcher watcher = new VaultWatcher() {
        @Override
        public void stored(Stored stored, boolean bySync) {
            refreshSoon();
        }

        @Override
        public void removed(String id, boolean bySync) {
            refreshSoon();
        }

        @Override
        public void loaded() {
            refreshSoon();
        }
    };
    private final List<EntryHandler> handlers = new ArrayList<>();
    private final Runnable refresh = this::refreshNow;
    private final Set<String> opened = new HashSet<>(); // types, UI thread only
    private final Runnable asked = this::refreshHandlers;
    private int looks; // at the vault so far, UI thread only
    private int shown; // which of them is on the screen: a later one may be done sooner; UI thread only
    private FolderVault vault;
    private VaultSteps steps; // what changes: errands only
    private Errands errands;
    private Display display;
    private Label trouble;
    private Text search;
    private CatalogueViewer viewer;
    private CatalogueContent content;

    @Override
    public void createPartControl(Composite parent) {
        display = parent.getDisplay();
        vault = getSite().getService(FolderVault.class);
        steps = new VaultSteps(vault);
        errands = getSite().getService(Errands.class);
        GridLayoutFactory.fillDefaults().spacing(0, 0).applyTo(parent);

        search = new Text(parent, SWT.SEARCH | SWT.ICON_SEARCH | SWT.ICON_CANCEL);
        search.setMessage(Words.of("Search by name"));
        search.setToolTipText(Words.of("Shows the items whose name has all these words"));
        GridDataFactory.fillDefaults().grab(true, false).indent(4, 4).applyTo(search);
        ((GridData) search.getLayoutData()).horizontalIndent = 4;
        ModifyListener searched = event -> display.timerExec(SEARCH_MILLIS, refresh);
        search.addModifyListener(searched);
        search.addListener(SWT.KeyDown, event -> {
            if (event.keyCode == SWT.ARROW_DOWN) {
                viewer.getTree().setFocus();
            } else if (event.keyCode == SWT.ESC) {
                search.setText("");
            }
        });

        trouble = new Label(parent, SWT.WRAP);
        trouble.setForeground(JFaceResources.getColorRegistry().get("ERROR_COLOR"));
        GridDataFactory.fillDefaults()
                .grab(true, false)
                .indent(6, 4)
                .hint(100, SWT.DEFAULT)
                .exclude(true)
                .applyTo(trouble);

        Composite place = new Composite(parent, SWT.NONE);
        GridDataFactory.fillDefaults().grab(true, true).indent(0, 4).applyTo(place);
        viewer = new CatalogueViewer(place);
        content = viewer.content();
        // Without a column GTK measures every row whenever one changes.
        TreeColumnLayout layout = new TreeColumnLayout();
        place.setLayout(layout);
        TreeColumn column = new TreeColumn(viewer.getTree(), SWT.NONE);
        layout.setColumnData(column, new ColumnWeightData(100));
        viewer.getTree().setData("label", "Vault");
        LocalResourceManager resources = new LocalResourceManager(JFaceResources.getResources(), parent);
        // No styled labels: those the viewer draws by itself, row by row in Java, whenever one of them changes.
        viewer.setLabelProvider(new DecoratingLabelProvider(
                new NodeLabels(resources, vault, content::shown),
                PlatformUI.getWorkbench().getDecoratorManager().getLabelDecorator()));
        viewer.setInput(vault);
        viewer.addDoubleClickListener(event -> {
            Object first = ((IStructuredSelection) event.getSelection()).getFirstElement();
            if (first instanceof Node.Entry entry) {
                vault.card(entry.id()).ifPresent(this::open);
            } else if (first != null) {
                viewer.setExpandedState(first, !viewer.getExpandedState(first));
            }
        });
        viewer.addSelectionChangedListener(event -> {
            refreshHandlers();
            showCount();
        });
        getSite().setSelectionProvider(viewer);

        MenuManager menu = new MenuManager();
        menu.add(new Separator("edit"));
        menu.add(new Separator("additions"));
        viewer.getTree().setMenu(menu.createContextMenu(viewer.getTree()));
        getSite().registerContextMenu(ID, menu, viewer);

        handle(
                IWorkbenchCommandConstants.EDIT_DELETE,
                () -> !search.isFocusControl() && !readable().isEmpty(),
                this::delete);
        handle(IWorkbenchCommandConstants.FILE_RENAME, () -> readable().size() == 1, this::rename);
        handle("org.vaultsync.hangar.duplicate", () -> readable().size() == 1, this::duplicate);
        handle(
                IWorkbenchCommandConstants.EDIT_UNDO,
                // What is being done can be undone once it is, and that is asked for now.
                () -> !search.isFocusControl() && (steps.canUndo() || errands.isBusy()),
                () -> turn(Words.of("Undo"), steps::undo));
        handle(
                IWorkbenchCommandConstants.EDIT_REDO,
                () -> !search.isFocusControl() && (steps.canRedo() || errands.isBusy()),
                () -> turn(Words.of("Redo"), steps::redo));
        handle("org.vaultsync.hangar.aside", () -> !damaged().isEmpty(), this::setAside);
        search.addListener(SWT.FocusIn, event -> refreshHandlers());
        search.addListener(SWT.FocusOut, event -> refreshHandlers());

        vault.addWatcher(watcher);
        errands.addListener(asked);
        refreshNow();
    }

    /** A shelf is opened once, when it gets its first item; and always while something is searched for. */
    private void openShelves() {
        if (viewer.getTree().isDisposed()) {
            return;
        }
        content.makeShelves();
        for (Node.Shelf shelf : content.shown().shelves()) {
            if (!content.shown().on(shelf).isEmpty()
                    && (opened.add(shelf.type()) || !search.getText().isBlank())) {
                viewer.setExpandedState(shelf, true);
            }
        }
    }

    private void handle(String command, BooleanSupplier enabled, Runnable work) {
        EntryHandler handler = new EntryHandler(enabled, work);
        handlers.add(handler);
        getSite().getService(IHandlerService.class).activateHandler(command, handler);
    }

    private void refreshHandlers() {
        if (search.isDisposed()) {
            return;
        }
        handlers.forEach(EntryHandler::refresh);
    }

    private void turn(String name, Errands.Errand undoOrRedo) {
        ask(Words.of("Left as it is"), name, undoOrRedo);
    }

    private void ask(String title, String name, Errands.Errand errand) {
        errands.ask(getSite().getShell(), title, name, errand, () -> {});
    }

    /** Any thread. */
    private void refreshSoon() {
        if (stale.compareAndSet(false, true)) {
            display.asyncExec(() -> display.timerExec(REFRESH_MILLIS, refresh));
        }
    }

    /** Sorts on a thread of its own, and shows what comes of it. */
    private void refreshNow() {
        stale.set(false);
        if (viewer.getTree().isDisposed()) {
            return;
        }
        String wanted = search.getText();
        int look = ++looks;
        Thread.ofVirtual().start(() -> {
            Catalogue next = Catalogue.of(vault.cards(), wanted);
            display.asyncExec(() -> {
                if (!viewer.getTree().isDisposed() && look > shown && wanted.equals(search.getText())) {
                    shown = look;
                    show(next);
                }
            });
        });
    }

    private void show(Catalogue next) {
        content.show(next);
        boolean newShelf =
                next.shelves().stream().anyMatch(shelf -> !next.on(shelf).isEmpty() && !opened.contains(shelf.type()));
        if (newShelf || !search.getText().isBlank()) {
            // After the tree has made the rows that it has just been told of.
            display.asyncExec(this::openShelves);
        }
        Optional<String> wrong = vault.trouble();
        ((GridData) trouble.getLayoutData()).exclude = wrong.isEmpty();
        trouble.setVisible(wrong.isPresent());
        if (wrong.isPresent() && !wrong.get().equals(trouble.getText())) {
            trouble.setText(wrong.get());
            trouble.getParent().layout();
        }
        showCount();
    }

    private void showCount() {
        refreshHandlers();
        IStatusLineManager status = getViewSite().getActionBars().getStatusLineManager();
        List<Card> damaged = damaged();
        if (!damaged.isEmpty()) {
            status.setErrorMessage(damaged.getFirst().problem().orElseThrow());
            return;
        }
        status.setErrorMessage(null);
        int all = vault.cards().size();
        int selected = selected().size();
        String items = all == 1 ? Words.of("1 item") : Words.of("%,d items", all);
        status.setMessage(selected > 1 ? items + Words.of(", %,d selected", selected) : items);
    }

    private List<Card> selected() {
        List<Card> cards = new ArrayList<>();
        for (Object element : viewer.getStructuredSelection()) {
            if (element instanceof Node.Entry entry) {
                vault.card(entry.id()).ifPresent(cards::add);
            }
        }
        return cards;
    }

    private List<Card> readable() {
        return selected().stream().filter(card -> card.problem().isEmpty()).toList();
    }

    private List<Card> damaged() {
        return selected().stream().filter(card -> card.problem().isPresent()).toList();
    }

    private void open(Card card) {
        if (card.problem().isPresent()) {
            MessageDialog.openError(
                    getSite().getShell(),
                    Words.of("This item cannot be read"),
                    Words.of(
                            "%s\n\n"
                                    + "The file is left as it is. Repair it and start again, or set it aside with the"
                                    + " context menu.",
                            card.problem().get()));
            return;
        }
        try {
            ItemEditor.open(getSite().getPage(), new ItemInput(card.id(), card.type(), card.name()));
        } catch (PartInitException cannotOpen) {
            MessageDialog.openError(getSite().getShell(), card.name(), cannotOpen.getMessage());
        }
    }

    private void delete() {
        List<Card> cards = readable();
        String question = cards.size() == 1
                ? Words.of("Delete \"%s\"?", cards.getFirst().name())
                : Words.of("Delete these %,d items?", cards.size());
        List<String> ids = cards.stream().map(Card::id).toList();
        SyncControls sync = getSite().getService(SyncControls.class);
        if (sync != null && sync.delete(getSite().getShell(), question, ids, () -> delete(ids))) {
            return;
        }
        boolean sure = MessageDialog.open(
                        MessageDialog.QUESTION,
                        getSite().getShell(),
                        Words.of("Delete"),
                        Failures.plain(question),
                        SWT.NONE,
                        Words.of("Delete"),
                        Words.of("Cancel"))
                == 0;
        if (sure) {
            delete(ids);
        }
    }

    private void delete(List<String> ids) {
        viewer.setSelection(StructuredSelection.EMPTY);
        ask(
                Words.of("Delete"),
                ids.size() == 1 ? Words.of("Deleting 1 item") : Words.of("Deleting %,d items", ids.size()),
                course -> steps.delete(ids, course));
    }

    private void rename() {
        Card card = readable().getFirst();
        InputDialog dialog = new InputDialog(
                getSite().getShell(), Words.of("Rename"), Words.of("New name:"), card.name(), Navigator::whyNoName);
        if (dialog.open() == Window.OK && !dialog.getValue().strip().equals(card.name())) {
            String name = dialog.getValue().strip();
            ask(Words.of("Rename"), Words.of("Rename"), course -> {
                Stored stored = opened(card);
                Item item = stored.item();
                steps.save(
                        new Item(item.id(), item.type(), name, item.content(), item.attachments(), item.references()),
                        stored.revision());
            });
        }
    }

    /** @return why this cannot be a name; null if it can, as the dialog wants it */
    private static String whyNoName(String name) {
        if (name.isBlank()) {
            return Words.of("An item needs a name.");
        }
        return name.chars().anyMatch(Character::isISOControl) ? Words.of("A name has no control characters.") : null;
    }

    private void duplicate() {
        Card card = readable().getFirst();
        String id = UUID.randomUUID().toString();
        errands.ask(
                getSite().getShell(),
                Words.of("Duplicate"),
                Words.of("Duplicate"),
                course -> duplicate(card, id),
                () -> vault.card(id).ifPresent(this::open));
    }

    private void duplicate(Card card, String id) throws IOException {
        Item item = opened(card).item();
        Item copy = new Item(
                id,
                item.type(),
                Words.of("%s (copy)", item.name()),
                withId(item.content(), item.id(), id),
                item.attachments().stream()
                        .map(one -> new Attachment(
                                UUID.randomUUID().toString(), one.name(), one.sha256(), one.size(), one.mediaType()))
                        .toList(),
                item.references());
        steps.save(copy, Revision.NONE);
    }

    /** Some content names its own item. */
    private static String withId(String content, String from, String to) throws IOException {
        try {
            ObjectNode node = Json.object(content);
            if (node.path("id").isTextual() && node.path("id").asText().equals(from)) {
                node.put("id", to);
            }
            return Json.line(node);
        } catch (JsonProblem damaged) {
            throw new IOException(damaged.getMessage(), damaged);
        }
    }

    private Stored opened(Card card) throws IOException {
        return vault.open(card.id())
                .orElseThrow(() -> new IOException(Words.of("\"%s\" was deleted meanwhile.", card.name())));
    }

    private void setAside() {
        List<Card> cards = damaged();
        ask(Words.of("Set Aside"), Words.of("Set Aside"), course -> {
            List<String> moved = new ArrayList<>();
            try {
                for (int i = 0; i < cards.size() && !course.isCancelled(); i++) {
                    moved.add(Words.of(
                            "The file is %s now.", vault.setAside(cards.get(i).id())));
                    course.at(i + 1, cards.size());
                }
            } finally {
                display.asyncExec(() -> tellMoved(moved));
            }
        });
    }

    private void tellMoved(List<String> moved) {
        if (!moved.isEmpty() && !viewer.getTree().isDisposed()) {
            // All are in one folder, so that some show where it is. A path is shown in full, however long it is.
            String some = moved.stream().limit(MOST_MOVED).collect(Collectors.joining("\n"));
            MessageDialog.openInformation(
                    getSite().getShell(),
                    Words.of("Set Aside"),
                    (moved.size() > MOST_MOVED ? some + "\n…" : some).replace("&", "&&"));
        }
    }

    /** Puts the cursor into the search field. */
    void find() {
        search.setFocus();
        search.selectAll();
    }

    /** Selects an item, if the tree shows it. */
    public void select(String id) {
        content.reveal(id);
    }

    @Override
    public void setFocus() {
        viewer.getTree().setFocus();
    }

    @Override
    public void dispose() {
        if (vault != null) {
            vault.removeWatcher(watcher);
            errands.removeListener(asked);
        }
        super.dispose();
    }
}
