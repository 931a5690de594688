// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Conflict;
import org.vaultsync.Fingerprint;
import org.vaultsync.ItemStatus;
import org.vaultsync.NameOrder;
import org.vaultsync.Presence.Open;
import org.vaultsync.RoomId;
import org.vaultsync.SyncListener;
import org.vaultsync.Transfers.Progress;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.Worker;

/** What is known about items, for anybody to read at once, and who is told when it changes: soon, and many changes in one. Thread-safe. */
final class Board implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Board.class);
    private static final Duration GATHERED = Duration.ofMillis(15);

    private final Map<String, ItemStatus> statuses = new ConcurrentHashMap<>();
    private final Map<String, List<Conflict>> conflicts = new ConcurrentHashMap<>();
    private final Map<String, Progress> files = new ConcurrentHashMap<>(); // by hash; those that are here are not in it
    private final Map<RoomId, Map<Fingerprint, List<Open>>> open = new ConcurrentHashMap<>(); // by others
    private final List<SyncListener> listeners = new CopyOnWriteArrayList<>();
    private final Worker thread;
    private Set<String> items = new HashSet<>(); // guarded by this
    private Set<String> filesChanged = new HashSet<>(); // guarded by this
    private Set<String> openChanged = new HashSet<>(); // guarded by this
    private boolean rooms; // guarded by this
    private boolean scheduled; // guarded by this

    Board(Machine machine) {
        thread = machine.worker("vaultsync notices");
    }

    void add(SyncListener listener) {
        listeners.add(listener);
    }

    void remove(SyncListener listener) {
        listeners.remove(listener);
    }

    ItemStatus status(String item) {
        ItemStatus known = statuses.get(item);
        return known == null ? ItemStatus.notShared(item) : known;
    }

    List<Conflict> conflicts(String item) {
        return conflicts.getOrDefault(item, List.of());
    }

    /** What a room says about an item; that it is not in this room says nothing about others. */
    void put(RoomId room, ItemStatus status, List<Conflict> open) {
        ItemStatus before = status(status.itemId());
        boolean elsewhere = before.room().filter(other -> !other.equals(room)).isPresent();
        if (status.room().isEmpty() && elsewhere || status.equals(before) && open.equals(conflicts(status.itemId()))) {
            return;
        }
        if (open.isEmpty()) {
            conflicts.remove(status.itemId());
        } else {
            conflicts.put(status.itemId(), open);
        }
        if (status.room().isEmpty()) {
            statuses.remove(status.itemId());
        } else {
            statuses.put(status.itemId(), status);
        }
        synchronized (this) {
            items.add(status.itemId());
            soon();
        }
    }

    /** Tells that something is known of an item which does not stand here. */
    synchronized void changed(String item) {
        items.add(item);
        soon();
    }

    Progress progress(String sha256) {
        return files.getOrDefault(sha256, new Progress.Nothing());
    }

    /** How far a file has come. */
    void put(String sha256, Progress progress) {
        if (progress instanceof Progress.Nothing) {
            files.remove(sha256);
        } else {
            files.put(sha256, progress);
        }
        synchronized (this) {
            filesChanged.add(sha256);
            soon();
        }
    }

    List<Open> openAt(String item) {
        return open(each -> each.itemId().equals(item), Open::deviceName);
    }

    List<Open> openBy(Fingerprint device) {
        return open(each -> each.device().equals(device), Open::itemName);
    }

    private List<Open> open(Predicate<Open> wanted, Function<Open, String> order) {
        return open.values().stream()
                .flatMap(members -> members.values().stream())
                .flatMap(List::stream)
                .filter(wanted)
                .sorted(Comparator.comparing(order, new NameOrder())
                        .thenComparing(Open::device)
                        .thenComparing(Open::itemId))
                .toList();
    }

    /** What a member has open of the items of a room. */
    void put(RoomId room, Fingerprint member, List<Open> items) {
        Map<Fingerprint, List<Open>> members = open.computeIfAbsent(room, none -> new ConcurrentHashMap<>());
        List<Open> before = items.isEmpty() ? members.remove(member) : members.put(member, items);
        Set<Open> changed = new HashSet<>(items);
        for (Open each : before == null ? List.<Open>of() : before) {
            if (!changed.remove(each)) {
                changed.add(each);
            }
        }
        if (!changed.isEmpty()) {
            synchronized (this) {
                changed.forEach(each -> openChanged.add(each.itemId()));
                soon();
            }
        }
    }

    /** A room is gone. */
    void remove(RoomId room) {
        Optional.ofNullable(open.get(room))
                .ifPresent(members -> members.keySet().forEach(member -> put(room, member, List.of())));
        for (ItemStatus status : List.copyOf(statuses.values())) {
            if (status.room().filter(room::equals).isPresent()) {
                put(room, ItemStatus.notShared(status.itemId()), List.of());
            }
        }
        roomsChanged();
    }

    synchronized void roomsChanged() {
        rooms = true;
        soon();
    }

    private void soon() {
        if (!scheduled) {
            scheduled = true;
            thread.after(GATHERED, this::tell);
        }
    }

    private void tell() {
        Set<String> changed;
        Set<String> changedFiles;
        Set<String> changedOpen;
        boolean roomsToo;
        synchronized (this) {
            changed = items;
            changedFiles = filesChanged;
            changedOpen = openChanged;
            roomsToo = rooms;
            items = new HashSet<>();
            filesChanged = new HashSet<>();
            openChanged = new HashSet<>();
            rooms = false;
            scheduled = false;
        }
        for (SyncListener listener : listeners) {
            guarded(() -> {
                if (!changed.isEmpty()) {
                    listener.itemsChanged(Set.copyOf(changed));
                }
                if (!changedFiles.isEmpty()) {
                    listener.filesChanged(Set.copyOf(changedFiles));
                }
                if (!changedOpen.isEmpty()) {
                    listener.presenceChanged(Set.copyOf(changedOpen));
                }
                if (roomsToo) {
                    listener.roomsChanged();
                }
            });
        }
    }

    private static void guarded(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException theirs) {
            LOG.error("a listener failed", theirs);
        }
    }

    @Override
    public void close() {
        thread.close();
    }
}
