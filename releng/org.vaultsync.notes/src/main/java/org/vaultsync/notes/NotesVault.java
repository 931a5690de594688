// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.notes;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Component;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Put;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;
import org.vaultsync.vault.Vault;
import org.vaultsync.vault.VaultListener;

/** A folder of notes: a file for each, with the revision in its first line, the name in the second, then the content. */
@Component(service = {Vault.class, NotesVault.class})
public final class NotesVault implements Vault {
    /** Called with the id of each note that changed, by a person or by sync, on any thread; must return at once. */
    public final Set<Consumer<String>> watchers = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final List<VaultListener> listeners = new CopyOnWriteArrayList<>();

    public NotesVault() throws IOException {
        folder = Path.of(System.getProperty("notes", System.getProperty("user.home") + "/notes"));
        Files.createDirectories(folder);
    }

    @Override
    public List<String> ids() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".note"))
                    .map(name -> name.substring(0, name.length() - ".note".length()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized Optional<Stored> get(String id) {
        if (!isName(id) || !Files.exists(file(id))) {
            return Optional.empty();
        }
        try {
            String[] lines = Files.readString(file(id)).split("\n", 3);
            return Optional.of(new Stored(new Item(id, "note", lines[1], lines[2]), new Revision(lines[0])));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized Put put(Item item, Revision revision, Optional<Revision> replaces) {
        if (!item.type().equals("note") || !isName(item.id())) {
            return new Put.Refused("This is not a note.");
        }
        if (!get(item.id()).map(Stored::revision).equals(replaces)) {
            return new Put.Newer();
        }
        return new Put.Taken(write(item, revision).item());
    }

    @Override
    public synchronized boolean remove(String id, Revision revision) {
        Optional<Stored> held = get(id);
        if (held.isPresent() && held.get().revision().equals(revision)) {
            erase(id);
            held = Optional.empty();
        }
        return held.isEmpty();
    }

    /** What a person saved in an editor that was opened with {@code startedFrom}. The editor goes on from what it returns. */
    public Stored save(Item item, Revision startedFrom) {
        Stored saved = write(item, startedFrom.edited());
        listeners.forEach(listener -> listener.saved(saved));
        return saved;
    }

    /** What a person deleted. */
    public void delete(String id) {
        erase(id).ifPresent(gone -> listeners.forEach(listener -> listener.deleted(id, gone.revision())));
    }

    @Override
    public Set<String> textFields(String type) {
        return Set.of("/text");
    }

    @Override
    public Optional<InputStream> openAttachment(String sha256) {
        return Optional.empty();
    }

    @Override
    public void putAttachment(String sha256, InputStream bytes) throws IOException {
        throw new IOException("notes have no files");
    }

    @Override
    public void addListener(VaultListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(VaultListener listener) {
        listeners.remove(listener);
    }

    /** Ids come from other people's devices, too: not every one may name a file. */
    private static boolean isName(String id) {
        return id.matches("[A-Za-z0-9-]{1,64}");
    }

    private Path file(String id) {
        return folder.resolve(id + ".note");
    }

    private synchronized Stored write(Item item, Revision revision) {
        Item written = new Item(item.id(), "note", item.name().replaceAll("\\R", " "), item.content());
        try {
            Path whole = Files.createTempFile(folder, "writing", ".tmp");
            Files.writeString(whole, revision.text() + "\n" + written.name() + "\n" + written.content());
            Files.move(whole, file(item.id()), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        watchers.forEach(watcher -> watcher.accept(item.id()));
        return new Stored(written, revision);
    }

    private synchronized Optional<Stored> erase(String id) {
        Optional<Stored> held = get(id);
        try {
            Files.deleteIfExists(file(id));
            watchers.forEach(watcher -> watcher.accept(id));
            return held;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
