// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** The least that a file can be carried by over TLS 1.3: one side reads and sends it, the other hashes and writes it. */
final class BareSockets {
    private static final int CHUNK = 16 << 10;

    private final SSLContext context;

    BareSockets(Path key) throws IOException {
        context = new Rogue(key).context();
    }

    /** Carries a file, whose name is its hash; gives the MB/s. */
    double carry(Path from, Path to) throws Exception {
        CompletableFuture<String> hash = new CompletableFuture<>();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofPlatform().start(() -> {
                try {
                    hash.complete(receive(server, to));
                } catch (IOException | GeneralSecurityException broken) {
                    hash.completeExceptionally(broken);
                }
            });
            try (Socket tcp = new Socket(server.getInetAddress(), server.getLocalPort());
                    SSLSocket tls = shaken(tcp, true);
                    InputStream in = Files.newInputStream(from)) {
                long began = System.nanoTime();
                OutputStream out = tls.getOutputStream();
                byte[] buffer = new byte[CHUNK];
                for (int n; (n = in.read(buffer)) >= 0; ) {
                    out.write(buffer, 0, n);
                }
                tls.shutdownOutput();
                if (!hash.get(5, TimeUnit.MINUTES).equals(from.getFileName().toString())) {
                    throw new AssertionError("another file came");
                }
                return Files.size(to) / 1e6 / ((System.nanoTime() - began) / 1e9);
            }
        }
    }

    private String receive(ServerSocket server, Path to) throws IOException, GeneralSecurityException {
        MessageDigest hash = MessageDigest.getInstance("SHA-256");
        try (Socket tcp = server.accept();
                SSLSocket tls = shaken(tcp, false);
                OutputStream out = Files.newOutputStream(to)) {
            InputStream in = tls.getInputStream();
            byte[] buffer = new byte[CHUNK];
            for (int n; (n = in.read(buffer)) >= 0; ) {
                hash.update(buffer, 0, n);
                out.write(buffer, 0, n);
            }
        }
        return HexFormat.of().formatHex(hash.digest());
    }

    private SSLSocket shaken(Socket tcp, boolean dialled) throws IOException {
        tcp.setTcpNoDelay(true);
        SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(tcp, "peer", tcp.getPort(), true);
        tls.setUseClientMode(dialled);
        tls.setSSLParameters(new SSLParameters(null, new String[] {"TLSv1.3"}));
        tls.startHandshake();
        return tls;
    }
}
