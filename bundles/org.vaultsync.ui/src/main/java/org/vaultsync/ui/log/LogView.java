// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jface.action.Action;
import org.eclipse.jface.layout.TableColumnLayout;
import org.eclipse.jface.viewers.ArrayContentProvider;
import org.eclipse.jface.viewers.ColumnLabelProvider;
import org.eclipse.jface.viewers.ColumnViewerToolTipSupport;
import org.eclipse.jface.viewers.TableViewer;
import org.eclipse.jface.viewers.TableViewerColumn;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.dnd.Transfer;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.ui.actions.ActionFactory;
import org.eclipse.ui.part.ViewPart;
import org.vaultsync.LogEntry;
import org.vaultsync.RoomId;
import org.vaultsync.ui.dialogs.Columns;
import org.vaultsync.ui.dialogs.ContextHelp;
import org.vaultsync.ui.dialogs.Views;
import org.vaultsync.ui.live.DeviceNames;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.live.Lookout;
import org.vaultsync.ui.pictures.Picture;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Said;
import org.vaultsync.ui.text.When;

/** What sync did, the newest first, of all rooms or of one. UI thread. */
public final class LogView extends ViewPart {
    /** The id of the view. */
    public static final String ID = "org.vaultsync.ui.log";

    private static final int MOST = 500;

    /** All that is kept, of which a room has a part. */
    private static final int ALL = 2000;

    private LiveSync live;
    private TableViewer table;
    private Columns columns;
    private final List<Function<LogEntry, String>> texts = new ArrayList<>(); // of the columns
    private DeviceNames names;
    private Lookout<List<LogEntry>> lookout;
    private volatile Optional<RoomId> room = Optional.empty(); // of which alone it tells
    private final Action all = new Action(Messages.logOfAllAction, Picture.LOG.descriptor()) {
        @Override
        public void run() {
            tellOf(Optional.empty());
        }
    };

    /** Brings the view to the front in the active window. */
    public static void show() {
        Views.show(ID, LogView.class);
    }

    /** Brings the view to the front in the active window, with what it tells of a room and of its members. */
    public static void show(RoomId room) {
        Views.show(ID, LogView.class).ifPresent(log -> log.tellOf(Optional.of(room)));
    }

    private void tellOf(Optional<RoomId> one) {
        room = one;
        all.setEnabled(one.isPresent());
        lookout.look();
    }

    /** Whether it happened in the room, or with one of its members. */
    private boolean isWanted(LogEntry entry) {
        return room.isEmpty()
                || entry.room().equals(room)
                || entry.room().isEmpty()
                        && entry.peer()
                                .filter(peer -> names.isMember(room.get(), peer))
                                .isPresent();
    }

    @Override
    public void createPartControl(Composite parent) {
        ContextHelp.on(parent, "log");
        live = LiveSync.ofWorkbench();
        names = new DeviceNames(live.sync());
        TableColumnLayout layout = new TableColumnLayout();
        parent.setLayout(layout);
        table = new TableViewer(parent, SWT.MULTI | SWT.FULL_SELECTION | SWT.H_SCROLL | SWT.V_SCROLL);
        table.getTable().setHeaderVisible(true);
        table.setContentProvider(ArrayContentProvider.getInstance());
        ColumnViewerToolTipSupport.enableFor(table);
        columns = new Columns(table.getTable(), layout);
        column(Messages.logWhen, 17, 90, LogView::when);
        column(Messages.logEvent, 10, 60, LogView::event);
        column(Messages.logDevice, 16, 60, entry -> entry.peer().map(names::of).orElse(""));
        column(Messages.logRoom, 12, 60, entry -> entry.room().map(names::of).orElse(""));
        column(Messages.logTraffic, 18, 60, LogView::traffic);
        column(Messages.logWhat, 36, 220, LogView::what);
        getViewSite().getActionBars().setGlobalActionHandler(ActionFactory.COPY.getId(), new Action() {
            @Override
            public void run() {
                copy();
            }
        });
        all.setToolTipText(Messages.logOfAllAction);
        all.setEnabled(false);
        getViewSite().getActionBars().getToolBarManager().add(all);
        getSite().setSelectionProvider(table);
        lookout = new Lookout<>(table.getControl(), this::entries, this::show, this::setContentDescription);
        live.onRooms(parent, lookout::look);
        lookout.look();
    }

