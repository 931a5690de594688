// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.eclipse.jface.action.Action;
import org.eclipse.jface.action.IMenuManager;
import org.eclipse.jface.action.IToolBarManager;
import org.eclipse.jface.action.MenuManager;
import org.eclipse.jface.action.Separator;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.layout.TreeColumnLayout;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.jface.viewers.ColumnLabelProvider;
import org.eclipse.jface.viewers.ColumnViewerToolTipSupport;
import org.eclipse.jface.viewers.ITreeContentProvider;
import org.eclipse.jface.viewers.StructuredSelection;
import org.eclipse.jface.viewers.TreeViewer;
import org.eclipse.jface.viewers.TreeViewerColumn;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.accessibility.AccessibleAdapter;
import org.eclipse.swt.accessibility.AccessibleEvent;
import org.eclipse.swt.custom.SashForm;
import org.eclipse.swt.custom.ScrolledComposite;
import org.eclipse.swt.custom.StackLayout;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.dnd.Transfer;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.layout.GridLayout;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Menu;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.ToolBar;
import org.eclipse.swt.widgets.ToolItem;
import org.eclipse.ui.actions.ActionFactory;
import org.eclipse.ui.dialogs.PreferencesUtil;
import org.eclipse.ui.part.ViewPart;
import org.vaultsync.Device;
import org.vaultsync.Diagnosis;
import org.vaultsync.Diagnostics;
import org.vaultsync.Fingerprint;
import org.vaultsync.Member;
import org.vaultsync.OpenRoom;
import org.vaultsync.Presence;
import org.vaultsync.Reach;
import org.vaultsync.Room;
import org.vaultsync.RoomId;
import org.vaultsync.Scope;
import org.vaultsync.Trouble;
import org.vaultsync.VaultSync;
import org.vaultsync.ui.conflicts.ConflictsView;
import org.vaultsync.ui.diagnosis.DiagnosisDialog;
import org.vaultsync.ui.diagnosis.Remedy;
import org.vaultsync.ui.diagnosis.RemedyButtons;
import org.vaultsync.ui.dialogs.Columns;
import org.vaultsync.ui.dialogs.ContextHelp;
import org.vaultsync.ui.dialogs.Views;
import org.vaultsync.ui.history.DeletedDialog;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.live.Lookout;
import org.vaultsync.ui.log.LogView;
import org.vaultsync.ui.offers.BrowseDialog;
import org.vaultsync.ui.offers.RoomSettingsDialog;
import org.vaultsync.ui.pictures.Picture;
import org.vaultsync.ui.preferences.KeyPage;
import org.vaultsync.ui.rooms.ByHandDialog;
import org.vaultsync.ui.rooms.RoomDialog;
import org.vaultsync.ui.rooms.Rooms;
import org.vaultsync.ui.rooms.WaitingStrip;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;
import org.vaultsync.ui.text.Said;
import org.vaultsync.ui.text.Sentences;
import org.vaultsync.ui.text.Troubles;
import org.vaultsync.ui.text.When;

/** This device, the rooms it is in, and how it stands with everybody in them. UI thread. */
public final class PeersView extends ViewPart {
    /** The id of the view. */
    public static final String ID = "org.vaultsync.ui.peers";

    /** From so many rows on there is room for all; below, the tree comes first. */
    private static final int ROWS_FOR_ALL = 14;

    /** So many times as wide as a row is high is wide enough for what is said about a row beside the tree. */
    private static final int ROWS_BESIDE = 28;

    /** A picture, or what a tree draws before a row, a level. */
    private static final int INDENT = 20;

    private LiveSync live;
    private Rooms rooms;
    private LocalResourceManager pictures;
    private MessageStrip message;
    private Label deviceName;
    private Label deviceFingerprint;
    private Label deviceAddresses;
    private Composite deviceBand;
    private Composite pages;
    private StackLayout shown;
    private Control missing;
    private Label missingHeading;
    private Label missingExplained;
    private RemedyButtons missingRemedies;
    private Control empty;
    private SashForm full;
    private TreeViewer tree;
    private Columns columns;
    private boolean widening; // the columns, soon
    private final List<Function<Row, String>> texts = new ArrayList<>(); // of the columns
    private StyledText details;
    private Seen known = Seen.NOTHING;
    private Lookout<Seen> lookout;

