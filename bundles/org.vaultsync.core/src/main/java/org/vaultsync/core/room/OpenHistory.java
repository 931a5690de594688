// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.vaultsync.RoomId;
import org.vaultsync.Version;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.core.store.HistoryTable;
import org.vaultsync.core.store.HistoryTable.HistoryRow;
import org.vaultsync.core.store.HistoryTable.Kind;
import org.vaultsync.core.store.Store;
import org.vaultsync.core.store.Store.Write;

/** What became of the items of an open room on this device, change by change. Belongs to the room's thread. */
final class OpenHistory {
    private static final int MOST_DELETED = 500;

    private final RoomId room;
    private final OpenContent content;
    private final Store store;
    private final Worker thread;
    private final Clock clock;

    OpenHistory(RoomId room, OpenContent content, Store store, Worker thread, Clock clock) {
        this.room = room;
        this.content = content;
        this.store = store;
        this.thread = thread;
        this.clock = clock;
    }

    /** The row of a change of an item, by who wrote last. */
    Write row(Document document, Kind kind, String before) {
        return HistoryTable.add(
                room,
                document.item.orElseThrow(),
                new HistoryRow(
                        0, document.name.docId(), kind, clock.instant(), document.author, List.of(), false, before));
    }

    /** The versions of an item, the newest first. */
    CompletionStage<List<Version>> versions(Document document) {
        String item = document.item.orElseThrow();
        String present = content.json(item).orElse(""); // as of the rows, not as of when they have been read
        return HistoryTable.untilNow(store, thread, room, item).thenApply(rows -> versions(document, rows, present));
    }

    private List<Version> versions(Document document, List<HistoryRow> rows, String present) {
        String item = document.item.orElseThrow();
        List<Version> versions = new ArrayList<>();
        if (!rows.isEmpty() && !rows.getFirst().before().isEmpty()) {
            versions.add(new Version(
                    document.name.docId(),
                    room,
                    item,
                    Version.Kind.EARLIER,
                    List.of(),
                    Optional.empty(),
                    true,
                    List.of(),
                    Optional.of(ItemJson.read(item, rows.getFirst().before()))));
        }
        for (int i = 0; i < rows.size(); i++) {
            HistoryRow row = rows.get(i);
            boolean deleted = row.kind() == Kind.DELETED;
            String after = deleted ? "" : i + 1 < rows.size() ? rows.get(i + 1).before() : present;
            versions.add(new Version(
                    String.valueOf(row.number()),
                    room,
                    item,
                    switch (row.kind()) {
                        case BEGUN -> Version.Kind.SHARED;
                        case EDITED -> Version.Kind.EDITED;
                        case RESTORED -> Version.Kind.RESTORED;
                        case DELETED -> Version.Kind.DELETED;
                    },
                    row.author().stream().toList(),
                    Optional.of(row.time()),
                    row.merged(),
                    row.before().isEmpty() || after.isEmpty() ? List.of() : Differences.between(row.before(), after),
                    Optional.of(after).filter(json -> !json.isEmpty()).map(json -> ItemJson.read(item, json))));
        }
        return versions.reversed();
    }

    /** The items that were deleted and are not back, each as its deletion with the item as it was before. */
    CompletionStage<List<Version>> deleted() {
        return store.written()
                .thenApplyAsync(
                        written -> store.read(database -> HistoryTable.deleted(database, room, MOST_DELETED)).stream()
                                .filter(item -> !content.has(item))
                                .map(this::deletion)
                                .toList(),
                        thread);
    }

    private Version deletion(String item) {
        HistoryRow last =
                store.read(database -> HistoryTable.of(database, room, item)).getLast();
        return new Version(
                String.valueOf(last.number()),
                room,
                item,
                Version.Kind.DELETED,
                last.author().stream().toList(),
                Optional.of(last.time()),
                last.merged(),
                List.of(),
                Optional.of(ItemJson.read(item, last.before())));
    }
}
