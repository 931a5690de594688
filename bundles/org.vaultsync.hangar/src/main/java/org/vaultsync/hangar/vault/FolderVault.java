// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.vault;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.hangar.item.ItemType;
import org.vaultsync.hangar.json.Json;
import org.vaultsync.hangar.json.JsonProblem;
import org.vaultsync.hangar.look.Words;
import org.vaultsync.vault.Attachment;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Put;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;
import org.vaultsync.vault.Vault;
import org.vaultsync.vault.VaultListener;

/**
 * A vault in a folder: a file for each item, replaced as a whole, with its revision inside; pictures in
 * {@code attachments}, named by their SHA-256. Thread-safe. It calls listeners and watchers on a thread of its own, in
 * the order of the changes of each item.
 */
@Component(service = {Vault.class, FolderVault.class})
public final class FolderVault implements Vault {
    private static final Logger LOG = LoggerFactory.getLogger(FolderVault.class);
    private static final int STRIPES = 64;
    private static final int RENAME_TRIES = 20;
    private static final String TEMPORARY = ".tmp";
    private static final String SET_ASIDE = "set-aside";
    private static final String SHA_256 = "[0-9a-f]{64}";
    private static final Duration UNNAMED_KEPT = Duration.ofDays(30);

    private final Path folder;
    private final Path attachments;
    private final List<Item> sample;
    private final Map<String, Card> cards = new ConcurrentHashMap<>(); // changed under the lock of the id
    private final ReentrantLock[] locks = new ReentrantLock[STRIPES];
    private final List<VaultListener> listeners = new CopyOnWriteArrayList<>();
    private final List<VaultWatcher> watchers = new CopyOnWriteArrayList<>();
    private final ExecutorService news = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("vault news").daemon().factory());
    private final CountDownLatch loaded = new CountDownLatch(1);
    private volatile Optional<String> trouble = Optional.empty(); // loading thread only

    @Activate
    public FolderVault(@Reference Workspace workspace) {
        folder = workspace.vault();
        attachments = folder.resolve("attachments");
        sample = workspace.sample();
        for (int i = 0; i < STRIPES; i++) {
            locks[i] = new ReentrantLock();
        }
        Thread.ofPlatform().name("vault reader").daemon().start(this::load);
    }

    @Deactivate
    void stop() {
        news.shutdown();
        try {
            if (!news.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("vault: stopped before all listeners were told");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void load() {
        try {
            boolean fresh = Files.notExists(folder);
            try {
                Files.createDirectories(attachments);
            } catch (IOException unwritable) {
                trouble = Optional.of(sentence(Words.of("The vault folder %s cannot be written", folder), unwritable));
                LOG.error("vault: {}", trouble.get());
            }
            if (fresh && trouble.isEmpty()) {
                for (Item item : sample) {
                    store(item, Revision.NONE, Optional.empty());
                }
            } else if (Files.isDirectory(folder)) {
                Set<String> named = new HashSet<>();
                try (Stream<Path> files = Files.list(folder)) {
                    files.forEach(file -> look(file)
                            .ifPresent(
                                    item -> item.attachments().forEach(attachment -> named.add(attachment.sha256()))));
                }
                if (trouble.isEmpty()) {
                    try {
                        tidy(named);
                    } catch (IOException | UncheckedIOException readOnly) {
                        LOG.debug("vault: pictures that no item names stay", readOnly);
                    }
                }
                if (trouble.isEmpty() && !Files.isWritable(folder)) {
                    trouble = Optional.of(Words.of(
                            "The vault folder %s cannot be written. What you change cannot be saved; allow writing, then start again.",
                            folder));
                }
            }
            LOG.info("vault: {} items in {}", cards.size(), folder);
        } catch (IOException | UncheckedIOException unreadable) {
            trouble = Optional.of(sentence(Words.of("The vault folder %s cannot be read", folder), unreadable));
            LOG.error("vault: {}", trouble.get());
        } finally {
            loaded.countDown();
            tellWatchers(VaultWatcher::loaded);
        }
    }

    /** Takes in the item that is in the file, if it is one and can be read. */
    private Optional<Item> look(Path file) {
        String name = file.getFileName().toString();
        if (name.endsWith(TEMPORARY)) {
            delete(file);
            return Optional.empty();
        }
        if (!name.endsWith(FileName.SUFFIX) || !Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            Stored stored = read(file);
            String id = stored.item().id();
            if (!FileName.of(id).equals(name)) {
                throw new VaultException(Words.of("it holds the item %s, whose file has another name.", id));
            }
            ReentrantLock lock = lock(id);
            lock.lock();
            try {
                cards.putIfAbsent(id, ItemFile.card(stored));
            } finally {
                lock.unlock();
            }
            return Optional.of(stored.item());
        } catch (IOException unreadable) {
            String why = sentence(Words.of("The file %s cannot be read", file), unreadable);
            LOG.error("vault: {}", why);
            String id = FileName.id(name).orElse(name);
            cards.putIfAbsent(id, new Card(id, "", name, Revision.NONE, Optional.of(why)));
            return Optional.empty();
        }
    }

    /** What a process left that died while writing: what it was to replace is still there. */
    private static void delete(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException stays) {
            LOG.debug("vault: {} stays", temporary, stays);
        }
    }

    /**
     * Deletes pictures that no item has named for a month; until then an undo, an older version or somebody else's edit may
     * bring them back. The time of a file is when it was last seen to be named. Nothing is deleted while there is an item
     * that cannot be read.
     */
    private void tidy(Set<String> named) throws IOException {
        Instant now = Instant.now();
        boolean allRead =
                cards.values().stream().allMatch(card -> card.problem().isEmpty());
        try (Stream<Path> files = Files.list(attachments)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = file.getFileName().toString();
                if (name.endsWith(TEMPORARY)) {
                    delete(file);
                } else if (named.contains(name)) {
                    Files.setLastModifiedTime(file, FileTime.from(now));
                } else if (allRead
                        && name.matches(SHA_256)
                        && Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(UNNAMED_KEPT))) {
                    LOG.info("vault: no item names the picture {} any more", name);
                    delete(file);
                }
            }
        }
    }

    private static Stored read(Path file) throws IOException {
        try {
            return ItemFile.read(Files.readAllBytes(file));
        } catch (JsonProblem damaged) {
            throw new VaultException(
                    Words.of("line %d, column %d: %s", damaged.line(), damaged.column(), damaged.getMessage()),
                    damaged);
        }
    }

    /** What is wrong with the vault as a whole, as a sentence for people. */
    @Override
    public Optional<String> trouble() {
        return trouble;
    }

    /** The cards of all items that are known so far, in no order. Returns at once. */
    public Collection<Card> cards() {
        return List.copyOf(cards.values());
    }

    /** The card of an item. Returns at once. */
    public Optional<Card> card(String id) {
        return Optional.ofNullable(cards.get(id));
    }

    @Override
    public List<String> ids() {
        awaitLoaded();
        return List.copyOf(cards.keySet());
    }

    @Override
    public Optional<Stored> get(String id) {
        try {
            return open(id);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable.getMessage(), unreadable);
        }
    }

    /**
     * An item, read from its file; may block.
     *
     * @throws IOException if it is there and cannot be read, with a sentence for people
     */
    public Optional<Stored> open(String id) throws IOException {
        Path file = folder.resolve(FileName.of(id));
        try {
            Stored stored = read(file);
            if (!stored.item().id().equals(id)) {
                throw new VaultException(
                        Words.of("it holds the item %s.", stored.item().id()));
            }
            return Optional.of(stored);
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException unreadable) {
            throw new VaultException(sentence(Words.of("The file %s cannot be read", file), unreadable), unreadable);
        }
    }

    @Override
    public Put put(Item item, Revision revision, Optional<Revision> replaces) {
        awaitLoaded();
        return store(item, revision, replaces);
    }

    private Put store(Item item, Revision revision, Optional<Revision> replaces) {
        Stored stored;
        byte[] bytes;
        try {
            stored = new Stored(normal(item), revision);
            bytes = ItemFile.bytes(stored);
        } catch (JsonProblem unfit) {
            return new Put.Refused(unfit.getMessage());
        }
        String id = item.id();
        ReentrantLock lock = lock(id);
        lock.lock();
        try {
            Card held = cards.get(id);
            if (held != null && held.problem().isPresent()) {
                return new Put.Refused(held.problem().get());
            }
            if (!Optional.ofNullable(held).map(Card::revision).equals(replaces)) {
                return new Put.Newer();
            }
            write(folder.resolve(FileName.of(id)), bytes);
            cards.put(id, ItemFile.card(stored));
            tellWatchers(watcher -> watcher.stored(stored, true));
            return new Put.Taken(stored.item());
        } catch (IOException unwritten) {
            String sentence = sentence(Words.of("\"%s\" could not be stored", item.name()), unwritten);
            LOG.error("vault: {}", sentence);
            throw new UncheckedIOException(sentence, unwritten);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Stores what a person made of an item, or a new item, and tells the listeners. Blocks until it is safely on disk.
     *
     * @param startedFrom what the person began with
     * @return as the vault holds it now
     * @throws IOException if it could not be stored, with a sentence for people; the vault holds what it held before
     */
    public Stored save(Item item, Revision startedFrom) throws IOException {
        Stored stored;
        byte[] bytes;
        try {
            stored = new Stored(normal(item), startedFrom.edited());
            bytes = ItemFile.bytes(stored);
        } catch (JsonProblem unfit) {
            throw new VaultException(unfit.getMessage(), unfit);
        }
        awaitLoaded();
        String id = item.id();
        ReentrantLock lock = lock(id);
        lock.lock();
        try {
            Card held = cards.get(id);
            if (held != null && held.problem().isPresent()) {
                throw new VaultException(held.problem().get());
            }
            write(folder.resolve(FileName.of(id)), bytes);
            cards.put(id, ItemFile.card(stored));
            tellWatchers(watcher -> watcher.stored(stored, false));
            tellListeners(listener -> listener.saved(stored));
            return stored;
        } catch (IOException unwritten) {
            throw new VaultException(
                    sentence(Words.of("\"%s\" could not be saved", item.name()), unwritten), unwritten);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Deletes an item for a person, and tells the listeners.
     *
     * @return what was deleted; empty if it was not there any more
     * @throws IOException if it could not be deleted, with a sentence for people
     */
    public Optional<Stored> delete(String id) throws IOException {
        awaitLoaded();
        ReentrantLock lock = lock(id);
        lock.lock();
        try {
            Optional<Stored> was = open(id);
            if (was.isEmpty()) {
                return was;
            }
            erase(id);
            Revision revision = was.get().revision();
            tellWatchers(watcher -> watcher.removed(id, false));
            tellListeners(listener -> listener.deleted(id, revision));
            return was;
        } catch (IOException stays) {
            throw new VaultException(sentence(Words.of("The item could not be deleted"), stays), stays);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Set<String> textFields(String type) {
        return ItemType.of(type).texts();
    }

    @Override
    public boolean remove(String id, Revision revision) {
        awaitLoaded();
        ReentrantLock lock = lock(id);
        lock.lock();
        try {
            Card held = cards.get(id);
            if (held == null) {
                return true;
            }
            if (!held.revision().equals(revision) || held.problem().isPresent()) {
                return false;
            }
            erase(id);
            tellWatchers(watcher -> watcher.removed(id, true));
            return true;
        } catch (IOException stays) {
            throw new UncheckedIOException(sentence(Words.of("An item could not be deleted"), stays), stays);
        } finally {
            lock.unlock();
        }
    }

    private void erase(String id) throws IOException {
        Files.deleteIfExists(folder.resolve(FileName.of(id)));
        force(folder);
        cards.remove(id);
    }

    /**
     * Moves the file of an item that cannot be read out of the way, so that the item can be had again from elsewhere.
     *
     * @return where the file is now
     * @throws IOException if it cannot be moved, with a sentence for people
     */
    public Path setAside(String id) throws IOException {
        ReentrantLock lock = lock(id);
        lock.lock();
        try {
            Card held = cards.get(id);
            if (held == null || held.problem().isEmpty()) {
                throw new VaultException(Words.of("The item can be read; there is nothing to set aside."));
            }
            Path aside = Files.createDirectories(folder.resolve(SET_ASIDE));
            Path to = aside.resolve(
                    held.name() + "." + UUID.randomUUID().toString().substring(0, 8));
            Files.move(folder.resolve(held.name()), to);
            cards.remove(id);
            tellWatchers(watcher -> watcher.removed(id, false));
            return to;
        } catch (FileSystemException stays) {
            throw new VaultException(sentence(Words.of("The file could not be moved"), stays), stays);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<InputStream> openAttachment(String sha256) throws IOException {
        try {
            return Optional.of(Files.newInputStream(attachments.resolve(checked(sha256))));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    @Override
    public void putAttachment(String sha256, InputStream bytes) throws IOException {
        Path file = attachments.resolve(checked(sha256));
        awaitLoaded();
        if (Files.exists(file)) {
            return;
        }
        try {
            Files.createDirectories(attachments);
            write(file, bytes);
            tellWatchers(watcher -> watcher.attachmentStored(sha256));
        } catch (IOException unwritten) {
            throw new VaultException(sentence(Words.of("A picture could not be stored"), unwritten), unwritten);
        }
    }

    /**
     * Stores a file that a person attaches to an item.
     *
     * @return the attachment, under a new key
     * @throws IOException if it cannot be read or stored, with a sentence for people
     */
    public Attachment attach(String name, String mediaType, InputStream bytes) throws IOException {
        awaitLoaded();
        try {
            Files.createDirectories(attachments);
            Path kept = attachments.resolve(UUID.randomUUID() + TEMPORARY);
            DigestInputStream digested = new DigestInputStream(bytes, MessageDigest.getInstance("SHA-256"));
            try {
                write(kept, digested);
                String sha256 =
                        HexFormat.of().formatHex(digested.getMessageDigest().digest());
                long size = Files.size(kept);
                rename(kept, attachments.resolve(sha256));
                return new Attachment(UUID.randomUUID().toString(), name, sha256, size, mediaType);
            } finally {
                Files.deleteIfExists(kept);
            }
        } catch (NoSuchAlgorithmException inEveryJava) {
            throw new IllegalStateException(inEveryJava);
        } catch (IOException unwritten) {
            throw new VaultException(sentence(Words.of("\"%s\" could not be added", name), unwritten), unwritten);
        }
    }

    private static String checked(String sha256) {
        if (!sha256.matches(SHA_256)) {
            throw new IllegalArgumentException("not a SHA-256: " + sha256);
        }
        return sha256;
    }

    @Override
    public void addListener(VaultListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(VaultListener listener) {
        listeners.remove(listener);
    }

    /** Tells the watcher from now until it is removed. */
    public void addWatcher(VaultWatcher watcher) {
        watchers.add(watcher);
    }

    /** The watcher is told nothing more. */
    public void removeWatcher(VaultWatcher watcher) {
        watchers.remove(watcher);
    }

    private void tellListeners(Consumer<VaultListener> what) {
        tell(listeners, what);
    }

    private void tellWatchers(Consumer<VaultWatcher> what) {
        tell(watchers, what);
    }

    private <T> void tell(List<T> whom, Consumer<T> what) {
        news.execute(() -> {
            for (T each : whom) {
                try {
                    what.accept(each);
                } catch (RuntimeException broken) {
                    LOG.error("vault: a listener failed", broken);
                }
            }
        });
    }

    /** The item as this vault keeps it: a name on one line, and what a known type refers to as its content says. */
    private static Item normal(Item item) throws JsonProblem {
        String name = item.name().replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ").strip();
        return new Item(
                item.id(),
                item.type(),
                name.isEmpty() ? "Unnamed" : name,
                item.content(),
                item.attachments(),
                ItemType.of(item.type()).references(Json.object(item.content())).orElse(item.references()));
    }

    private ReentrantLock lock(String id) {
        return locks[Math.floorMod(id.hashCode(), STRIPES)];
    }

    private void awaitLoaded() {
        try {
            loaded.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the vault was being read", stopped);
        }
    }

    private void write(Path file, byte[] bytes) throws IOException {
        write(file, new ByteArrayInputStream(bytes));
    }

    private void write(Path file, InputStream bytes) throws IOException {
        Path temporary = file.resolveSibling(UUID.randomUUID() + TEMPORARY);
        try (FileChannel channel =
                FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            bytes.transferTo(Channels.newOutputStream(channel));
            channel.force(true);
        } catch (IOException failed) {
            Files.deleteIfExists(temporary);
            throw failed;
        }
        rename(temporary, file);
    }

    private void rename(Path temporary, Path file) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                force(file.getParent());
                return;
            } catch (AccessDeniedException beingRead) {
                // On Windows a virus scanner or an indexer holds a new file for a moment.
                if (attempt == RENAME_TRIES) {
                    Files.deleteIfExists(temporary);
                    throw beingRead;
                }
                pause(attempt);
            } catch (IOException failed) {
                Files.deleteIfExists(temporary);
                throw failed;
            }
        }
    }

    private static void pause(int attempt) throws IOException {
        try {
            Thread.sleep(5L * attempt);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stopped);
        }
    }

    /** Makes a rename or a delete safe against a power cut; systems that cannot do it do not need it. */
    private static void force(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException notOnThisSystem) {
            LOG.trace("vault: cannot force {}", directory, notOnThisSystem);
        }
    }

    /** What failed and what to do about it, as one sentence or two. */
    private static String sentence(String what, Exception why) {
        if (why instanceof VaultException known) {
            // What begins with a small letter goes on with a sentence; all else is one.
            return Character.isLowerCase(known.getMessage().codePointAt(0))
                    ? what + ": " + known.getMessage()
                    : known.getMessage();
        }
        String reason = why instanceof FileSystemException file && file.getReason() != null
                ? file.getReason()
                : String.valueOf(why.getMessage());
        if (why instanceof AccessDeniedException) {
            return Words.of("%s: access was denied. Allow this user to write there, then try again.", what);
        }
        if (reason.contains("No space left") || reason.contains("not enough space")) {
            return Words.of("%s: the disk is full. Nothing is lost; make room, then try again.", what);
        }
        return what + ": " + reason;
    }
}