    private final Action create =
            action(Messages.createAction, Picture.CREATE_ROOM, () -> enter(RoomDialog.Way.CREATE));
    private final Action join = action(Messages.joinAction, Picture.JOIN, () -> enter(RoomDialog.Way.JOIN));
    private final Action invite =
            action(Messages.inviteAction, Picture.INVITE, () -> selectedRoom().ifPresent(rooms()::invite));
    private final Action leave =
            action(Messages.leaveAction, Picture.LEAVE, () -> selectedRoom().ifPresent(rooms()::leave));
    private final Action syncNow = action(Messages.syncNowAction, Picture.SYNC_NOW, () -> rooms().syncNow());
    private final Action rename = action(Messages.renameAction, Picture.RENAME, () -> rooms().nameDevice());
    private final Action pauseAll =
            action(Messages.pauseAllAction, Picture.PAUSE, () -> rooms().togglePause(new Scope.Everything()));
    private final Action conflicts = action(Messages.conflictsAction, Picture.CONFLICT, ConflictsView::show);
    private final Action log = action(Messages.logAction, Picture.LOG, LogView::show);
    private final Action diagnose = action(
            Messages.diagnoseAction,
            Picture.DIAGNOSE,
            () -> new DiagnosisDialog(live(), getSite().getShell()).open());
    private final Action copyDiagnostics =
            action(Messages.copyDiagnosticsAction, Picture.DIAGNOSE, this::copyDiagnostics);
    private final Action exportRoom =
            action(Messages.exportAction, Picture.EXPORT, () -> selectedRoom().ifPresent(rooms()::exportRoom));
    private final Action importRoom = action(Messages.importAction, Picture.IMPORT, () -> rooms().importRoom());
    private final Action deleted = action(Messages.deletedAction, Picture.HISTORY, this::showDeleted);
    private final Action copy = action(Messages.copyFingerprint, Picture.COPY, this::copySelected);
    private final Action copyOwn = action(Messages.copyOwnFingerprint, Picture.COPY, this::copyOwnFingerprint);

    /** What the view shows of sync. */
    private record Seen(
            Optional<Device> self,
            List<Room> rooms,
            Optional<String> problem,
            boolean hindered,
            List<Trouble> troubles,
            boolean running) {
        static final Seen NOTHING = new Seen(Optional.empty(), List.of(), Optional.empty(), false, List.of(), false);

        static Seen of(Optional<VaultSync> sync) {
            return sync.map(there -> new Seen(
                            there.self(),
                            there.rooms(),
                            Troubles.all(there),
                            there.problem().isPresent(),
                            there.troubles(),
                            true))
                    .orElse(NOTHING);
        }
    }

    /** Brings the view to the front in the active window. */
    public static void show() {
        Views.show(ID, PeersView.class);
    }

    /** Brings the view to the front, with a row selected. */
    static void show(Row row) {
        Views.show(ID, PeersView.class).ifPresent(view -> {
            view.refresh(); // it may have come a moment ago
            view.tree.setSelection(new StructuredSelection(row), true);
        });
    }

    @Override
    public void createPartControl(Composite parent) {
        ContextHelp.on(parent, "peers");
        live = LiveSync.ofWorkbench();
        pictures = new LocalResourceManager(JFaceResources.getResources(), parent);
        GridLayoutFactory.fillDefaults().spacing(0, 0).applyTo(parent);
        message = new MessageStrip(parent);
        new WaitingStrip(parent, live);
        rooms = new Rooms(live, getSite().getShell(), message::show);
        createDeviceBand(parent);
        pages = new Composite(parent, SWT.NONE);
        GridDataFactory.fillDefaults().grab(true, true).applyTo(pages);
        shown = new StackLayout();
        pages.setLayout(shown);
        missing = createMissing(pages);
        empty = createEmpty(pages);
        full = createFull(pages);
        createActions();
        parent.addListener(SWT.Resize, resized -> arrange(parent));
        lookout = new Lookout<>(pages, () -> Seen.of(live.sync()), this::seen, message::show);
        live.onRooms(parent, lookout::look);
        live.onPresence(parent, opened -> selected());
        refresh();
    }

