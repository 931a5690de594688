// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a server proves itself with, read again when the files have changed. One thread. */
final class Certificates {
    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);

    private final ServerSettings.Tls files;
    private FileTime readAt;
    private SslContext context;

    /** @throws IOException if they cannot be read, with a sentence for people */
    Certificates(ServerSettings.Tls files) throws IOException {
        this.files = files;
        try {
            read();
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new IOException(
                    "The certificate " + files.certificates() + " and its key " + files.key() + " cannot be read: "
                            + unreadable.getMessage() + ".",
                    unreadable);
        }
    }

    SslContext context() {
        return context;
    }

    /** Reads the files anew if they have changed. What cannot be read changes nothing. */
    void refresh() {
        try {
            if (!changedAt().equals(readAt)) {
                read();
                LOG.info("signaling: read the certificate anew");
            }
        } catch (IOException | IllegalArgumentException unreadable) {
            LOG.error("signaling: the new certificate cannot be read, the old one holds: {}", unreadable.getMessage());
        }
    }

    private void read() throws IOException {
        readAt = changedAt();
        context = SslContextBuilder.forServer(
                        files.certificates().toFile(), files.key().toFile())
                .sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2")
                .build();
    }

    private FileTime changedAt() throws IOException {
        FileTime certificates = Files.getLastModifiedTime(files.certificates());
        FileTime key = Files.getLastModifiedTime(files.key());
        return certificates.compareTo(key) > 0 ? certificates : key;
    }
}
