// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Put;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;
import org.vaultsync.vault.Vault;
import org.vaultsync.vault.VaultListener;

/** A host that keeps its items in memory, and can be slow, refuse or normalise. It survives the sync that is put on it. */
public final class MemoryVault implements Vault {
    private final Map<String, Stored> items = new TreeMap<>(); // guarded by this
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final AtomicInteger filesPut = new AtomicInteger();
    private final Optional<Path> folder;
    private final List<VaultListener> listeners = new CopyOnWriteArrayList<>();
    private volatile Consumer<String> beforeGet = id -> {};
    private volatile Runnable beforeFile = () -> {};
    private volatile Runnable beforePut = () -> {};
    private volatile Runnable afterPut = () -> {};
    private volatile Consumer<Item> watcher = item -> {};
    private volatile UnaryOperator<Item> normalisation = UnaryOperator.identity();
    private volatile Set<String> texts = Set.of();
    private volatile Optional<String> refusal = Optional.empty();
    private volatile Executor telling = Runnable::run;

    public MemoryVault() {
        folder = Optional.empty();
    }

    /** Keeps attachments as files. */
    MemoryVault(Path attachments) {
        folder = Optional.of(attachments);
    }

    void beforeGet(Consumer<String> action) {
        beforeGet = action;
    }

    /** Runs before an attachment is opened. */
    void beforeFile(Runnable action) {
        beforeFile = action;
    }

    void beforePut(Runnable action) {
        beforePut = action;
    }

    void afterPut(Runnable action) {
        afterPut = action;
    }

    /** Somebody looks at all that is put into it from now on. */
    void watch(Consumer<Item> reader) {
        watcher = reader;
    }

    void normalise(UnaryOperator<Item> how) {
        normalisation = how;
    }

    void textFields(Set<String> pointers) {
        texts = Set.copyOf(pointers);
    }

    @Override
    public Set<String> textFields(String type) {
        return texts;
    }

    void refuse(String why) {
        refusal = Optional.ofNullable(why);
    }

    /** Who runs what tells of a save. */
    void tellBy(Executor executor) {
        telling = executor;
    }

    /** The host comes with an item of its own, such as a sample. */
    synchronized void hold(Item item) {
        items.put(item.id(), new Stored(item, Revision.NONE));
    }

    /** A person saves content that was made from a revision. */
    Revision save(Item item, Revision startedFrom) {
        Stored stored = new Stored(item, startedFrom.edited());
        synchronized (this) {
            items.put(item.id(), stored);
        }
        telling.execute(() -> listeners.forEach(listener -> listener.saved(stored)));
        return stored.revision();
    }

    /** A person opens, changes and saves at once. */
    Revision save(String id, UnaryOperator<String> change) {
        Stored now = held(id).orElseThrow();
        Item item = now.item();
        return save(
                new Item(
                        id,
                        item.type(),
                        item.name(),
                        change.apply(item.content()),
                        item.attachments(),
                        item.references()),
                now.revision());
    }

    void delete(String id) {
        Stored gone;
        synchronized (this) {
            gone = items.remove(id);
        }
        listeners.forEach(listener -> listener.deleted(id, gone.revision()));
    }

    int filesPut() {
        return filesPut.get();
    }

    String content(String id) {
        return held(id).map(stored -> stored.item().content()).orElse("");
    }

    @Override
    public synchronized List<String> ids() {
        return List.copyOf(items.keySet());
    }

    @Override
    public Optional<Stored> get(String id) {
        beforeGet.accept(id);
        return held(id);
    }

    private synchronized Optional<Stored> held(String id) {
        return Optional.ofNullable(items.get(id));
    }

    @Override
    public Put put(Item item, Revision revision, Optional<Revision> replaces) {
        watcher.accept(item);
        beforePut.run();
        if (refusal.isPresent()) {
            return new Put.Refused(refusal.get());
        }
        Item stored = normalisation.apply(item);
        synchronized (this) {
            Optional<Revision> held = held(item.id()).map(Stored::revision);
            if (!held.equals(replaces)) {
                return new Put.Newer();
            }
            items.put(item.id(), new Stored(stored, revision));
        }
        afterPut.run();
        return new Put.Taken(stored);
    }

    @Override
    public synchronized boolean remove(String id, Revision revision) {
        Stored held = items.get(id);
        if (held != null && !held.revision().equals(revision)) {
            return false;
        }
        items.remove(id);
        return true;
    }

    @Override
    public Optional<InputStream> openAttachment(String sha256) {
        beforeFile.run();
        if (folder.isPresent() && Files.exists(folder.get().resolve(sha256))) {
            try {
                return Optional.of(Files.newInputStream(folder.get().resolve(sha256)));
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
        return Optional.ofNullable(files.get(sha256)).map(ByteArrayInputStream::new);
    }

    @Override
    public void putAttachment(String sha256, InputStream bytes) throws IOException {
        if (folder.isPresent()) {
            Path half = folder.get().resolve(sha256 + ".half");
            Files.copy(bytes, half);
            Files.move(half, folder.get().resolve(sha256));
        } else {
            files.put(sha256, bytes.readAllBytes());
        }
        filesPut.incrementAndGet();
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
