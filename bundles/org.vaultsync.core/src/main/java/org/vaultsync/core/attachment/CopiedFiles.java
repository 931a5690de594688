// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.attachment;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.vaultsync.RoomId;
import org.vaultsync.core.store.Store;
import org.vaultsync.core.store.Tables;
import org.vaultsync.vault.Attachment;
import org.vaultsync.vault.Item;

/**
 * The files of copies that have yet to come. No item of the room names them for the vault's sake, so they are kept across
 * restarts: in the store as settings, {@code copied <room> <hash>} is a size. Belongs to the room's thread.
 */
public final class CopiedFiles {
    private final String setting;
    private final Store store;
    private final Map<String, Attachment> lacking = new LinkedHashMap<>();

    public CopiedFiles(RoomId room, Store store) {
        this.setting = Tables.copied(room);
        this.store = store;
        store.read(database -> Tables.settings(database, setting)).forEach((name, size) -> {
            String sha256 = name.substring(setting.length());
            lacking.put(sha256, new Attachment("copied", "", sha256, Long.parseLong(size), ""));
        });
    }

    /** A copy was put into the vault. */
    public void add(Item copy) {
        for (Attachment file : copy.attachments()) {
            if (lacking.putIfAbsent(file.sha256(), file) == null) {
                store.write(Tables.putSetting(setting + file.sha256(), Long.toString(file.size())));
            }
        }
    }

    /** The vault has a file. */
    public void came(String sha256) {
        if (lacking.remove(sha256) != null) {
            store.write(Tables.removeSetting(setting + sha256));
        }
    }

    public boolean isLacking(String sha256) {
        return lacking.containsKey(sha256);
    }

    public List<Attachment> lacking() {
        return List.copyOf(lacking.values());
    }
}