    private void createDeviceBand(Composite parent) {
        deviceBand = new Composite(parent, SWT.NONE);
        GridLayoutFactory.swtDefaults()
                .numColumns(3)
                .margins(8, 6)
                .spacing(8, 2)
                .applyTo(deviceBand);
        GridDataFactory.fillDefaults().grab(true, false).applyTo(deviceBand);
        Label picture = new Label(deviceBand, SWT.NONE);
        picture.setImage(pictures.get(Picture.DEVICE.descriptor()));
        deviceName = new Label(deviceBand, SWT.WRAP);
        deviceName.setFont(JFaceResources.getFontRegistry().getBold(JFaceResources.DEFAULT_FONT));
        GridDataFactory.fillDefaults()
                .align(SWT.FILL, SWT.CENTER)
                .grab(true, false)
                .hint(100, SWT.DEFAULT)
                .applyTo(deviceName);
        ToolBar bar = new ToolBar(deviceBand, SWT.FLAT);
        toolItem(bar, Picture.RENAME, Messages.renameAction, () -> rooms.nameDevice());
        toolItem(bar, Picture.COPY, Messages.copyOwnFingerprint, copyOwn::run);
        toolItem(
                bar,
                Picture.QR,
                Messages.showQr,
                () -> PreferencesUtil.createPreferenceDialogOn(getSite().getShell(), KeyPage.ID, null, null)
                        .open());
        deviceFingerprint = smallPrint(picture.getImage().getBounds().width);
        deviceFingerprint.setToolTipText(Messages.fingerprintExplained);
        deviceAddresses = smallPrint(picture.getImage().getBounds().width);
        Label line = new Label(parent, SWT.SEPARATOR | SWT.HORIZONTAL);
        GridDataFactory.fillDefaults().grab(true, false).applyTo(line);
    }

    private Label smallPrint(int indent) {
        Label label = new Label(deviceBand, SWT.WRAP);
        GridDataFactory.fillDefaults()
                .span(3, 1)
                .indent(indent + ((GridLayout) deviceBand.getLayout()).horizontalSpacing, 0)
                .grab(true, false)
                .hint(100, SWT.DEFAULT)
                .applyTo(label);
        return label;
    }

    private void toolItem(ToolBar bar, Picture picture, String text, Runnable run) {
        ToolItem item = new ToolItem(bar, SWT.PUSH);
        item.setImage(pictures.get(picture.descriptor()));
        item.setToolTipText(text.replace("&", ""));
        item.addListener(SWT.Selection, clicked -> run.run());
    }

    private Control createMissing(Composite parent) {
        Composite page = page(parent);
        missingHeading = wrapped(page, "");
        missingExplained = wrapped(page, "");
        missingRemedies = new RemedyButtons(page);
        return page;
    }

    private Control createEmpty(Composite parent) {
        ScrolledComposite scrolled = new ScrolledComposite(parent, SWT.V_SCROLL);
        scrolled.setExpandHorizontal(true);
        scrolled.setExpandVertical(true);
        Composite page = page(scrolled);
        scrolled.setContent(page);
        scrolled.addListener(
                SWT.Resize,
                resized -> scrolled.setMinHeight(page.computeSize(scrolled.getClientArea().width, SWT.DEFAULT).y));
        Label heading = wrapped(page, Messages.emptyHeading);
        heading.setFont(JFaceResources.getFontRegistry().getBold(JFaceResources.DEFAULT_FONT));
        wrapped(page, Messages.emptyExplained);
        Composite choices = new Composite(page, SWT.NONE);
        GridLayoutFactory.fillDefaults()
                .numColumns(2)
                .equalWidth(true)
                .spacing(16, 4)
                .applyTo(choices);
        GridDataFactory.fillDefaults().grab(true, true).indent(0, 6).applyTo(choices);
        choice(choices, Messages.createAction, Picture.CREATE_ROOM, RoomDialog.Way.CREATE);
        choice(choices, Messages.joinAction, Picture.JOIN, RoomDialog.Way.JOIN);
        wrapped(choices, Messages.emptyCreate);
        wrapped(choices, Messages.emptyJoin);
        return scrolled;
    }

    private static Composite page(Composite parent) {
        Composite page = new Composite(parent, SWT.NONE);
        GridLayoutFactory.swtDefaults().margins(12, 12).spacing(6, 8).applyTo(page);
        return page;
    }

