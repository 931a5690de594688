// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The files that shared items name, on their way to this device. Found as an OSGi service beside {@link VaultSync},
 * whose listeners are told of changes. Thread-safe; questions are answered at once.
 *
 * <p>A file is known by its SHA-256, 64 lower-case hexadecimal digits.
 */
@ProviderType
public interface Transfers {
    /** How far a file has come. */
    sealed interface Progress {
        /** Nothing is to be done: the vault has it, or no shared item names it. */
        record Nothing() implements Progress {}

        /** It is larger than what is fetched at once: see {@link Transfers#fetch}. */
        record OnDemand(long size) implements Progress {}

        /** It is wanted, and nobody who is linked has it. */
        record Waiting(long bytes, long size) implements Progress {}

        /** It comes: so many bytes are here. */
        record Coming(long bytes, long size) implements Progress {}

        /** It cannot be stored here; tried again when a member is linked, and by {@link Transfers#fetch}. */
        record Failed(String why) implements Progress {}
    }

    /** How far a file has come. */
    Progress progress(String sha256);

    /** Fetches a file that is not fetched at once. Does nothing if no shared item names it. */
    void fetch(String sha256);

    /** Files up to this size, in bytes, are fetched at once; 20 MB unless something else was set. */
    long fetchedAtOnce();

    /** @param bytes 0 to fetch nothing but what a person asks for */
    CompletionStage<Void> setFetchedAtOnce(long bytes);
}
