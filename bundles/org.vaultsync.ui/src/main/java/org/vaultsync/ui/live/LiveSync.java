// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.live;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.eclipse.core.runtime.SafeRunner;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Widget;
import org.eclipse.ui.PlatformUI;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.util.tracker.ServiceTracker;
import org.vaultsync.DeviceSettings;
import org.vaultsync.Diagnostics;
import org.vaultsync.ItemHistory;
import org.vaultsync.ItemStatus;
import org.vaultsync.LinkByHand;
import org.vaultsync.Offers;
import org.vaultsync.Pairing;
import org.vaultsync.Presence;
import org.vaultsync.RoomArchives;
import org.vaultsync.ServerChecks;
import org.vaultsync.SyncListener;
import org.vaultsync.SyncLog;
import org.vaultsync.SyncPolicy;
import org.vaultsync.Transfers;
import org.vaultsync.VaultSync;
import org.vaultsync.ui.comparison.Comparison;
import org.vaultsync.vault.Vault;

/**
 * The sync service as the views see it: it may be missing, come and go, and its news arrive on the UI thread in small
 * portions, however fast they come in.
 *
 * <p>Thread-safe, except where a method says otherwise.
 */
@Component(service = LiveSync.class)
public final class LiveSync implements SyncListener {
    /** So many items a portion: what listeners do for each must stay far below the 50 ms that people notice. */
    private static final int PORTION = 100;

    private static final int MILLIS_BETWEEN_PORTIONS = 30;
    private static final int MILLIS_BETWEEN_ROOMS = 200;

    private final List<Consumer<Set<String>>> itemListeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<Set<String>>> presenceListeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> roomListeners = new CopyOnWriteArrayList<>();
    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private final Set<String> changedItems = new LinkedHashSet<>(); // guarded by itself
    private final Set<String> openedItems = new HashSet<>(); // guarded by itself
    private final Map<Class<?>, Followed<?>> services = new HashMap<>();
    private volatile Optional<Paced> items = Optional.empty();
    private volatile Optional<Paced> rooms = Optional.empty();
    private volatile Optional<Paced> opened = Optional.empty();

    /** The one of this application; for what the workbench makes and Declarative Services does not. UI thread. */
    public static LiveSync ofWorkbench() {
        LiveSync live = PlatformUI.getWorkbench().getService(LiveSync.class);
        if (live == null) {
            throw new IllegalStateException("Declarative Services are not running in this application");
        }
        return live;
    }

    @Activate
    public LiveSync(BundleContext context) {
        for (Class<?> service : List.of(
                VaultSync.class,
                Pairing.class,
                DeviceSettings.class,
                ItemHistory.class,
                SyncLog.class,
                Diagnostics.class,
                RoomArchives.class,
                ServerChecks.class,
                LinkByHand.class,
                SyncPolicy.class,
                Offers.class,
                Presence.class,
                Transfers.class,
                Comparison.class,
                Vault.class)) {
            services.put(service, new Followed<>(context, service));
        }
        services.values().forEach(ServiceTracker::open);
    }

    /** A service that may come and go. Of several the one counts that the framework prefers. */
    private final class Followed<T> extends ServiceTracker<T, T> {
        private final NavigableMap<ServiceReference<T>, T> there = new ConcurrentSkipListMap<>();
        private final Class<T> service;

        Followed(BundleContext context, Class<T> service) {
            super(context, service, null);
            this.service = service;
        }

        @Override
        public T addingService(ServiceReference<T> reference) {
            T arrived = super.addingService(reference);
            there.put(reference, arrived);
            if (arrived instanceof VaultSync sync) {
                sync.addListener(LiveSync.this);
            }
            changed();
            return arrived;
        }

        @Override
        public void removedService(ServiceReference<T> reference, T gone) {
            if (gone instanceof VaultSync sync) {
                sync.removeListener(LiveSync.this);
            }
            there.remove(reference);
            super.removedService(reference, gone);
            changed();
        }

        private void changed() {
            roomsChanged();
            if (service == VaultSync.class) {
                itemsChanged(asked);
            } else if (service == Presence.class) {
                presenceChanged(asked);
            }
        }
    }

    private <T> Optional<T> find(Class<T> service) {
        return Optional.ofNullable(services.get(service).there.lastEntry())
                .map(Map.Entry::getValue)
                .map(service::cast);
    }

    @Deactivate
    void stop() {
        services.values().forEach(ServiceTracker::close);
        itemListeners.clear();
        presenceListeners.clear();
        roomListeners.clear();
    }

    /** Sync, if it is there now. */
    public Optional<VaultSync> sync() {
        return find(VaultSync.class);
    }

    /** How devices meet, if sync is there now. */
    public Optional<Pairing> pairing() {
        return find(Pairing.class);
    }

    /** What is set about this device, if sync is there now. */
    public Optional<DeviceSettings> settings() {
        return find(DeviceSettings.class);
    }

    /** The history of items, if sync is there now. */
    public Optional<ItemHistory> history() {
        return find(ItemHistory.class);
    }

    /** The log of sync, if it is there now. */
    public Optional<SyncLog> log() {
        return find(SyncLog.class);
    }

    /** Rooms as files, if sync is there now. */
    public Optional<RoomArchives> archives() {
        return find(RoomArchives.class);
    }

