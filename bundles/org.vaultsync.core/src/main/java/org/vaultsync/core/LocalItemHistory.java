// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.vaultsync.FieldChange;
import org.vaultsync.ItemHistory;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.Version;
import org.vaultsync.core.room.History;

/** The history of the items of this device, as a service. */
@Component
public final class LocalItemHistory implements ItemHistory {
    private final LocalVaultSync sync;

    @Activate
    public LocalItemHistory(@Reference LocalVaultSync sync) {
        this.sync = sync;
    }

    @Override
    public CompletionStage<List<Version>> versions(String itemId) {
        return sync.once(rooms -> rooms.versions(itemId));
    }

    @Override
    public CompletionStage<List<Version>> deleted(RoomId room) {
        return sync.once(rooms -> rooms.deleted(room));
    }

    @Override
    public List<FieldChange> compare(Version one, Version other) {
        return History.compare(one, other);
    }

    @Override
    public CompletionStage<Void> restore(Version version) {
        return version.item()
                .map(item -> sync.once(rooms -> rooms.restore(item, version.room())))
                .orElseGet(() -> CompletableFuture.failedStage(
                        new SyncException("In this version the item was deleted. Restore the one before it.")));
    }
}