    private static Label wrapped(Composite parent, String text) {
        Label label = new Label(parent, SWT.WRAP);
        label.setText(text);
        GridDataFactory.fillDefaults().grab(true, false).hint(100, SWT.DEFAULT).applyTo(label);
        return label;
    }

    private void choice(Composite choices, String text, Picture picture, RoomDialog.Way way) {
        Button button = new Button(choices, SWT.PUSH);
        button.setText(text);
        button.setImage(pictures.get(picture.descriptor()));
        button.addListener(SWT.Selection, clicked -> enter(way));
    }

    private SashForm createFull(Composite parent) {
        SashForm page = new SashForm(parent, SWT.VERTICAL);
        Composite framed = new Composite(page, SWT.NONE);
        TreeColumnLayout layout = new TreeColumnLayout();
        framed.setLayout(layout);
        tree = new TreeViewer(framed, SWT.SINGLE | SWT.FULL_SELECTION | SWT.H_SCROLL | SWT.V_SCROLL);
        columns = new Columns(tree.getTree(), layout);
        tree.getTree().setHeaderVisible(true);
        tree.setContentProvider(new Rows());
        ColumnViewerToolTipSupport.enableFor(tree);
        column(Messages.columnName, 26, 140, 3 * INDENT, Row::name, Row::picture);
        column(Messages.columnState, 24, 110, 0, Row::state, row -> Optional.empty());
        column(Messages.columnItems, 17, 80, 0, Row::items, row -> Optional.empty());
        column(Messages.columnRoundTrip, 12, 60, INDENT, Row::roundTrip, PeersView::quality);
        column(Messages.columnThroughput, 14, 60, 0, Row::throughput, row -> Optional.empty());
        column(Messages.columnPath, 22, 60, 0, Row::path, row -> Optional.empty());
        column(Messages.columnFingerprint, 12, 60, 0, Row::fingerprint, row -> Optional.empty());
        tree.addSelectionChangedListener(changed -> selected());
        tree.addDoubleClickListener(event -> {
            if (selectedRow().filter(Row.Nobody.class::isInstance).isPresent()) {
                invite.run();
            } else {
                selectedRow().ifPresent(row -> tree.setExpandedState(row, !tree.getExpandedState(row)));
            }
        });
        details = new StyledText(page, SWT.BORDER | SWT.READ_ONLY | SWT.WRAP | SWT.MULTI | SWT.V_SCROLL);
        details.setAlwaysShowScrollBars(false);
        details.setMargins(8, 6, 8, 6);
        details.getAccessible().addAccessibleListener(new AccessibleAdapter() {
            @Override
            public void getName(AccessibleEvent event) {
                event.result = Messages.details;
            }
        });
        page.setWeights(3, 1);
        return page;
    }

    /**
     * Gives the tree the room that there is: what is said about a row stands below it, or beside it, or in its tooltip alone, and what
     * is said about this device in the tooltip of its name.
     */
    private void arrange(Composite view) {
        Point size = view.getSize();
        int row = tree.getTree().getItemHeight();
        boolean tall = size.y >= ROWS_FOR_ALL * row;
        boolean wide = size.x >= ROWS_BESIDE * row;
        full.setOrientation(tall ? SWT.VERTICAL : SWT.HORIZONTAL);
        details.setVisible(tall || wide);
        full.layout();
        for (Control small : List.of(deviceFingerprint, deviceAddresses)) {
            ((GridData) small.getLayoutData()).exclude = !tall && !wide;
            small.setVisible(tall || wide);
        }
    }

    private static Optional<Picture> quality(Row row) {
        return row.measuredRoundTrip().map(Picture::quality);
    }

    private void column(
            String title,
            int weight,
            int least,
            int before,
            Function<Row, String> text,
            Function<Row, Optional<Picture>> picture) {
        TreeViewerColumn column = new TreeViewerColumn(tree, SWT.NONE);
        column.getColumn().setText(title);
        column.setLabelProvider(new ColumnLabelProvider() {
            @Override
            public String getText(Object row) {
                return text.apply((Row) row);
            }

            @Override
            public Image getImage(Object row) {
                return picture.apply((Row) row)
                        .map(known -> pictures.get(known.descriptor()))
                        .orElse(null);
            }

            @Override
            public String getToolTipText(Object row) {
                return explained((Row) row);
            }
        });
        columns.add(column.getColumn(), title, weight, least, before);
        texts.add(text);
    }

