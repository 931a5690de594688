// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.vaultsync.Finding;
import org.vaultsync.Finding.Area;
import org.vaultsync.Finding.Weight;
import org.vaultsync.Trouble;
import org.vaultsync.core.store.Store;

/** Looks whether key and database can be used, by using them. Blocks. */
public final class StoreCheck {
    private static final long LITTLE_ROOM = 200L << 20;
    private static final int SECONDS = 5;

    private final Path key;
    private final Path database;
    private final Store store;

    public StoreCheck(Path key, Path database, Store store) {
        this.key = key;
        this.database = database;
        this.store = store;
    }

    public List<Finding> run() {
        List<Finding> findings = new ArrayList<>();
        findings.add(key());
        findings.add(writable());
        findings.add(integrity());
        findings.add(room());
        return findings;
    }

    private Finding key() {
        try {
            Files.size(key); // fails where it is gone
            Set<PosixFilePermission> permissions =
                    key.getFileSystem().supportedFileAttributeViews().contains("posix")
                            ? Files.getPosixFilePermissions(key)
                            : Set.of();
            boolean othersRead = permissions.contains(PosixFilePermission.GROUP_READ)
                    || permissions.contains(PosixFilePermission.OTHERS_READ);
            return othersRead
                    ? Doctor.problem(
                            Area.KEY,
                            "Other users of this machine can read the device key, and could pass for this device.",
                            "Take the right to read " + key + " from everybody but yourself.")
                    : Doctor.fine(Area.KEY, "The device key is there, and nobody else can read it.");
        } catch (IOException unreadable) {
            return Doctor.problem(
                    Area.KEY,
                    "The file of the device key cannot be read any more: " + unreadable.getMessage(),
                    "Put back a copy of " + key
                            + " before the application is started again; without it this device is a"
                            + " new one, which others must invite.");
        }
    }

    private Finding writable() {
        String why;
        try {
            store.write(Store.touch()).toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
            return Doctor.fine(Area.STORE, "The database can be written.");
        } catch (TimeoutException blocked) {
            why = "within " + SECONDS + " seconds nothing was written";
        } catch (ExecutionException failed) {
            why = String.valueOf(failed.getCause().getMessage());
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            why = "sync is stopping";
        }
        return Doctor.finding(
                Area.STORE,
                Weight.PROBLEM,
                new Trouble(
                        Trouble.Kind.STORE_UNWRITABLE, List.of(why), "The database cannot be written: " + why + "."),
                "See that there is room on the disk and that " + database.getParent()
                        + " can be written. Your edits are" + " in your vault, and are synced once it can.");
    }

    private Finding integrity() {
        return store.damage()
                .map(damage -> Doctor.finding(
                        Area.STORE,
                        Weight.PROBLEM,
                        new Trouble(Trouble.Kind.STORE_DAMAGED, List.of(damage), "The database is damaged: " + damage),
                        "Export your rooms now, as far as that works. At the next start the database is set aside; then"
                                + " import the rooms, or join them with new invites. Your items are in your vault."))
                .orElseGet(() -> Doctor.fine(Area.STORE, "The database is whole."));
    }

    private Finding room() {
        try {
            long free = Files.getFileStore(database).getUsableSpace();
            String size = "The database takes " + inUnits(Files.size(database)) + ", and " + inUnits(free)
                    + " are free on its disk.";
            return free < LITTLE_ROOM
                    ? Doctor.problem(Area.STORE, size, "Make room on the disk before edits cannot be stored any more.")
                    : Doctor.fine(Area.STORE, size);
        } catch (IOException unknown) {
            return Doctor.note(Area.STORE, "How much room there is cannot be told: " + unknown.getMessage(), "");
        }
    }

    private static String inUnits(long bytes) {
        return bytes < 1e6
                ? bytes / 1000 + " KB"
                : String.format(Locale.ROOT, bytes < 1e9 ? "%.1f MB" : "%.1f GB", bytes / (bytes < 1e9 ? 1e6 : 1e9));
    }
}
