// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.RoomId;
import org.vaultsync.core.session.Receipt;
import org.vaultsync.core.session.Session;
import org.vaultsync.core.wire.Message.AskAttachment;
import org.vaultsync.core.wire.Message.AttachmentPiece;
import org.vaultsync.vault.Attachment;
import org.vaultsync.vault.Item;

/**
 * Fetches the files that items of a room name and the vault lacks, piece by piece from one linked member at a time, and
 * gives out those that it has. Belongs to the room's thread; files are read and written on the vault's.
 */
final class Attachments {
    private static final Logger LOG = LoggerFactory.getLogger(Attachments.class);
    private static final int PIECE = 256 << 10;
    private static final long LARGEST = 512L << 20;

    /** A file on its way here. */
    private static final class Fetch {
        final Attachment attachment;
        final Set<Session> refusedBy = new HashSet<>();
        Session from;
        Path file;
        long size;

        Fetch(Attachment attachment) {
            this.attachment = attachment;
        }
    }

    private final RoomId room;
    private final HostVault host;
    private final Executor thread;
    private final Supplier<Collection<Session>> sessions;
    private final Map<String, Fetch> fetches = new LinkedHashMap<>();

    Attachments(RoomId room, HostVault host, Executor thread, Supplier<Collection<Session>> sessions) {
        this.room = room;
        this.host = host;
        this.thread = thread;
        this.sessions = sessions;
    }

    /** An item came or changed: fetch those of its files that the vault does not have. */
    void wanted(Item item) {
        for (Attachment attachment : item.attachments()) {
            String hash = attachment.sha256();
            if (!fetches.containsKey(hash) && attachment.size() <= LARGEST) {
                host.ask(vault -> {
                            try (InputStream present =
                                    vault.openAttachment(hash).orElse(null)) {
                                return present != null;
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        })
                        .thenAcceptAsync(
                                present -> {
                                    if (!present && fetches.putIfAbsent(hash, new Fetch(attachment)) == null) {
                                        askSomebody(fetches.get(hash));
                                    }
                                },
                                thread);
            }
        }
    }

    /** A member is linked that may have what is wanted. */
    void found(Session session) {
        List.copyOf(fetches.values()).stream()
                .filter(fetch -> fetch.from == null)
                .forEach(this::askSomebody);
    }

    void lost(Session session) {
        for (Fetch fetch : List.copyOf(fetches.values())) {
            fetch.refusedBy.remove(session);
            if (fetch.from == session) {
                askSomebody(fetch);
            }
        }
    }

    private void askSomebody(Fetch fetch) {
        Optional<Session> next = sessions.get().stream()
                .filter(session -> !fetch.refusedBy.contains(session) && session != fetch.from)
                .findFirst();
        fetch.from = next.orElse(null);
        next.ifPresent(session -> session.send(new AskAttachment(room, fetch.attachment.sha256(), fetch.size)));
    }

    void asked(Session session, AskAttachment ask, Receipt receipt, Predicate<String> isReferred) {
        if (!isReferred.test(ask.sha256())) {
            session.send(new AttachmentPiece(room, ask.sha256(), ask.offset(), true, new byte[0]));
            receipt.done();
            return;
        }
        host.ask(vault -> {
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
                    session.send(
                            failed == null
                                    ? piece
                                    : new AttachmentPiece(room, ask.sha256(), ask.offset(), true, new byte[0]));
                    receipt.done();
                });
    }

    void received(Session session, AttachmentPiece piece, Receipt receipt) {
        Fetch fetch = fetches.get(piece.sha256());
        if (fetch == null || fetch.from != session || piece.offset() != fetch.size) {
            receipt.done();
            return;
        }
        if (piece.bytes().length == 0 || fetch.size + piece.bytes().length > LARGEST) {
            fetch.refusedBy.add(session);
            askSomebody(fetch);
            receipt.done();
            return;
        }
        host.ask(vault -> {
                    try {
                        if (fetch.file == null) {
                            fetch.file = Files.createTempFile("vaultsync", ".part");
                        }
                        try (OutputStream out =
                                Files.newOutputStream(fetch.file, java.nio.file.StandardOpenOption.APPEND)) {
                            out.write(piece.bytes());
                        }
                        if (!piece.last()) {
                            return false;
                        }
                        boolean whole = hash(fetch.file).equals(piece.sha256());
                        if (whole) {
                            try (InputStream in = Files.newInputStream(fetch.file)) {
                                vault.putAttachment(piece.sha256(), in);
                            }
                        }
                        Files.delete(fetch.file);
                        fetch.file = null;
                        return whole;
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .whenCompleteAsync(
                        (done, failed) -> {
                            receipt.done();
                            next(session, fetch, piece, failed == null && done, failed);
                        },
                        thread);
    }

    private void next(Session session, Fetch fetch, AttachmentPiece piece, boolean done, Throwable failed) {
        if (failed != null) {
            LOG.warn("room {}: an attachment cannot be stored: {}", room, failed.getMessage());
            fetches.remove(piece.sha256());
        } else if (done) {
            fetches.remove(piece.sha256());
        } else if (piece.last()) {
            LOG.warn("room {}: peer {} sent an attachment that is not what it should be", room, session.peer());
            fetch.size = 0;
            fetch.refusedBy.add(session);
            askSomebody(fetch);
        } else {
            fetch.size += piece.bytes().length;
            session.send(new AskAttachment(room, piece.sha256(), fetch.size));
        }
    }

    private static String hash(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[64 << 10];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                sha.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