    private void column(String title, int weight, int least, Function<LogEntry, String> text) {
        TableViewerColumn column = new TableViewerColumn(table, SWT.NONE);
        column.getColumn().setText(title);
        column.setLabelProvider(new ColumnLabelProvider() {
            @Override
            public String getText(Object entry) {
                return text.apply((LogEntry) entry);
            }

            @Override
            public String getToolTipText(Object entry) {
                return what((LogEntry) entry);
            }
        });
        columns.add(column.getColumn(), title, weight, least, 0);
        texts.add(text);
    }

    private static String when(LogEntry entry) {
        return entry.times() == 1
                ? When.was(entry.time())
                : NLS.bind(Messages.logUntil, When.was(entry.time()), When.was(entry.last()));
    }

    private static String event(LogEntry entry) {
        return switch (entry.kind()) {
            case DEVICE -> Messages.logOfDevice;
            case ROOM -> Messages.logOfRoom;
            case ATTEMPT -> Messages.logAttempt;
            case LINKED -> Messages.logLinked;
            case CLOSED -> Messages.logClosed;
            case REFUSED -> Messages.logRefused;
            case STORE -> Messages.logStore;
        };
    }

    private static String what(LogEntry entry) {
        String sentence = Said.in(entry.sentence());
        return entry.times() == 1 ? sentence : NLS.bind(Messages.logTimes, sentence, entry.times());
    }

    private static String traffic(LogEntry entry) {
        return entry.traffic()
                .map(traffic ->
                        NLS.bind(Messages.logSentReceived, bytes(traffic.bytesSent()), bytes(traffic.bytesReceived())))
                .orElse("");
    }

    private static String bytes(long bytes) {
        if (bytes == 1) {
            return Messages.oneByte;
        }
        return bytes < 1000
                ? NLS.bind(Messages.bytes, bytes)
                : bytes < 1_000_000
                        ? NLS.bind(Messages.kilobytes, bytes / 1000)
                        : NLS.bind(Messages.megabytes, String.format("%.1f", bytes / 1e6));
    }

    /** The newest first. Any thread. */
    private List<LogEntry> entries() {
        return live.log()
                .map(log -> log.entries(room.isEmpty() ? MOST : ALL)
                        .toCompletableFuture()
                        .join())
                .orElse(List.of());
    }

    private void show(List<LogEntry> kept) {
        names = new DeviceNames(live.sync());
        List<LogEntry> entries =
                kept.stream().filter(this::isWanted).limit(MOST).toList();
        if (!entries.equals(table.getInput())) {
            table.setInput(entries);
        } else {
            table.refresh();
        }
        setContentDescription(
                live.log().isEmpty()
                        ? Messages.notRunning
                        : room.map(id -> NLS.bind(Messages.logOfOneRoom, names.of(id)))
                                .orElse(""));
        columns.widen(
                entries, entry -> texts.stream().map(text -> text.apply(entry)).toList());
    }

    private void copy() {
        String lines = Stream.of(table.getStructuredSelection().toArray())
                .map(LogEntry.class::cast)
                .map(entry -> Stream.of(
                                entry.time().toString(),
                                event(entry),
                                entry.peer().map(names::of).orElse(""),
                                what(entry),
                                traffic(entry))
                        .collect(Collectors.joining("\t")))
                .collect(Collectors.joining(System.lineSeparator()));
        if (!lines.isEmpty()) {
            Clipboard clipboard = new Clipboard(table.getControl().getDisplay());
            try {
                clipboard.setContents(new Object[] {lines}, new Transfer[] {TextTransfer.getInstance()});
            } finally {
                clipboard.dispose();
            }
        }
    }

    @Override
    public void setFocus() {
        table.getControl().setFocus();
    }
}