    /** In a turn of its own: the first rows of a session are drawn by code that is not compiled yet. */
    private void widenSoon() {
        if (!widening) {
            widening = true;
            pages.getDisplay().asyncExec(() -> {
                widening = false;
                if (!pages.isDisposed()) {
                    widenColumns();
                }
            });
        }
    }

    /** What is in the rows, in the columns. */
    private void widenColumns() {
        List<Row> rows = new ArrayList<>();
        known.rooms().stream().map(Row.OfRoom::new).forEach(room -> {
            rows.add(room);
            rows.addAll(room.children());
        });
        columns.widen(rows, row -> texts.stream().map(text -> text.apply(row)).toList());
    }

    private void createActions() {
        IToolBarManager bar = getViewSite().getActionBars().getToolBarManager();
        bar.add(create);
        bar.add(join);
        bar.add(invite);
        bar.add(new Separator());
        bar.add(syncNow);
        IMenuManager viewMenu = getViewSite().getActionBars().getMenuManager();
        viewMenu.add(rename);
        viewMenu.add(pauseAll);
        viewMenu.addMenuListener(about -> pauseAll.setText(
                isPaused(new Scope.Everything()) ? Messages.resumeAllAction : Messages.pauseAllAction));
        viewMenu.add(deleted);
        viewMenu.add(exportRoom);
        viewMenu.add(importRoom);
        viewMenu.add(conflicts);
        viewMenu.add(log);
        viewMenu.add(diagnose);
        viewMenu.add(copyDiagnostics);
        getViewSite().getActionBars().setGlobalActionHandler(ActionFactory.COPY.getId(), copy);
        getViewSite().getActionBars().setGlobalActionHandler(ActionFactory.DELETE.getId(), leave);
        MenuManager menu = new MenuManager();
        menu.setRemoveAllWhenShown(true);
        menu.addMenuListener(about -> {
            menu.add(invite);
            menu.add(copy);
            selectedRow().ifPresent(row -> addActions(menu, row));
            menu.add(deleted);
            menu.add(exportRoom);
            menu.add(leave);
            menu.add(new Separator());
            menu.add(create);
            menu.add(join);
            menu.add(syncNow);
            menu.add(copyDiagnostics);
            menu.add(new Separator("additions"));
        });
        tree.getControl().setMenu(menu.createContextMenu(tree.getControl()));
        getSite().registerContextMenu(menu, tree);
        getSite().setSelectionProvider(tree);
        MenuManager ofDevice = new MenuManager();
        List.of(rename, copyOwn, diagnose, copyDiagnostics).forEach(ofDevice::add);
        for (Composite about : List.of(deviceBand, (Composite) missing)) {
            Menu popup = ofDevice.createContextMenu(about);
            about.setMenu(popup);
            for (Control part : about.getChildren()) {
                part.setMenu(popup);
            }
        }
    }

    /** What can be done with the row alone. */
    private void addActions(IMenuManager menu, Row row) {
        switch (row) {
            case Row.OfRoom(Room room) -> {
                menu.add(new Separator());
                menu.add(action(
                        Messages.browseAction, Picture.ROOM, () -> new BrowseDialog(live, shell(), room).open()));
                menu.add(action(
                        Messages.settingsAction,
                        Picture.RENAME,
                        () -> new RoomSettingsDialog(live, shell(), room).open()));
                menu.add(action(Messages.renameRoomAction, Picture.RENAME, () -> rooms().rename(room)));
                addPause(menu, Messages.pauseRoomAction, new Scope.OfRoom(room.id()));
                if (room.open().isEmpty()) {
                    addSync(menu, Messages.syncRoomAction, new Scope.OfRoom(room.id()));
                }
                menu.add(action(Messages.logOfRoomAction, Picture.LOG, () -> LogView.show(room.id())));
            }
            case Row.OfMember(Room room, Member member) -> {
                menu.add(new Separator());
                addPause(menu, Messages.pausePeerAction, new Scope.OfPeer(member.fingerprint()));
                addSync(menu, Messages.syncPeerAction, new Scope.OfPeer(member.fingerprint()));
                menu.add(action(
                        Messages.addressesAction,
                        Picture.DEVICE,
                        () -> new AddressesDialog(live, shell(), member).open()));
                menu.add(action(
                        Messages.byHandAction, Picture.LINKED, () -> new ByHandDialog(live, shell(), member).open()));
                boolean founded = member.admission().isEmpty();
                if (room.standing() == Room.Standing.FOUNDER) {
                    menu.add(action(
                            member.admin() ? Messages.makeMemberAction : Messages.makeAdminAction,
                            Picture.DEVICE,
                            () -> rooms().appoint(room, member)));
                }
                if (room.standing() == Room.Standing.FOUNDER || room.standing() == Room.Standing.ADMIN && !founded) {
                    menu.add(action(Messages.removeMemberAction, Picture.LEAVE, () -> rooms().remove(room, member)));
                }
                menu.add(new Separator());
            }
            case Row.OfPeer peer -> {}
            case Row.Nobody nobody -> {}
        }
    }

