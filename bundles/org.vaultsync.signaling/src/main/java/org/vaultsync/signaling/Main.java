// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A signaling server of its own, from the command line. */
public final class Main {
    private static final String USAGE = """
            A signaling server for Vault Sync and y-webrtc.

              --port N                     where to listen (4444)
              --bind ADDRESS               the only address of this machine to listen at
              --certificate FILE --key FILE  TLS, both in PEM; read again when they change
              --behind-proxy               clients are told apart by X-Forwarded-For, last entry
              --clients N                  how many in all (10000)
              --clients-per-address N      how many from one address (100)
              --topics-per-address N       how many topics they may have together (10000)
              --message-bytes N            the most bytes of a message (65536)
              --messages-per-second N      how many messages one address may send (100)
            """;

    private Main() {}

    /** Runs until the process is ended. */
    public static void main(String[] arguments) throws InterruptedException {
        // One line an event, and no time: whatever keeps the lines adds it.
        if (System.getProperty("java.util.logging.SimpleFormatter.format") == null) {
            System.setProperty("java.util.logging.SimpleFormatter.format", "%4$s %5$s%6$s%n");
        }
        if (List.of(arguments).contains("--help")) {
            System.out.print(USAGE);
            return;
        }
        try {
            SignalingServer server = SignalingServer.start(settings(List.of(arguments)));
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "signaling-stop"));
            new CountDownLatch(1).await();
        } catch (IllegalArgumentException | IOException wrong) {
            System.err.println(wrong.getMessage());
            System.exit(1);
        }
    }

    /** @throws IllegalArgumentException with a sentence for people */
    static ServerSettings settings(List<String> arguments) throws IOException {
        Limits usual = Limits.USUAL;
        Optional<InetAddress> bind = Optional.empty();
        Optional<Path> certificate = Optional.empty();
        Optional<Path> key = Optional.empty();
        boolean behindProxy = false;
        int port = ServerSettings.USUAL_PORT;
        int clients = usual.clients();
        int clientsPerAddress = usual.clientsPerAddress();
        int topics = usual.topicsPerAddress();
        int bytes = usual.messageBytes();
        int messages = usual.messagesPerSecond();
        Iterator<String> rest = arguments.iterator();
        while (rest.hasNext()) {
            String name = rest.next();
            switch (name) {
                case "--port" -> port = number(name, rest);
                case "--bind" -> bind = Optional.of(InetAddress.getByName(value(name, rest)));
                case "--certificate" -> certificate = Optional.of(Path.of(value(name, rest)));
                case "--key" -> key = Optional.of(Path.of(value(name, rest)));
                case "--behind-proxy" -> behindProxy = true;
                case "--clients" -> clients = number(name, rest);
                case "--clients-per-address" -> clientsPerAddress = number(name, rest);
                case "--topics-per-address" -> topics = number(name, rest);
                case "--message-bytes" -> bytes = number(name, rest);
                case "--messages-per-second" -> messages = number(name, rest);
                default -> throw new IllegalArgumentException("Unknown: " + name + ". Try --help.");
            }
        }
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException("TLS needs both --certificate and --key.");
        }
        Path keyFile = key.orElse(null);
        return new ServerSettings(
                bind,
                port,
                certificate.map(file -> new ServerSettings.Tls(file, keyFile)),
                behindProxy,
                new Limits(
                        clients,
                        clientsPerAddress,
                        topics,
                        bytes,
                        messages,
                        usual.deliveredBytesPerSecond(),
                        usual.backlogBytes(),
                        usual.backlogBytesInAll(),
                        usual.handshake(),
                        usual.ping()));
    }

    private static String value(String name, Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new IllegalArgumentException(name + " needs a value. Try --help.");
        }
        return rest.next();
    }

    private static int number(String name, Iterator<String> rest) {
        String text = value(name, rest);
        if (!text.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException(name + " is “" + text + "”; it must be a number.");
        }
        return Integer.parseInt(text);
    }
}