    /** The doctor of sync, if it is there now. */
    public Optional<Diagnostics> diagnostics() {
        return find(Diagnostics.class);
    }

    /** What tries servers out, if WebRTC is installed and runs now. */
    public Optional<ServerChecks> checks() {
        return find(ServerChecks.class);
    }

    /** What links devices by texts that people carry, if sync is there now. */
    public Optional<LinkByHand> byHand() {
        return find(LinkByHand.class);
    }

    /** What is shared and taken without asking, if sync is there now. */
    public Optional<SyncPolicy> policy() {
        return find(SyncPolicy.class);
    }

    /** What others share, if sync is there now. */
    public Optional<Offers> offers() {
        return find(Offers.class);
    }

    /** Who has which item open, if sync is there now. */
    public Optional<Presence> presence() {
        return find(Presence.class);
    }

    /** The files that shared items name, if sync is there now. */
    public Optional<Transfers> transfers() {
        return find(Transfers.class);
    }

    /** The items of the host, shared or not. */
    public Optional<Vault> vault() {
        return find(Vault.class);
    }

    /** What the host shows texts beside each other with, if it has something. */
    public Optional<Comparison> comparison() {
        return find(Comparison.class);
    }

    /** The status of an item; not shared while sync is not there. */
    public ItemStatus status(String itemId) {
        asked.add(itemId);
        return sync().map(present -> present.status(itemId)).orElseGet(() -> ItemStatus.notShared(itemId));
    }

    /** Calls on the UI thread with the items whose status changed, until the returned action is run. */
    public Runnable onItems(Display display, Consumer<Set<String>> listener) {
        tellOn(display);
        itemListeners.add(listener);
        return () -> itemListeners.remove(listener);
    }

    /** Calls on the UI thread with the items whose status changed, until the owner is disposed. UI thread. */
    public void onItems(Widget owner, Consumer<Set<String>> listener) {
        Runnable remove = onItems(owner.getDisplay(), changed -> {
            if (!owner.isDisposed()) {
                listener.accept(changed);
            }
        });
        owner.addDisposeListener(event -> remove.run());
    }

    /** Calls on the UI thread when rooms, members or this device changed, until the returned action is run. */
    public Runnable onRooms(Display display, Runnable listener) {
        tellOn(display);
        roomListeners.add(listener);
        return () -> roomListeners.remove(listener);
    }

    /** Calls on the UI thread when rooms, members or this device changed, until the owner is disposed. UI thread. */
    public void onRooms(Widget owner, Runnable listener) {
        Runnable remove = onRooms(owner.getDisplay(), () -> {
            if (!owner.isDisposed()) {
                listener.run();
            }
        });
        owner.addDisposeListener(event -> remove.run());
    }

    /** Before anybody listens there is nothing to tell, so the first listener brings the display. */
    private synchronized void tellOn(Display display) {
        if (items.isEmpty()) {
            items = Optional.of(new Paced(display, MILLIS_BETWEEN_PORTIONS, () -> tellItems(display)));
            rooms = Optional.of(
                    new Paced(display, MILLIS_BETWEEN_ROOMS, () -> tell(display, roomListeners, Runnable::run)));
            opened = Optional.of(new Paced(display, MILLIS_BETWEEN_ROOMS, () -> tellOpened(display)));
        }
    }

    @Override
    public void itemsChanged(Set<String> itemIds) {
        synchronized (changedItems) {
            changedItems.addAll(itemIds);
        }
        items.ifPresent(Paced::ask);
    }

    /** Calls on the UI thread with the items that others opened, moved in or closed, until the owner is disposed. UI thread. */
    public void onPresence(Widget owner, Consumer<Set<String>> listener) {
        tellOn(owner.getDisplay());
        Consumer<Set<String>> whileThere = changed -> {
            if (!owner.isDisposed()) {
                listener.accept(changed);
            }
        };
        presenceListeners.add(whileThere);
        owner.addDisposeListener(event -> presenceListeners.remove(whileThere));
    }

    @Override
    public void presenceChanged(Set<String> itemIds) {
        synchronized (openedItems) {
            openedItems.addAll(itemIds);
        }
        opened.ifPresent(Paced::ask);
    }

    @Override
    public void roomsChanged() {
        rooms.ifPresent(Paced::ask);
    }

    private void tellItems(Display display) {
        Set<String> portion = new HashSet<>();
        synchronized (changedItems) {
            for (Iterator<String> each = changedItems.iterator(); each.hasNext() && portion.size() < PORTION; ) {
                portion.add(each.next());
                each.remove();
            }
            if (!changedItems.isEmpty()) {
                items.ifPresent(Paced::ask);
            }
        }
        if (!portion.isEmpty()) {
            tell(display, itemListeners, listener -> listener.accept(portion));
        }
    }

    private void tellOpened(Display display) {
        Set<String> changed;
        synchronized (openedItems) {
            changed = Set.copyOf(openedItems);
            openedItems.clear();
        }
        tell(display, presenceListeners, listener -> listener.accept(changed));
    }

    /** Each listener gets a turn of the event loop for itself, so that painting and typing come between. */
    private static <T> void tell(Display display, List<T> listeners, Consumer<T> news) {
        for (T listener : listeners) {
            display.asyncExec(() -> {
                if (listeners.contains(listener)) { // it may have gone since
                    SafeRunner.run(() -> news.accept(listener));
                }
            });
        }
    }
}
