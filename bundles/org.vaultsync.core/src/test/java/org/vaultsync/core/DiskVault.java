// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.vaultsync.vault.Attachment;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Put;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;
import org.vaultsync.vault.Vault;
import org.vaultsync.vault.VaultListener;

/** A host that keeps contents and attachments in files, so that what is measured of the memory is not the host's. */
final class DiskVault implements Vault {
    /** An item without its content, and where in the file that is. */
    private record Place(
            String type, String name, List<Attachment> attachments, Revision revision, long position, int length) {}

    private final Path folder;
    private final FileChannel contents;
    private final Map<String, Place> items = new TreeMap<>(); // guarded by this
    private final List<VaultListener> listeners = new CopyOnWriteArrayList<>();
    private final Consumer<Item> shown;

    /** @param shown is told what sync has put into it */
    DiskVault(Path folder, Consumer<Item> shown) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.shown = shown;
        contents = FileChannel.open(
                folder.resolve("contents"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    private synchronized void keep(Item item, Revision revision) {
        byte[] bytes = item.content().getBytes(StandardCharsets.UTF_8);
        try {
            long position = contents.size();
            contents.write(ByteBuffer.wrap(bytes), position);
            items.put(
                    item.id(),
                    new Place(item.type(), item.name(), item.attachments(), revision, position, bytes.length));
        } catch (IOException full) {
            throw new UncheckedIOException(full);
        }
    }

    /** A person saves an item. */
    void save(Item item, Revision startedFrom) {
        Stored stored = new Stored(item, startedFrom.edited());
        keep(item, stored.revision());
        listeners.forEach(listener -> listener.saved(stored));
    }

    synchronized int size() {
        return items.size();
    }

    Path attachment(String sha256) {
        return folder.resolve(sha256);
    }

    @Override
    public synchronized List<String> ids() {
        return List.copyOf(items.keySet());
    }

    @Override
    public synchronized Optional<Stored> get(String id) {
        Place place = items.get(id);
        if (place == null) {
            return Optional.empty();
        }
        try {
            ByteBuffer bytes = ByteBuffer.allocate(place.length());
            contents.read(bytes, place.position());
            String content = new String(bytes.array(), StandardCharsets.UTF_8);
            return Optional.of(new Stored(
                    new Item(id, place.type(), place.name(), content, place.attachments(), List.of()),
                    place.revision()));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public Put put(Item item, Revision revision, Optional<Revision> replaces) {
        synchronized (this) {
            if (!Optional.ofNullable(items.get(item.id())).map(Place::revision).equals(replaces)) {
                return new Put.Newer();
            }
            keep(item, revision);
        }
        shown.accept(item);
        return new Put.Taken(item);
    }

    @Override
    public synchronized boolean remove(String id, Revision revision) {
        return items.get(id) == null || items.get(id).revision().equals(revision) && items.remove(id) != null;
    }

    @Override
    public Optional<InputStream> openAttachment(String sha256) throws IOException {
        return Files.exists(attachment(sha256))
                ? Optional.of(Files.newInputStream(attachment(sha256)))
                : Optional.empty();
    }

    @Override
    public void putAttachment(String sha256, InputStream bytes) throws IOException {
        Path half = folder.resolve(sha256 + ".half");
        Files.copy(bytes, half);
        Files.move(half, attachment(sha256));
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
