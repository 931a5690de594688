// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.log;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jface.action.Action;
import org.eclipse.jface.layout.TableColumnLayout;
import org.eclipse.jface.viewers.ArrayContentProvider;
import org.eclipse.jface.viewers.ColumnLabelProvider;
import org.eclipse.jface.viewers.ColumnViewerToolTipSupport;
import org.eclipse.jface.viewers.StructuredSelection;
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
import org.vaultsync.SyncLog;
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
    private Lookout<Seen> lookout;
    private volatile Optional<RoomId> room = Optional.empty(); // of which alone it tells
    private final Action all = new Action(Messages.logOfAllAction, Picture.LOG.descriptor()) {
        @Override
        public void run() {
            tellOf(Optional.empty());
        }
    };

    /**
     * An entry in words. They are found away from the UI thread: in another language than that of sync each sentence is
     * looked up among hundreds.
     */
    private record Line(
            LogEntry entry, String when, String event, String device, String room, String traffic, String what) {
        static Line of(LogEntry entry, DeviceNames names) {
            return new Line(
                    entry,
                    LogView.when(entry),
                    LogView.event(entry),
                    entry.peer().map(names::of).orElse(""),
                    entry.room().map(names::of).orElse(""),
                    LogView.traffic(entry),
                    LogView.what(entry));
        }

        List<String> texts() {
            return List.of(when, event, device, room, traffic, what);
        }
    }

    /** @param heading what it is about, or why there is nothing */
    private record Seen(List<Line> lines, String heading) {}

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
    private static boolean isAbout(RoomId room, LogEntry entry, DeviceNames names) {
        return entry.room().equals(Optional.of(room))
                || entry.room().isEmpty()
                        && entry.peer()
                                .filter(peer -> names.isMember(room, peer))
                                .isPresent();
    }

    @Override
    public void createPartControl(Composite parent) {
        ContextHelp.on(parent, "log");
        live = LiveSync.ofWorkbench();
        TableColumnLayout layout = new TableColumnLayout();
        parent.setLayout(layout);
        table = new TableViewer(parent, SWT.MULTI | SWT.FULL_SELECTION | SWT.H_SCROLL | SWT.V_SCROLL);
        table.getTable().setHeaderVisible(true);
        table.setContentProvider(ArrayContentProvider.getInstance());
        ColumnViewerToolTipSupport.enableFor(table);
        columns = new Columns(table.getTable(), layout);
        column(Messages.logWhen, 17, 90, Line::when);
        column(Messages.logEvent, 10, 60, Line::event);
        column(Messages.logDevice, 16, 60, Line::device);
        column(Messages.logRoom, 12, 60, Line::room);
        column(Messages.logTraffic, 18, 60, Line::traffic);
        column(Messages.logWhat, 36, 220, Line::what);
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
        lookout = new Lookout<>(table.getControl(), this::lines, this::show, this::setContentDescription);
        live.onRooms(parent, lookout::look);
        lookout.look();
    }

    private void column(String title, int weight, int least, Function<Line, String> text) {
        TableViewerColumn column = new TableViewerColumn(table, SWT.NONE);
        column.getColumn().setText(title);
        column.setLabelProvider(new ColumnLabelProvider() {
            @Override
            public String getText(Object line) {
                return text.apply((Line) line);
            }

            @Override
            public String getToolTipText(Object line) {
                return ((Line) line).what();
            }
        });
        columns.add(column.getColumn(), title, weight, least, 0);
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
    private Seen lines() {
        Optional<RoomId> about = room;
        Optional<SyncLog> log = live.log();
        DeviceNames names = new DeviceNames(live.sync());
        List<LogEntry> kept = log.map(present -> present.entries(about.isEmpty() ? MOST : ALL)
                        .toCompletableFuture()
                        .join())
                .orElse(List.of());
        return new Seen(
                kept.stream()
                        .filter(entry -> about.isEmpty() || isAbout(about.get(), entry, names))
                        .limit(MOST)
                        .map(entry -> Line.of(entry, names))
                        .toList(),
                log.isEmpty()
                        ? Messages.notRunning
                        : about.map(id -> NLS.bind(Messages.logOfOneRoom, names.of(id)))
                                .orElse(""));
    }

    private void show(Seen now) {
        setContentDescription(now.heading());
        if (now.lines().equals(table.getInput())) {
            return;
        }
        Set<LogEntry> chosen = rows().map(Line::entry).collect(Collectors.toSet());
        table.setInput(now.lines());
        table.setSelection(new StructuredSelection(now.lines().stream()
                .filter(line -> chosen.contains(line.entry()))
                .toList()));
        columns.widen(now.lines(), Line::texts);
    }

    /** The rows that are selected. */
    private Stream<Line> rows() {
        return Stream.of(table.getStructuredSelection().toArray()).map(Line.class::cast);
    }

    private void copy() {
        String lines = rows().map(line -> Stream.of(
                                line.entry().time().toString(),
                                line.event(),
                                line.device(),
                                line.what(),
                                line.traffic())
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
