// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.vaultsync.vault.Vault;

/** The host's vault, which may be slow and may come and go. Asks it on a thread of its own. Thread-safe. */
public final class HostVault implements AutoCloseable {
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("vaultsync vault").factory());
    private volatile Optional<Vault> vault = Optional.empty();

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

    /** Asks the vault. Fails with what the vault throws, and if there is no vault. */
    public <T> CompletionStage<T> ask(Function<Vault, T> question) {
        return CompletableFuture.supplyAsync(
                () -> question.apply(vault.orElseThrow(() -> new IllegalStateException("the vault is not there"))),
                thread);
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
