// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;

/** The beginning of a file that is on its way here; it stays across restarts. Belongs to the thread of files. */
final class PartFile {
    private static final String SUFFIX = ".part";

    private final Path file;
    private final MessageDigest digest = sha256();
    private long size;

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

    void append(byte[] bytes) throws IOException {
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            out.write(bytes);
        }
        digest.update(bytes);
        size += bytes.length;
    }

    /** Whether all that was appended has this hash. Called once. */
    boolean is(String sha256) {
        return HexFormat.of().formatHex(digest.digest()).equals(sha256);
    }

    InputStream read() throws IOException {
        return Files.newInputStream(file);
    }

    void delete() throws IOException {
        Files.deleteIfExists(file);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
