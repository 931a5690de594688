// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.attachment;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.RoomId;
import org.vaultsync.Transfers.Progress;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.core.session.Receipt;
import org.vaultsync.core.session.Session;
import org.vaultsync.core.vault.HostVault;
import org.vaultsync.core.wire.Message.AskAttachment;
import org.vaultsync.core.wire.Message.AttachmentPiece;
import org.vaultsync.vault.Attachment;
import org.vaultsync.vault.Item;

/**
 * Fetches the files that items of a room name and the vault lacks, each from one linked member at a time, several pieces
 * asked for ahead, and gives out those that it has. Belongs to the room's thread; files are read and written on a thread
 * of their own.
 */
public final class Attachments {
    private static final Logger LOG = LoggerFactory.getLogger(Attachments.class);
    /** All pieces but the last have this size. */
    private static final int PIECE = 256 << 10;

    /** Pieces of one file. */
    private static final int ASKED_AHEAD = 8;

    /** Pieces of all files that one member is asked for: whatever it can read at once waits in its memory for the line. */
    private static final int ASKED_AHEAD_OF_ALL = 16;

    private static final long LARGEST = 4L << 30;
    private static final Duration PARTS_KEPT = Duration.ofDays(30);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** A file that is wanted here. */
    private static final class Fetch {
        final Attachment attachment;
        final Set<Session> without = new HashSet<>(); // now
        final Set<Session> withAnother = new HashSet<>(); // gave what is not this file
        Session from;
        Session sender; // of the whole part; null if the beginning is of another, or of another run
        PartFile part; // null while nobody can be asked; what is in it is the files thread's
        long pause = 1; // in seconds, before those without it are asked again
        boolean wished; // by a person
        long asked;
        int ahead; // pieces that were asked for and have not come
        long received;
        long kept; // in the part
        boolean begun;

        Fetch(Attachment attachment) {
            this.attachment = attachment;
        }
    }

    /** A member that files are fetched from. */
    private static final class Source {
        final Session session;
        final Deque<Fetch> waiting = new ArrayDeque<>(); // with pieces that were not asked for yet; the next first
        int ahead; // pieces of all files

        Source(Session session) {
            this.session = session;
        }
    }

    private final RoomId room;
    private final HostVault host;
    private final Path folder;
    private final Worker thread;
    private final Supplier<Collection<Session>> sessions;
    private final Predicate<String> isWanted;
    private final LongSupplier fetchedAtOnce;
    private final BiConsumer<String, Progress> progress;
    private final Map<String, Fetch> fetches = new LinkedHashMap<>();
    private final Map<Session, Source> sources = new HashMap<>();

    /** @param isWanted whether something here still names a file */
    public Attachments(
            RoomId room,
            HostVault host,
            Path folder,
            Worker thread,
            Clock clock,
            Supplier<Collection<Session>> sessions,
            Predicate<String> isWanted,
            LongSupplier fetchedAtOnce,
            BiConsumer<String, Progress> progress) {
        this.room = room;
        this.host = host;
        this.folder = folder;
        this.thread = thread;
        this.sessions = sessions;
        this.isWanted = isWanted;
        this.fetchedAtOnce = fetchedAtOnce;
        this.progress = progress;
        host.onFiles(() -> {
            try {
                PartFile.sweep(folder, clock.instant().minus(PARTS_KEPT));
            } catch (IOException unreadable) {
                LOG.warn("room {}: parts of attachments: {}", room, unreadable.getMessage());
            }
        });
    }

    /** An item came or changed: fetch those of its files that the vault does not have. */
    public void wanted(Item item) {
        item.attachments().forEach(attachment -> wanted(attachment, () -> {}));
    }

