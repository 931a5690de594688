// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.RoomId;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.core.vault.HostVault;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

/**
 * What the vault is being asked about documents, one question at a time for each. What people do to a document meanwhile is
 * looked at when the vault has answered, in its order. Belongs to the room's thread.
 */
final class VaultQuestions {
    /** Who makes edits of what the vault holds. */
    interface Editor {
        void edit(Document document, Stored stored);

        /** The vault holds nothing of a document. */
        void gone(Document document);

        void readAgain(Document document);

        /** The vault has answered about a document that was left meanwhile. */
        void left(Document document);
    }

    private static final Logger LOG = LoggerFactory.getLogger(VaultQuestions.class);
    /** A host tells of a save within this time after it was made. */
    private static final Duration STEPS_ARE_TOLD = Duration.ofMillis(300);

    private final RoomId room;
    private final Documents documents;
    private final HostVault host;
    private final Worker thread;
    private final Editor editor;
    private final CompletableFuture<Void> settled = new CompletableFuture<>();
    private int open;
    private boolean closing;

    VaultQuestions(RoomId room, Documents documents, HostVault host, Worker thread, Editor editor) {
        this.room = room;
        this.documents = documents;
        this.host = host;
        this.thread = thread;
        this.editor = editor;
    }

    /** How many wait for an answer. */
    int open() {
        return open;
    }

    /**
     * Asks the vault about a document, and looks at what it says. Whatever comes of it, what people did meanwhile comes
     * next.
     *
     * @param then is run after that was looked at, also where the vault failed
     */
    <T> void ask(Document document, Supplier<CompletionStage<T>> question, Consumer<T> look, Runnable then) {
        asked(document);
        question.get()
                .whenCompleteAsync(
                        (answer, failed) -> {
                            answered(document);
                            guarded(document, () -> {
                                if (failed != null) {
                                    failed(document, failed);
                                } else {
                                    look.accept(answer);
                                }
                            });
                            guarded(document, then);
                            goOnWithWhatWasDone(document);
                        },
                        thread);
    }

    /** An error of this side is told, and stops nothing else. */
    private void guarded(Document document, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException ours) {
            LOG.error("room {}: what the vault holds was not looked at", room, ours);
            document.problem = Optional.of(Answers.wentWrong(ours).getMessage());
        }
    }

    /** The vault is being asked about a document: what people do is looked at when it has answered. */
    void asked(Document document) {
        document.putting = true;
        open++;
    }

    void answered(Document document) {
        document.putting = false;
        open--;
    }

    /** Completes once the vault has answered about some documents, and about what came of that. */
    CompletionStage<Void> whenAnswered(Stream<Document> some) {
        return CompletableFuture.allOf(some.filter(document -> document.putting)
                .map(this::whenAnswered)
                .toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> whenAnswered(Document document) {
        CompletableFuture<Void> answered = new CompletableFuture<>();
        document.meanwhile.add(() -> whenAnswered(Stream.of(document)).thenRun(() -> answered.complete(null)));
        return answered;
    }

    /** The vault has failed instead of answering. */
    private void failed(Document document, Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
        LOG.warn("room {}: the vault failed on an item: {}", room, cause.toString());
        if (host.isPresent()) {
            document.problem = Optional.of("The application could not store it: " + cause.getMessage());
        }
    }

    /** Once nothing is left that people did and the vault's answer is awaited for. */
    CompletionStage<Void> settled() {
        closing = true;
        if (open == 0) {
            settled.complete(null);
        }
        return settled;
    }

    /** What people did while the vault was asked comes in its order; then nothing may be left to wait for. */
    void goOnWithWhatWasDone(Document document) {
        List<Runnable> done = List.copyOf(document.meanwhile);
        document.meanwhile.clear();
        document.savedMeanwhile.clear();
        done.forEach(step -> guarded(document, step));
        if (document.left && !document.putting) {
            editor.left(document);
        }
        if (closing && open == 0) {
            settled.complete(null);
        }
    }

    /**
     * Reads what the vault holds of a document, and looks at it; not of one that this device has left.
     *
     * @param then is told what there was, also nothing where the vault failed, before it goes on with what people did
     */
    void read(Document document, Consumer<Optional<Stored>> then) {
        if (document.putting) {
            // If what is asked now fails, it says nothing of what the vault holds.
            document.meanwhile.add(() -> read(document, then));
            return;
        }
        if (document.left) {
            return;
        }
        String item = document.item.orElseThrow();
        AtomicReference<Optional<Stored>> held = new AtomicReference<>(Optional.empty());
        ask(
                document,
                () -> host.ask(vault -> vault.get(item)),
                stored -> {
                    held.set(stored);
                    stored.ifPresentOrElse(there -> look(document, there), () -> editor.gone(document));
                },
                () -> then.accept(held.get()));
    }

    /**
     * The vault holds this: comes before what was saved meanwhile if it is older, after it if it is newer. If it was made
     * in steps that were not told yet, each of which somebody may have gone on from, these are waited for a little.
     */
    void look(Document document, Stored held) {
        if (!document.left
                && isAhead(document, held.revision())
                && document.waitedFor.add(held.revision().name())) {
            asked(document);
            thread.after(STEPS_ARE_TOLD, () -> {
                answered(document);
                goOnWithWhatWasDone(document);
                editor.readAgain(document);
            });
            return;
        }
        boolean told = document.savedMeanwhile.contains(held.revision().name());
        boolean newer = held.revision().lineage().stream().anyMatch(document.savedMeanwhile::contains);
        if (!newer) {
            editor.edit(document, held);
        }
        goOnWithWhatWasDone(document);
        if (newer && !told) {
            editor.edit(document, held);
        }
    }

    /** Whether the revision was made from others that are not known here, in more than one step. */
    private boolean isAhead(Document document, Revision revision) {
        List<String> lineage = revision.lineage();
        boolean known = documents.revision(document, lineage.getFirst()).isPresent();
        return !known
                && lineage.size() > 1
                && documents.revision(document, lineage.get(1)).isEmpty()
                && documents.baseOf(document, revision).isPresent();
    }
}
