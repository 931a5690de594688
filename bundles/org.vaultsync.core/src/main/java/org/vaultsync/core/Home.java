// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.vaultsync.Trouble;
import org.vaultsync.transport.TroubleException;

/** The folder in which sync keeps its database and its key, held by one process at a time. */
final class Home implements AutoCloseable {
    private static final String FILE = "file:";

    private final Path folder;
    private final FileChannel channel;

    private Home(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /**
     * The folder of this application: inside its workspace, or where {@code vaultsync.home} says.
     *
     * @throws IOException with a sentence for people
     */
    static Path folder(BundleContext context) throws IOException {
        String explicit = context.getProperty("vaultsync.home");
        String instance = context.getProperty("osgi.instance.area");
        if (explicit != null) {
            return Path.of(explicit);
        }
        if (instance == null) {
            throw new IOException("Sync needs a workspace to keep its data in, and this application has none.");
        }
        return workspace(instance).resolve(".metadata/.plugins/org.vaultsync.core");
    }

    /** @param location a URL as Equinox makes it of a file: nothing in it is escaped, neither blanks nor percent signs */
    static Path workspace(String location) {
        return new File(location.startsWith(FILE) ? location.substring(FILE.length()) : location).toPath();
    }

    /**
     * Takes the folder for this process.
     *
     * @throws IOException with a sentence for people
     */
    static Home take(Path folder) throws IOException {
        FileChannel channel;
        try {
            Files.createDirectories(folder);
            channel = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException unwritable) {
            throw new TroubleException(
                    new Trouble(
                            Trouble.Kind.FOLDER_UNWRITABLE,
                            List.of(folder.toString()),
                            "Sync cannot write into its folder " + folder + "."),
                    unwritable);
        }
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new Home(folder, channel);
            }
        } catch (OverlappingFileLockException inThisProcess) {
            channel.close();
            throw new IOException("Sync is already running in this application.", inThisProcess);
        }
        channel.close();
        throw new TroubleException(
                new Trouble(
                        Trouble.Kind.WORKSPACE_IN_USE,
                        List.of(),
                        "Another running application already syncs this workspace. Close one of the two."),
                null);
    }

    Path database() {
        return folder.resolve("sync.db");
    }

    Path key() {
        return keyIn(folder);
    }

    /** Where files that have not come whole yet are kept. */
    Path parts() {
        return folder.resolve("parts");
    }

    static Path keyIn(Path folder) {
        return folder.resolve("device.key");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
