// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.vault;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Trouble;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.vault.Vault;

/** The host's vault, which may be slow and may come and go. Asks it on threads of its own. Thread-safe. */
public final class HostVault implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HostVault.class);

    private final Worker thread;
    private final Worker files;
    private volatile Optional<Vault> vault = Optional.empty();
    private volatile boolean closed;

    public HostVault(Machine machine) {
        thread = machine.worker("vaultsync vault");
        files = machine.worker("vaultsync files");
    }

    public void bind(Vault arrived) {
        vault = Optional.of(arrived);
    }

    public void unbind(Vault leaving) {
        if (vault.filter(present -> present == leaving).isPresent()) {
            vault = Optional.empty();
        }
    }

    public boolean isPresent() {
        return vault.isPresent();
    }

    /** Why nothing can be stored in it now. */
    public Optional<Trouble> trouble() {
        try {
            return vault.flatMap(Vault::trouble)
                    .map(said -> new Trouble(
                            Trouble.Kind.VAULT_UNWRITABLE,
                            List.of(said),
                            "What others change cannot be taken into the vault. " + said));
        } catch (RuntimeException failed) {
            LOG.warn("vault: it does not tell whether it can be written", failed);
            return Optional.empty();
        }
    }

    /** What the vault says of a type; it answers at once. */
    public Set<String> textFields(String type) {
        try {
            return vault.map(present -> present.textFields(type)).orElse(Set.of());
        } catch (RuntimeException failed) {
            LOG.warn("vault: it does not tell the text fields of the type {}", type, failed);
            return Set.of();
        }
    }

    /** Asks the vault about items. Fails with what the vault throws, if it answers with null, and if there is no vault. */
    public <T> CompletionStage<T> ask(Function<Vault, T> question) {
        return ask(
                present -> Objects.requireNonNull(question.apply(present), "it answered with nothing at all (null)"),
                thread);
    }

    /** Asks the vault about attachments, on a thread that may be kept by a large file. */
    public <T> CompletionStage<T> askFiles(Function<Vault, T> question) {
        return ask(question, files);
    }

    /** Does something with files on that thread. */
    public void onFiles(Runnable task) {
        files.execute(task);
    }

    private <T> CompletionStage<T> ask(Function<Vault, T> question, Worker worker) {
        if (closed) {
            return CompletableFuture.failedStage(new IllegalStateException("sync has stopped"));
        }
        return CompletableFuture.supplyAsync(
                () -> question.apply(vault.orElseThrow(() -> new IllegalStateException("the vault is not there"))),
                worker);
    }

    @Override
    public void close() {
        closed = true;
        thread.close();
        files.close();
    }
}