    private void addSync(IMenuManager menu, String text, Scope scope) {
        menu.add(action(text, Picture.SYNC_NOW, () -> rooms().syncNow(scope)));
    }

    private void addPause(IMenuManager menu, String text, Scope scope) {
        menu.add(action(
                isPaused(scope) ? Messages.resumeAllAction : text, Picture.PAUSE, () -> rooms().togglePause(scope)));
    }

    private boolean isPaused(Scope scope) {
        return live.sync().filter(sync -> sync.paused().contains(scope)).isPresent();
    }

    private static Action action(String text, Picture picture, Runnable run) {
        Action action = new Action(text, picture.descriptor()) {
            @Override
            public void run() {
                run.run();
            }
        };
        action.setToolTipText(text.replace("&", "").replace("…", ""));
        return action;
    }

    private LiveSync live() {
        return live;
    }

    private void showDeleted() {
        selectedRoom()
                .flatMap(id -> known.rooms().stream()
                        .filter(room -> room.id().equals(id))
                        .findFirst())
                .ifPresent(room -> new DeletedDialog(live, getSite().getShell(), room).open());
    }

    private Shell shell() {
        message.hide();
        return getSite().getShell();
    }

    private Rooms rooms() {
        message.hide();
        return rooms;
    }

    private void enter(RoomDialog.Way way) {
        // Not in the turn in which the dialog closes, which takes its time.
        rooms().enter(way).ifPresent(room -> pages.getDisplay().asyncExec(() -> select(room)));
    }

    private void select(RoomId room) {
        if (pages.isDisposed()) {
            return;
        }
        refresh();
        known.rooms().stream()
                .filter(joined -> joined.id().equals(room))
                .findFirst()
                .ifPresent(joined -> tree.setSelection(new StructuredSelection(new Row.OfRoom(joined)), true));
    }

    private void seen(Seen now) {
        if (!now.equals(known)) {
            show(now);
        }
    }

    private void refresh() {
        lookout.outdate();
        show(Seen.of(live.sync()));
    }

    private void show(Seen now) {
        Seen before = known;
        known = now;
        Optional<Device> self = now.self();
        say(deviceName, self.map(Device::name).orElse(Messages.thisDevice));
        say(
                deviceFingerprint,
                self.map(device -> device.fingerprint().grouped()).orElse(""));
        say(deviceAddresses, self.map(PeersView::reachedAt).orElse(""));
        deviceName.setToolTipText(
                Names.literal(self.map(device -> device.fingerprint().grouped() + "\n" + reachedAt(device))
                        .orElse("")));
        if (deviceBand.getVisible() != self.isPresent()) {
            ((GridData) deviceBand.getLayoutData()).exclude = self.isEmpty();
            deviceBand.setVisible(self.isPresent());
            deviceBand.requestLayout();
        }
        if (tree.getInput() == null) {
            tree.setInput(this);
        } else {
            tree.refresh();
        }
        widenSoon();
        List<RoomId> expanded = before.rooms().stream().map(Room::id).toList();
        now.rooms().stream()
                .filter(room -> !expanded.contains(room.id()))
                .forEach(room -> tree.expandToLevel(new Row.OfRoom(room), 1));
        if (!now.running()) {
            say(missingHeading, Messages.notRunning);
            say(missingExplained, Messages.notRunningExplained);
        } else {
            say(missingHeading, now.problem().isPresent() ? Messages.cannotRun : Messages.starting);
            say(missingExplained, now.problem().orElse(Messages.startingExplained));
        }
        if (!now.problem().equals(before.problem())
                || now.hindered() != before.hindered()
                || self.isPresent() != before.self().isPresent()) {
            List<Remedy> remedies = Remedy.of(now.troubles(), live, getSite().getShell());
            message.lasts(now.problem().filter(sentence -> self.isPresent()), now.hindered(), remedies);
            missingRemedies.offer(remedies);
        }
        Control page = self.isEmpty() ? missing : now.rooms().isEmpty() ? empty : full;
        if (shown.topControl != page) {
            shown.topControl = page;
            pages.layout();
        }
        create.setEnabled(self.isPresent());
        join.setEnabled(self.isPresent());
        syncNow.setEnabled(!now.rooms().isEmpty());
        rename.setEnabled(self.isPresent());
        copyOwn.setEnabled(self.isPresent());
        selected();
    }