    /**
     * Fetches a file if the vault does not have it.
     *
     * @param here is run if the vault has it already
     */
    public void wanted(Attachment attachment, Runnable here) {
        String hash = attachment.sha256();
        if (fetches.containsKey(hash) || attachment.size() > LARGEST) {
            return;
        }
        host.askFiles(vault -> {
                    try (InputStream present = vault.openAttachment(hash).orElse(null)) {
                        return present != null;
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .thenAcceptAsync(
                        present -> {
                            if (present) {
                                here.run();
                            } else if (isWanted.test(hash)
                                    && fetches.putIfAbsent(hash, new Fetch(attachment)) == null) {
                                lacking(fetches.get(hash));
                            }
                        },
                        thread);
    }

    /** An item does not name these any more. What has come of them stays for a while, as of all that nobody goes on with. */
    public void unnamed(Collection<String> files) {
        for (String file : files) {
            Fetch fetch = isWanted.test(file) ? null : fetches.remove(file);
            if (fetch != null) {
                leave(fetch);
                if (fetch.part != null) {
                    rest(fetch.part);
                }
                fetch.from = null;
                fetch.part = null;
                progress.accept(file, new Progress.Nothing());
            }
        }
    }

    private void lacking(Fetch fetch) {
        if (fetch.attachment.size() <= fetchedAtOnce.getAsLong()) {
            begin(fetch);
        } else {
            progress.accept(fetch.attachment.sha256(), new Progress.OnDemand(fetch.attachment.size()));
        }
    }

    /** A person wants a file, however large it is, and before others. */
    public void fetch(String sha256) {
        Fetch fetch = fetches.get(sha256);
        if (fetch == null) {
            return;
        }
        fetch.wished = true;
        if (!fetch.begun) {
            begin(fetch);
            return;
        }
        Source source = sources.get(fetch.from);
        if (source != null && source.waiting.remove(fetch)) {
            source.waiting.addFirst(fetch);
        }
    }

    private void begin(Fetch fetch) {
        fetch.begun = true;
        CompletionStage<PartFile> part = host.askFiles(vault -> {
            try {
                return PartFile.open(folder, room.hex() + "-" + fetch.attachment.sha256());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        goOn(fetch, part, opened -> opened(fetch, opened));
    }

    /** Goes on with what came of work on files, or tells that it failed. */
    private <T> void goOn(Fetch fetch, CompletionStage<T> work, Consumer<T> next) {
        work.whenCompleteAsync(
                (result, failed) -> {
                    if (fetches.get(fetch.attachment.sha256()) != fetch) {
                        return; // It is not wanted any more.
                    }
                    if (failed != null) {
                        fail(fetch, failed);
                    } else {
                        next.accept(result);
                    }
                },
                thread);
    }

    private void opened(Fetch fetch, PartFile part) {
        if (part.size() == 0 || part.size() < fetch.attachment.size()) {
            fetch.part = part;
            fetch.sender = null;
            fetch.received = part.size();
            fetch.kept = part.size();
            askSomebody(fetch);
            return;
        }
        // All of it had come, and the vault could not take it then.
        progress.accept(fetch.attachment.sha256(), new Progress.Coming(part.size(), fetch.attachment.size()));
        goOn(
                fetch,
                host.askFiles(vault -> finish(part, fetch.attachment.sha256(), vault::putAttachment)),
                whole -> finished(fetch, whole));
    }

    /** A member is linked that may have what is wanted. */
    public void linked() {
        for (Fetch fetch : List.copyOf(fetches.values())) {
            if (!fetch.begun) {
                lacking(fetch);
            } else if (fetch.part != null && fetch.from == null) {
                askSomebody(fetch);
            }
        }
    }

    public void unlinked(Session session) {
        sources.remove(session);
        for (Fetch fetch : List.copyOf(fetches.values())) {
            fetch.without.remove(session);
            fetch.withAnother.remove(session);
            if (fetch.from == session) {
                askSomebody(fetch);
            }
        }
    }

    private void askSomebody(Fetch fetch) {
        Optional<Session> next = sessions.get().stream()
                .filter(session -> !fetch.without.contains(session) && !fetch.withAnother.contains(session))
                .findFirst();
        leave(fetch);
        fetch.from = next.orElse(null);
        fetch.asked = fetch.received;
        if (next.isEmpty()) {
            rest(fetch.part);
            askAgainLater(fetch);
        } else {
            Source source = sources.computeIfAbsent(fetch.from, Source::new);
            if (fetch.wished) {
                source.waiting.addFirst(fetch);
            } else {
                source.waiting.addLast(fetch);
            }
            askAhead(source);
        }
        tell(fetch);
    }

    /** Nothing more is asked for it where it was fetched from, and others go on there in its place. */
    private void leave(Fetch fetch) {
        Source source = sources.get(fetch.from);
        if (source != null) {
            source.waiting.remove(fetch);
            source.ahead -= fetch.ahead;
            askAhead(source);
        }
        fetch.ahead = 0;
    }

    /** Who has not got the file may be fetching it, too. */
    private void askAgainLater(Fetch fetch) {
        if (fetch.without.isEmpty()) {
            return;
        }
        thread.after(Duration.ofSeconds(fetch.pause), () -> {
            if (fetch.part != null && fetch.from == null) {
                fetch.without.clear();
                askSomebody(fetch);
            }
        });
        fetch.pause = Math.min(2 * fetch.pause, LONGEST_PAUSE.toSeconds());
    }

    private void rest(PartFile part) {
        host.onFiles(() -> {
            try {
                part.rest();
            } catch (IOException unwritten) {
                LOG.warn("room {}: a part of an attachment: {}", room, unwritten.getMessage());
            }
        });
    }

    private void askAhead(Source source) {
        for (Iterator<Fetch> all = source.waiting.iterator(); all.hasNext() && source.ahead < ASKED_AHEAD_OF_ALL; ) {
            Fetch fetch = all.next();
            while (hasMore(fetch) && fetch.ahead < ASKED_AHEAD && source.ahead < ASKED_AHEAD_OF_ALL) {
                source.session.send(new AskAttachment(room, fetch.attachment.sha256(), fetch.asked));
                fetch.asked += PIECE;
                fetch.ahead++;
                source.ahead++;
            }
            if (!hasMore(fetch)) {
                all.remove();
            }
        }
    }

    /** Whether a piece was not asked for yet: of an empty file there is one, too. */
    private static boolean hasMore(Fetch fetch) {
        return fetch.asked < fetch.attachment.size() || fetch.asked == fetch.received;
    }

    private void tell(Fetch fetch) {
        progress.accept(
                fetch.attachment.sha256(),
                fetch.from == null
                        ? new Progress.Waiting(fetch.kept, fetch.attachment.size())
                        : new Progress.Coming(fetch.kept, fetch.attachment.size()));
    }

    private void fail(Fetch fetch, Throwable failed) {
        Throwable cause = failed instanceof CompletionException wrapped ? wrapped.getCause() : failed;
        LOG.warn("room {}: an attachment cannot be stored: {}", room, cause.getMessage());
        if (fetch.part != null) {
            rest(fetch.part);
        }
        leave(fetch);
        fetch.from = null;
        fetch.part = null;
        fetch.begun = false;
        progress.accept(fetch.attachment.sha256(), new Progress.Failed(String.valueOf(cause.getMessage())));
    }

    public void asked(Session session, AskAttachment ask, Receipt receipt, Predicate<String> isReferred) {
        if (!isReferred.test(ask.sha256())) {
            session.send(nothing(ask));
            receipt.done();
            return;
        }
        host.askFiles(vault -> {
                    if (!session.isOpen()) {
                        return nothing(ask); // and it goes nowhere
                    }
                    try (InputStream in = vault.openAttachment(ask.sha256()).orElse(InputStream.nullInputStream())) {
                        in.skipNBytes(ask.offset());
                        byte[] piece = in.readNBytes(PIECE);
                        boolean last = piece.length < PIECE || in.read() < 0;
                        return new AttachmentPiece(room, ask.sha256(), ask.offset(), last, piece);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .whenComplete((piece, failed) -> {
                    session.send(failed == null ? piece : nothing(ask));
                    receipt.done();
                });
    }

    private AttachmentPiece nothing(AskAttachment ask) {
        return new AttachmentPiece(room, ask.sha256(), ask.offset(), true, new byte[0]);
    }

    public void received(Session session, AttachmentPiece piece, Receipt receipt) {
        Fetch fetch = fetches.get(piece.sha256());
        if (fetch == null || fetch.from != session || fetch.ahead == 0 || piece.offset() != fetch.received) {
            receipt.done();
            return;
        }
        boolean empty = piece.bytes().length == 0 && fetch.attachment.size() > 0;
        if (empty || !piece.last() && piece.bytes().length != PIECE) {
            fetch.without.add(session);
            askSomebody(fetch);
            receipt.done();
            return;
        }
        long until = fetch.received + piece.bytes().length;
        if (until > fetch.attachment.size() || until == fetch.attachment.size() && !piece.last()) {
            LOG.warn("room {}: peer {} sends more of an attachment than there is", room, session.peer());
            fetch.withAnother.add(session);
            drop(fetch);
            receipt.done();
            return;
        }
        if (piece.offset() == 0) {
            fetch.sender = session;
        } else if (fetch.sender != session) {
            fetch.sender = null;
        }
        fetch.received = until;
        Source source = sources.get(session);
        fetch.ahead--;
        source.ahead--;
        if (piece.last()) {
            leave(fetch);
        } else {
            askAhead(source);
        }
        PartFile part = fetch.part;
        host.askFiles(vault -> {
                    try {
                        part.append(piece.bytes());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    return piece.last() && finish(part, piece.sha256(), vault::putAttachment);
                })
                .whenCompleteAsync(
                        (whole, failed) -> {
                            receipt.done();
                            appended(session, fetch, part, piece, whole, failed);
                        },
                        thread);
    }

    /** Begins the file anew, with nothing of what has come. */
    private void drop(Fetch fetch) {
        PartFile part = fetch.part;
        leave(fetch);
        fetch.from = null;
        fetch.part = null;
        CompletionStage<Boolean> deleted = host.askFiles(vault -> {
            try {
                part.delete();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return false;
        });
        goOn(fetch, deleted, whole -> finished(fetch, whole));
    }

    /** Takes a file into the vault. */
    @FunctionalInterface
    private interface Taker {
        void take(String sha256, InputStream bytes) throws IOException;
    }

    /** Gives what has come to the vault if it is the file, and keeps no part of it. */
    private static boolean finish(PartFile part, String sha256, Taker vault) {
        try {
            boolean whole = part.is(sha256);
            if (whole) {
                try (InputStream in = part.read()) {
                    vault.take(sha256, in);
                }
            }
            part.delete();
            return whole;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void appended(
            Session session, Fetch fetch, PartFile part, AttachmentPiece piece, Boolean whole, Throwable failed) {
        if (fetch.part != part) {
            return;
        }
        if (failed != null) {
            fail(fetch, failed);
        } else if (!piece.last()) {
            fetch.kept += piece.bytes().length;
            tell(fetch);
        } else {
            if (!whole && fetch.sender == session) {
                LOG.warn("room {}: peer {} sent an attachment that is not what it should be", room, session.peer());
                fetch.withAnother.add(session);
            } else if (!whole) {
                LOG.warn("room {}: an attachment that came in parts is not what it should be", room);
            }
            finished(fetch, whole);
        }
    }

    private void finished(Fetch fetch, boolean whole) {
        leave(fetch);
        fetch.from = null;
        fetch.part = null;
        if (whole) {
            fetches.remove(fetch.attachment.sha256());
            progress.accept(fetch.attachment.sha256(), new Progress.Nothing());
        } else {
            begin(fetch);
        }
    }
}
