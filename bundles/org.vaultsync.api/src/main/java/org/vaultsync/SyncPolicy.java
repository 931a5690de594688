// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What is shared and what is taken without anybody asking for it. Found as an OSGi service beside {@link VaultSync}.
 *
 * <p>Thread-safe. Questions are answered at once; changes complete once they are stored, and fail with a
 * {@link SyncException}.
 */
@ProviderType
public interface SyncPolicy {
    /** Whether items of a type are shared. */
    sealed interface Sharing {
        /** Item by item, as a person says. */
        record OnRequest() implements Sharing {}

        /** Each item of the type, also those made later, but for items that a person took out. */
        record Always(RoomId room) implements Sharing {}

        /** The type is sensitive: none of its items leaves this device. */
        record Never() implements Sharing {}
    }

    /** What becomes of an item that another member shares. */
    enum Incoming {
        /** It comes into the vault at once. */
        TAKE,
        /** A person is asked whether to take it. */
        ASK,
        /** It is only shown among the {@link Offers}, to be copied or taken. */
        BROWSE
    }

    /**
     * What a device takes of a room.
     *
     * @param types the only types that are taken, whatever {@code incoming} says; empty if all are
     */
    record Taking(Incoming incoming, Optional<Set<String>> types) {
        /** Everything, at once. */
        public static final Taking ALL = new Taking(Incoming.TAKE, Optional.empty());

        public Taking {
            types = types.map(Set::copyOf);
        }

        /** Whether a new item of this type comes into the vault at once. */
        public boolean takes(String type) {
            return incoming == Incoming.TAKE
                    && types.map(some -> some.contains(type)).orElse(true);
        }
    }

    /** The types of the items in the vault and in the rooms. Reads each item of the vault. */
    CompletionStage<Set<String>> types();

    /** The types that are not shared on request alone. */
    Map<String, Sharing> sharing();

    /**
     * Sets whether items of a type are shared. Those that are in a room already are taken out of it with
     * {@link Sharing.Never}, and stay there otherwise.
     */
    CompletionStage<Void> setSharing(String type, Sharing sharing);

    /** What this device takes of a room; {@link Taking#ALL} unless something else was set. */
    Taking taking(RoomId room);

    /** Sets what this device takes of a room from now on. What it has taken already stays. */
    CompletionStage<Void> setTaking(RoomId room, Taking taking);
}