    private static String reachedAt(Device device) {
        return device.addresses().isEmpty()
                ? Messages.reachedNowhere
                : NLS.bind(Messages.reachedAt, String.join(", ", device.addresses()));
    }

    /** Changes a label only if it says something else now: a new layout of the window is not for free. */
    private static void say(Label label, String text) {
        String literal = Names.literal(text);
        if (!label.getText().equals(literal)) {
            label.setText(literal);
            label.requestLayout();
        }
    }

    /** What depends on the selected row. */
    private void selected() {
        Optional<Row> row = selectedRow();
        String text = row.map(this::explained).orElse(Messages.selectForDetails);
        if (!details.getText().equals(text)) {
            details.setText(text);
        }
        invite.setEnabled(selectedRoom().filter(this::isIn).isPresent());
        deleted.setEnabled(selectedRoom().isPresent());
        exportRoom.setEnabled(selectedRoom().isPresent());
        invite.setText(
                selectedRoom().filter(this::isOpen).isPresent() ? Messages.copyCodeAction : Messages.inviteAction);
        leave.setEnabled(row.isPresent());
        copy.setEnabled(row.flatMap(PeersView::identity).isPresent());
        copy.setText(
                row.filter(Row.OfPeer.class::isInstance).isPresent() ? Messages.copyPeerId : Messages.copyFingerprint);
    }

    private String explained(Row row) {
        return switch (row) {
            case Row.OfRoom(Room room)
            when room.open().isPresent() -> explained(room, room.open().get());
            case Row.OfRoom(Room room) ->
                NLS.bind(
                        Messages.roomDetails,
                        Sentences.quoted(room),
                        Sentences.items(room.items().size()));
            case Row.OfMember(Room room, Member member) ->
                NLS.bind(Messages.memberDetails, new Object[] {
                            member.name(),
                            Sentences.details(member.reach()),
                            member.fingerprint().grouped()
                        })
                        + member.admission()
                                .map(admission ->
                                        "\n" + NLS.bind(Messages.admittedBy, admission.by(), When.was(admission.at())))
                                .orElse("")
                        + (member.reach() instanceof Reach.Linked ? "\n" + Messages.memberVerified : "")
                        + member.lastSync()
                                .map(at -> "\n" + NLS.bind(Messages.lastSync, When.was(at)))
                                .orElse("")
                        + open(member.fingerprint());
            case Row.OfPeer other ->
                NLS.bind(
                                Messages.openPeerDetails,
                                other.name(),
                                When.was(other.peer().since()))
                        + "\n"
                        + Messages.openUnverified
                        + other.peer().note().map(note -> "\n" + Said.in(note)).orElse("")
                        + open(OpenRoom.standIn(other.roomId(), other.peer().id()));
            case Row.Nobody(RoomId room) -> isOpen(room) ? Messages.openNobodyDetails : Messages.nobodyDetails;
        };
    }

    /** Whether nobody has removed this device from there. */
    private boolean isIn(RoomId id) {
        return known.rooms().stream()
                .anyMatch(room -> room.id().equals(id) && room.standing() != Room.Standing.REMOVED);
    }

