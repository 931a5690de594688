// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.vaultsync.RoomArchives;
import org.vaultsync.RoomId;

/** The files of rooms of this device, as a service. */
@Component
public final class LocalRoomArchives implements RoomArchives {
    private final LocalVaultSync sync;

    @Activate
    public LocalRoomArchives(@Reference LocalVaultSync sync) {
        this.sync = sync;
    }

    @Override
    public CompletionStage<Contents> exportRoom(RoomId room, Path file, Course course) {
        return sync.once(rooms -> rooms.files().write(room, file, course));
    }

    @Override
    public CompletionStage<Contents> importRoom(Path file, Course course) {
        return sync.once(rooms -> rooms.files().read(file, course));
    }
}
