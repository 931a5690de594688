// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.attachment;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import org.vaultsync.core.identity.Sha256;

/**
 * The beginning of a file that is on its way here; it stays across restarts. Belongs to the thread of files. Open from the
 * first piece on until it is whole, deleted or {@link #rest put aside}.
 */
final class PartFile {
    private static final String SUFFIX = ".part";

    private final Path file;
    private final MessageDigest digest = Sha256.begin();
    private long size;
    private boolean incomplete;
    private Optional<OutputStream> end = Optional.empty();

    private PartFile(Path file) {
        this.file = file;
    }

    /** Goes on with what is there of the file. */
    static PartFile open(Path folder, String name) throws IOException {
        Files.createDirectories(folder);
        PartFile part = new PartFile(folder.resolve(name + SUFFIX));
        if (Files.exists(part.file)) {
            try (InputStream in = Files.newInputStream(part.file)) {
                byte[] buffer = new byte[64 << 10];
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    part.digest.update(buffer, 0, read);
                    part.size += read;
                }
            }
        }
        return part;
    }

    /** Deletes what nobody went on with since then. */
    static void sweep(Path folder, Instant since) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (Path part : parts) {
                if (Files.getLastModifiedTime(part).toInstant().isBefore(since)) {
                    Files.deleteIfExists(part);
                }
            }
        }
    }

    long size() {
        return size;
    }

    /** What follows on something that could not be written is not taken. */
    void append(byte[] bytes) throws IOException {
        if (incomplete) {
            throw new IOException("what comes before could not be stored");
        }
        incomplete = true;
        if (end.isEmpty()) {
            end = Optional.of(Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
        }
        end.get().write(bytes);
        digest.update(bytes);
        size += bytes.length;
        incomplete = false;
    }

    /** Closes the file until more of it comes. */
    void rest() throws IOException {
        if (end.isPresent()) {
            end.get().close();
            end = Optional.empty();
        }
    }

    /** Whether all that was appended has this hash. Called once. */
    boolean is(String sha256) {
        return HexFormat.of().formatHex(digest.digest()).equals(sha256);
    }

    InputStream read() throws IOException {
        rest();
        return Files.newInputStream(file);
    }

    void delete() throws IOException {
        rest();
        Files.deleteIfExists(file);
    }
}