    private boolean isOpen(RoomId id) {
        return known.rooms().stream()
                .anyMatch(room -> room.id().equals(id) && room.open().isPresent());
    }

    /** What an open room is, what keeps others out, and how it stands with its servers. */
    private static String explained(Room room, OpenRoom open) {
        StringBuilder text = new StringBuilder(NLS.bind(Messages.openDetails, new Object[] {
            Sentences.quoted(room),
            open.address().code(),
            Sentences.items(room.items().size())
        }));
        open.trouble().ifPresent(trouble -> text.append('\n').append(Troubles.all(trouble)));
        open.notices().stream().sorted().forEach(notice -> text.append('\n').append(Sentences.of(notice)));
        for (OpenRoom.Server server : open.servers()) {
            text.append('\n')
                    .append(
                            server.connected()
                                    ? NLS.bind(Messages.openServer, server.address())
                                    : NLS.bind(
                                            Messages.openServerProblem,
                                            server.address(),
                                            server.problem()
                                                    .map(Troubles::sentence)
                                                    .orElse(Messages.openServerTried)));
        }
        return text.toString();
    }

    /** What a member has open now, as a line of its own. */
    private String open(Fingerprint member) {
        List<String> items = live.presence().stream()
                .flatMap(presence -> presence.by(member).stream())
                .map(Presence.Open::itemName)
                .filter(name -> !name.isEmpty())
                .toList();
        return items.isEmpty() ? "" : "\n" + NLS.bind(Messages.hasOpen, String.join(", ", items));
    }

    private Optional<Row> selectedRow() {
        return Optional.ofNullable((Row) tree.getStructuredSelection().getFirstElement());
    }

    /** The room that is selected, or the only one. */
    private Optional<RoomId> selectedRoom() {
        return selectedRow()
                .map(Row::roomId)
                .or(() -> known.rooms().size() == 1
                        ? Optional.of(known.rooms().getFirst().id())
                        : Optional.empty());
    }

    private void copySelected() {
        if (details.isFocusControl() && details.getSelectionCount() > 0) {
            details.copy();
            return;
        }
        selectedRow().flatMap(PeersView::identity).ifPresent(this::toClipboard);
    }

    /** What somebody is told from all others by. */
    private static Optional<String> identity(Row row) {
        return switch (row) {
            case Row.OfMember(Room room, Member member) ->
                Optional.of(member.fingerprint().grouped());
            case Row.OfPeer(Room room, OpenRoom.Peer peer) -> Optional.of(peer.id());
            case Row.OfRoom room -> Optional.empty();
            case Row.Nobody nobody -> Optional.empty();
        };
    }

    private void copyOwnFingerprint() {
        live.sync()
                .flatMap(VaultSync::self)
                .ifPresent(self -> toClipboard(self.fingerprint().grouped()));
    }

    /** The report of the doctor, for somebody who helps. */
    private void copyDiagnostics() {
        Optional<Diagnostics> diagnostics = live.diagnostics();
        if (diagnostics.isEmpty()) {
            message.show(Messages.notRunning);
            return;
        }
        message.tell(Messages.diagnosing);
        Answers.of(diagnostics.get().check(), pages, this::copyReport, message::show);
    }

    private void copyReport(Diagnosis diagnosis) {
        toClipboard(diagnosis.report());
        message.tell(Messages.reportCopied);
    }

    private void toClipboard(String text) {
        Clipboard clipboard = new Clipboard(pages.getDisplay());
        try {
            clipboard.setContents(new Object[] {text}, new Transfer[] {TextTransfer.getInstance()});
        } finally {
            clipboard.dispose();
        }
    }

    @Override
    public void setFocus() {
        if (shown.topControl != null) {
            shown.topControl.setFocus();
        }
    }

    /** Rooms, and who is in them. */
    private final class Rows implements ITreeContentProvider {
        @Override
        public Object[] getElements(Object view) {
            return known.rooms().stream().map(Row.OfRoom::new).toArray();
        }

        @Override
        public Object[] getChildren(Object row) {
            return ((Row) row).children().toArray();
        }

        @Override
        public Object getParent(Object row) {
            return ((Row) row).parent().orElse(null);
        }

        @Override
        public boolean hasChildren(Object row) {
            return !((Row) row).children().isEmpty();
        }
    }
}
