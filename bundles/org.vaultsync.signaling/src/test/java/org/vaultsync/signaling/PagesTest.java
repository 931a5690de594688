// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is around the protocol: pages, TLS, the command line. */
class PagesTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    Path folder;

    @Test
    void thePagesSayHowItIs() throws Exception {
        try (SignalingServer server = Servers.start(Limits.USUAL);
                Peer peer = Peer.at(server.port()).subscribe("a", "b")) {
            int port = server.port();
            assertEquals("okay", Servers.page(port, "/").body());
            assertEquals(
                    "ok: 2 clients, 2 topics\n", Servers.page(port, "/health").body());
            assertEquals(404, Servers.page(port, "/other").statusCode());
            peer.say("{\"type\":\"publish\",\"topic\":\"a\",\"x\":1}").hears();
            assertEquals(1, Servers.metric(port, "messages_delivered_total"));
            assertEquals(48, Servers.metric(port, "bytes_delivered_total"));
            assertEquals(3, Servers.metric(port, "messages_received_total"));
            ZonedDateTime date = ZonedDateTime.parse(
                    Servers.page(port, "/").headers().firstValue("Date").orElseThrow(),
                    DateTimeFormatter.RFC_1123_DATE_TIME);
            assertTrue(Math.abs(date.toEpochSecond() - Instant.now().getEpochSecond()) < 3_600);
        }
    }

    @Test
    void aPortThatIsTakenIsSaid() throws Exception {
        try (SignalingServer server = Servers.start(Limits.USUAL)) {
            String said = assertThrows(IOException.class, () -> Servers.start(server.port(), Limits.USUAL, false))
                    .getMessage();
            assertTrue(said.startsWith("The signaling server cannot listen at port " + server.port()), said);
        }
    }

    @Test
    void clientsComeOverTlsAndANewCertificateIsTaken() throws Exception {
        ServerSettings.Tls files = new ServerSettings.Tls(folder.resolve("chain.pem"), folder.resolve("key.pem"));
        X509Certificate first = write(files);
        try (SignalingServer server = SignalingServer.start(
                        new ServerSettings(Optional.empty(), 0, Optional.of(files), false, Limits.USUAL));
                HttpClient trusting =
                        HttpClient.newBuilder().sslContext(trusts(first)).build();
                Peer peer = Peer.at(trusting, URI.create("wss://localhost:" + server.port()))) {
            peer.subscribe("a").say("{\"type\":\"publish\",\"topic\":\"a\"}");
            assertEquals("{\"type\":\"publish\",\"topic\":\"a\",\"clients\":1}", peer.hears());
        }
        Certificates read = new Certificates(files);
        var before = read.context();
        read.refresh();
        assertEquals(before, read.context());
        write(files);
        Files.setLastModifiedTime(files.key(), FileTime.from(Instant.now().plusSeconds(60)));
        read.refresh();
        assertTrue(before != read.context());
        Files.writeString(files.key(), "no key");
        Files.setLastModifiedTime(files.key(), FileTime.from(Instant.now().plusSeconds(120)));
        var after = read.context();
        read.refresh();
        assertEquals(after, read.context());
        String said =
                assertThrows(IOException.class, () -> new Certificates(files)).getMessage();
        assertTrue(said.startsWith("The certificate " + files.certificates()), said);
    }

    /** Makes a key and a certificate for localhost, in PEM. */
    private X509Certificate write(ServerSettings.Tls files) throws Exception {
        Path store = Files.createTempFile(folder, "keys", ".p12");
        Files.delete(store);
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        store.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keyalg",
                        "EC",
                        "-alias",
                        "server",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=dns:localhost")
                .inheritIO()
                .start();
        assertEquals(0, keytool.waitFor());
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
        Certificate certificate = keys.getCertificate("server");
        Files.writeString(files.certificates(), pem("CERTIFICATE", certificate.getEncoded()));
        Files.writeString(
                files.key(), pem("PRIVATE KEY", keys.getKey("server", PASSWORD).getEncoded()));
        return (X509Certificate) certificate;
    }

    private static String pem(String kind, byte[] bytes) {
        return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(bytes) + "\n-----END " + kind
                + "-----\n";
    }

    private static SSLContext trusts(X509Certificate certificate) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", certificate);
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), new SecureRandom());
        return context;
    }

    @Test
    void theCommandLineIsRead() throws IOException {
        assertEquals(ServerSettings.at(4444), Main.settings(List.of()));
        ServerSettings settings = Main.settings(List.of(
                "--port",
                "1",
                "--bind",
                "127.0.0.1",
                "--certificate",
                "a",
                "--key",
                "b",
                "--behind-proxy",
                "--clients",
                "2",
                "--clients-per-address",
                "3",
                "--topics-per-address",
                "4",
                "--message-bytes",
                "5",
                "--messages-per-second",
                "6"));
        assertEquals(1, settings.port());
        assertEquals(Optional.of(new ServerSettings.Tls(Path.of("a"), Path.of("b"))), settings.tls());
        assertTrue(settings.behindProxy());
        assertEquals(
                List.of(2, 3, 4, 5, 6),
                List.of(
                        settings.limits().clients(),
                        settings.limits().clientsPerAddress(),
                        settings.limits().topicsPerAddress(),
                        settings.limits().messageBytes(),
                        settings.limits().messagesPerSecond()));
        for (List<String> wrong : List.of(
                List.of("--port"),
                List.of("--port", "x"),
                List.of("--port", "70000"),
                List.of("--clients", "0"),
                List.of("--key", "b"),
                List.of("--colour", "red"))) {
            assertThrows(IllegalArgumentException.class, () -> Main.settings(wrong), wrong.toString());
        }
    }
}
