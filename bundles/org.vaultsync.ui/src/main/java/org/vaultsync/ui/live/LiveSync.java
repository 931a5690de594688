// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.live;

import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.eclipse.core.runtime.SafeRunner;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Widget;
import org.eclipse.ui.PlatformUI;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.vaultsync.DeviceSettings;
import org.vaultsync.Diagnostics;
import org.vaultsync.ItemHistory;
import org.vaultsync.ItemStatus;
import org.vaultsync.Offers;
import org.vaultsync.Pairing;
import org.vaultsync.RoomArchives;
import org.vaultsync.SyncListener;
import org.vaultsync.SyncLog;
import org.vaultsync.SyncPolicy;
import org.vaultsync.VaultSync;

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
    private final List<Runnable> roomListeners = new CopyOnWriteArrayList<>();
    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private final Set<String> changedItems = new LinkedHashSet<>(); // guarded by itself
    private volatile Optional<VaultSync> sync = Optional.empty();
    private volatile Optional<Pairing> pairing = Optional.empty();
    private volatile Optional<DeviceSettings> settings = Optional.empty();
    private volatile Optional<ItemHistory> history = Optional.empty();
    private volatile Optional<SyncLog> log = Optional.empty();
    private volatile Optional<Diagnostics> diagnostics = Optional.empty();
    private volatile Optional<RoomArchives> archives = Optional.empty();
    private volatile Optional<SyncPolicy> policy = Optional.empty();
    private volatile Optional<Offers> offers = Optional.empty();
    private volatile Optional<Paced> items = Optional.empty();
    private volatile Optional<Paced> rooms = Optional.empty();

    /** The one of this application; for what the workbench makes and Declarative Services does not. UI thread. */
    public static LiveSync ofWorkbench() {
        LiveSync live = PlatformUI.getWorkbench().getService(LiveSync.class);
        if (live == null) {
            throw new IllegalStateException("Declarative Services are not running in this application");
        }
        return live;
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addVaultSync(VaultSync arrived) {
        sync = Optional.of(arrived);
        arrived.addListener(this);
        everythingChanged();
    }

    void removeVaultSync(VaultSync gone) {
        gone.removeListener(this);
        if (sync.filter(present -> present == gone).isPresent()) {
            sync = Optional.empty();
            everythingChanged();
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addPairing(Pairing arrived) {
        pairing = Optional.of(arrived);
        roomsChanged();
    }

    void removePairing(Pairing gone) {
        pairing = pairing.filter(present -> present != gone);
        roomsChanged();
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addItemHistory(ItemHistory arrived) {
        history = Optional.of(arrived);
    }

    void removeItemHistory(ItemHistory gone) {
        history = history.filter(present -> present != gone);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addSettings(DeviceSettings arrived) {
        settings = Optional.of(arrived);
    }

    void removeSettings(DeviceSettings gone) {
        settings = settings.filter(present -> present != gone);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addSyncLog(SyncLog arrived) {
        log = Optional.of(arrived);
        roomsChanged();
    }

    void removeSyncLog(SyncLog gone) {
        log = log.filter(present -> present != gone);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addPolicy(SyncPolicy arrived) {
        policy = Optional.of(arrived);
        roomsChanged();
    }

    void removePolicy(SyncPolicy gone) {
        policy = policy.filter(present -> present != gone);
        roomsChanged();
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addDiagnostics(Diagnostics arrived) {
        diagnostics = Optional.of(arrived);
    }

    void removeDiagnostics(Diagnostics gone) {
        diagnostics = diagnostics.filter(present -> present != gone);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addRoomArchives(RoomArchives arrived) {
        archives = Optional.of(arrived);
    }

    void removeRoomArchives(RoomArchives gone) {
        archives = archives.filter(present -> present != gone);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addOffers(Offers arrived) {
        offers = Optional.of(arrived);
        roomsChanged();
    }

    void removeOffers(Offers gone) {
        offers = offers.filter(present -> present != gone);
        roomsChanged();
    }

    @Deactivate
    void stop() {
        itemListeners.clear();
        roomListeners.clear();
    }

    /** Sync, if it is there now. */
    public Optional<VaultSync> sync() {
        return sync;
    }

    /** How devices meet, if sync is there now. */
    public Optional<Pairing> pairing() {
        return pairing;
    }

    /** What is set about this device, if sync is there now. */
    public Optional<DeviceSettings> settings() {
        return settings;
    }

    /** The history of items, if sync is there now. */
    public Optional<ItemHistory> history() {
        return history;
    }

    /** The log of sync, if it is there now. */
    public Optional<SyncLog> log() {
        return log;
    }

    /** Rooms as files, if sync is there now. */
    public Optional<RoomArchives> archives() {
        return archives;
    }

    /** The doctor of sync, if it is there now. */
    public Optional<Diagnostics> diagnostics() {
        return diagnostics;
    }

    /** What is shared and taken without asking, if sync is there now. */
    public Optional<SyncPolicy> policy() {
        return policy;
    }

    /** What others share, if sync is there now. */
    public Optional<Offers> offers() {
        return offers;
    }

    /** The status of an item; not shared while sync is not there. */
    public ItemStatus status(String itemId) {
        asked.add(itemId);
        return sync.map(present -> present.status(itemId)).orElseGet(() -> ItemStatus.notShared(itemId));
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
            items = Optional.of(new Paced(display, MILLIS_BETWEEN_PORTIONS, this::tellItems));
            rooms = Optional.of(new Paced(display, MILLIS_BETWEEN_ROOMS, this::tellRooms));
        }
    }

    @Override
    public void itemsChanged(Set<String> itemIds) {
        synchronized (changedItems) {
            changedItems.addAll(itemIds);
        }
        items.ifPresent(Paced::ask);
    }

    @Override
    public void roomsChanged() {
        rooms.ifPresent(Paced::ask);
    }

    private void everythingChanged() {
        roomsChanged();
        itemsChanged(asked);
    }

    private void tellItems() {
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
            itemListeners.forEach(listener -> SafeRunner.run(() -> listener.accept(portion)));
        }
    }

    private void tellRooms() {
        roomListeners.forEach(listener -> SafeRunner.run(listener::run));
    }
}
