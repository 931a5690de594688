// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.osgi;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.util.tracker.ServiceTracker;
import org.vaultsync.Invite;
import org.vaultsync.OpenRoomAddress;
import org.vaultsync.RoomId;
import org.vaultsync.SyncPolicy;
import org.vaultsync.VaultSync;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Put;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;
import org.vaultsync.vault.Vault;
import org.vaultsync.vault.VaultListener;

/**
 * A host without a window: a vault that lasts as long as its bundle is installed, and orders by text, so that it can be
 * driven across two frameworks whose classes do not know each other.
 */
public final class HeadlessHost implements BundleActivator, Function<String, String>, Vault {
    private final Map<String, Stored> items = new ConcurrentHashMap<>();
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final List<VaultListener> listeners = new CopyOnWriteArrayList<>();
    private final List<ServiceRegistration<?>> services = new ArrayList<>();
    private final Properties kept = new Properties(); // guarded by this
    private File file;
    private int puts; // guarded by this
    private ServiceTracker<VaultSync, VaultSync> sync;

    @Override
    public void start(BundleContext context) throws IOException {
        file = context.getDataFile("items");
        if (file.exists()) {
            try (InputStream in = new FileInputStream(file)) {
                kept.load(in);
            }
            kept.forEach((id, held) -> {
                String[] part = held.toString().split(" ", 2);
                items.put(id.toString(), stored(id.toString(), part[1], new Revision(part[0])));
            });
        }
        sync = new ServiceTracker<>(context, VaultSync.class, null);
        sync.open();
        services.add(context.registerService(Vault.class, this, null));
        services.add(context.registerService(Function.class, this, null));
    }

    @Override
    public void stop(BundleContext context) {
        services.forEach(ServiceRegistration::unregister);
        services.clear();
        sync.close();
    }

    private static Stored stored(String id, String json, Revision revision) {
        return new Stored(new Item(id, "note", id, json), revision);
    }

    private synchronized void keep(Stored stored) {
        items.put(stored.item().id(), stored);
        kept.setProperty(
                stored.item().id(),
                stored.revision().text() + " " + stored.item().content());
        try (OutputStream out = new FileOutputStream(file)) {
            kept.store(out, null);
        } catch (IOException lost) {
            throw new UncheckedIOException(lost);
        }
    }

    /**
     * {@code create NAME}, {@code invite ROOM}, {@code join LINE}, {@code enter CODE}, {@code save ID JSON}, {@code share ROOM
     * ID}, {@code content ID}, {@code badge ID}, and {@code puts}: how often sync has put something since the start.
     */
    @Override
    public String apply(String order) {
        String[] word = order.split(" ", 3);
        try {
            switch (word[0]) {
                case "save" -> {
                    return save(word[1], word[2]);
                }
                case "content" -> {
                    return get(word[1]).map(held -> held.item().content()).orElse("");
                }
                case "puts" -> {
                    return puts();
                }
                default -> {
                    // what takes sync
                }
            }
            VaultSync service = sync.waitForService(60_000);
            return switch (word[0]) {
                case "create" ->
                    service.createRoom(word[1])
                            .toCompletableFuture()
                            .get(120, TimeUnit.SECONDS)
                            .hex();
                case "invite" ->
                    service.invite(new RoomId(word[1]))
                            .toCompletableFuture()
                            .get(120, TimeUnit.SECONDS)
                            .line();
                case "join" ->
                    service.join(Invite.parse(word[1]))
                            .toCompletableFuture()
                            .get(120, TimeUnit.SECONDS)
                            .hex();
                case "enter" ->
                    service.joinOpenRoom(OpenRoomAddress.parse(word[1]), Optional.empty(), SyncPolicy.Taking.ALL)
                            .toCompletableFuture()
                            .get(120, TimeUnit.SECONDS)
                            .hex();
                case "share" -> {
                    service.share(new RoomId(word[1]), List.of(word[2]))
                            .toCompletableFuture()
                            .get(120, TimeUnit.SECONDS);
                    yield "shared";
                }
                case "badge" -> service.status(word[1]).badge().name();
                default -> throw new IllegalArgumentException(order);
            };
        } catch (Exception failed) {
            throw new IllegalStateException(order, failed);
        }
    }

    private String save(String id, String json) {
        Revision from = get(id).map(Stored::revision).orElse(Revision.NONE);
        Stored stored = stored(id, json, from.edited());
        keep(stored);
        listeners.forEach(listener -> listener.saved(stored));
        return "saved";
    }

    private synchronized String puts() {
        return String.valueOf(puts);
    }

    @Override
    public List<String> ids() {
        return List.copyOf(items.keySet());
    }

    @Override
    public Optional<Stored> get(String id) {
        return Optional.ofNullable(items.get(id));
    }

    @Override
    public synchronized Put put(Item item, Revision revision, Optional<Revision> replaces) {
        if (!get(item.id()).map(Stored::revision).equals(replaces)) {
            return new Put.Newer();
        }
        keep(new Stored(item, revision));
        puts++;
        return new Put.Taken(item);
    }

    @Override
    public synchronized boolean remove(String id, Revision revision) {
        boolean removed =
                get(id).filter(held -> !held.revision().equals(revision)).isEmpty() && items.remove(id) != null;
        if (removed) {
            kept.remove(id);
        }
        return removed;
    }

    @Override
    public Optional<InputStream> openAttachment(String sha256) {
        return Optional.ofNullable(files.get(sha256)).map(ByteArrayInputStream::new);
    }

    @Override
    public void putAttachment(String sha256, InputStream bytes) throws IOException {
        files.put(sha256, bytes.readAllBytes());
    }

    @Override
    public void addListener(VaultListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(VaultListener listener) {
        listeners.remove(listener);
    }
}
