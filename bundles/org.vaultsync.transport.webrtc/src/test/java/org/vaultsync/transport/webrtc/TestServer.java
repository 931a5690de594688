// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** A signaling server as y-webrtc's own: topics, publishing to all of one, the sender included, and pong. */
final class TestServer implements AutoCloseable {
    private final ServerSocket listener;
    private final Thread acceptor;
    private final Clock clock;
    private final Map<String, Set<Client>> topics = new ConcurrentHashMap<>();
    private final List<Client> clients = new CopyOnWriteArrayList<>();
    private final List<String> published = new CopyOnWriteArrayList<>();
    private volatile boolean hangsUp;
    private volatile Predicate<ObjectNode> passes = published -> true;

    TestServer() throws IOException {
        this(0, Clock.systemUTC());
    }

    TestServer(int port, Clock clock) throws IOException {
        this.clock = clock;
        listener = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        acceptor = Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    String address() {
        return "ws://127.0.0.1:" + listener.getLocalPort();
    }

    /** All that was published and passed on, as it came. */
    List<String> published() {
        return published;
    }

    Set<String> topics() {
        Set<String> some = new HashSet<>();
        topics.forEach((topic, subscribers) -> {
            if (!subscribers.isEmpty()) {
                some.add(topic);
            }
        });
        return some;
    }

    /**
     * What is passed on from now on of that which is published.
     *
     * @param which may change the message, too
     */
    void pass(Predicate<ObjectNode> which) {
        passes = which;
    }

    /** Takes connections from now on, and ends each when something is said over it. */
    void hangUpAtTheFirstWord() {
        hangsUp = true;
    }

    /** Says something to all, as if it had been published. */
    void say(String text) {
        clients.forEach(client -> client.send(text));
    }

    private void accept() {
        try {
            while (true) {
                Client client = new Client(listener.accept());
                Thread.ofVirtual().start(client::run);
            }
        } catch (IOException closed) {
            clients.forEach(Client::close);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        try {
            // Until it has ended, the port is taken.
            acceptor.join();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        clients.forEach(Client::close);
    }

    private final class Client {
        private final Socket socket;
        private final Set<String> subscribed = new HashSet<>();

        Client(Socket socket) {
            this.socket = socket;
        }

        void run() {
            try (socket) {
                DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
                if (!shakeHands(in)) {
                    return;
                }
                clients.add(this);
                StringBuilder text = new StringBuilder();
                while (true) {
                    int first = in.readUnsignedByte();
                    int second = in.readUnsignedByte();
                    long length = second & 0x7f;
                    if (length == 126) {
                        length = in.readUnsignedShort();
                    } else if (length == 127) {
                        length = in.readLong();
                    }
                    byte[] mask = in.readNBytes(4);
                    byte[] bytes = in.readNBytes((int) length);
                    for (int i = 0; i < bytes.length; i++) {
                        bytes[i] ^= mask[i % 4];
                    }
                    if ((first & 0xf) == 8 || hangsUp) {
                        return;
                    }
                    text.append(new String(bytes, StandardCharsets.UTF_8));
                    if ((first & 0x80) != 0) {
                        heard(text.toString());
                        text.setLength(0);
                    }
                }
            } catch (IOException gone) {
                return;
            } finally {
                clients.remove(this);
                topics.values().forEach(subscribers -> subscribers.remove(this));
            }
        }

        private boolean shakeHands(DataInputStream in) throws IOException {
            String key = "";
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                if (line.toLowerCase(Locale.ROOT).startsWith("sec-websocket-key:")) {
                    key = line.substring(line.indexOf(':') + 1).strip();
                }
            }
            String date =
                    DateTimeFormatter.RFC_1123_DATE_TIME.format(clock.instant().atOffset(ZoneOffset.UTC));
            String answer = key.isEmpty()
                    ? "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\nDate: " + date + "\r\n\r\nokay"
                    : "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Accept: " + accept(key) + "\r\n\r\n";
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            return !key.isEmpty();
        }

        private static String line(DataInputStream in) throws IOException {
            StringBuilder line = new StringBuilder();
            for (int next = in.readUnsignedByte(); next != '\n'; next = in.readUnsignedByte()) {
                if (next != '\r') {
                    line.append((char) next);
                }
            }
            return line.toString();
        }

        private static String accept(String key) {
            try {
                return Base64.getEncoder()
                        .encodeToString(MessageDigest.getInstance("SHA-1")
                                .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                                        .getBytes(StandardCharsets.US_ASCII)));
            } catch (GeneralSecurityException everyPlatformHasIt) {
                throw new IllegalStateException(everyPlatformHasIt);
            }
        }

        private void heard(String text) {
            ObjectNode message = Json.read(text).orElseThrow();
            switch (Json.text(message, "type")) {
                case "subscribe" ->
                    names(message).forEach(topic -> {
                        topics.computeIfAbsent(topic, each -> ConcurrentHashMap.newKeySet())
                                .add(this);
                        subscribed.add(topic);
                    });
                case "unsubscribe" ->
                    names(message)
                            .forEach(topic ->
                                    topics.getOrDefault(topic, Set.of()).remove(this));
                case "publish" -> {
                    if (passes.test(message)) {
                        Set<Client> to = topics.getOrDefault(Json.text(message, "topic"), Set.of());
                        message.put("clients", to.size());
                        to.forEach(client -> client.send(Json.write(message)));
                    }
                    published.add(text);
                }
                case "ping" -> send("{\"type\":\"pong\"}");
                default -> throw new IllegalStateException(text);
            }
        }

        private static List<String> names(JsonNode message) {
            List<String> names = new ArrayList<>();
            message.path("topics").forEach(topic -> names.add(topic.textValue()));
            return names;
        }

        void send(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            try {
                synchronized (socket) {
                    OutputStream out = socket.getOutputStream();
                    out.write(0x81);
                    if (bytes.length < 126) {
                        out.write(bytes.length);
                    } else if (bytes.length < 65_536) {
                        out.write(new byte[] {126, (byte) (bytes.length >> 8), (byte) bytes.length});
                    } else {
                        out.write(127);
                        out.write(ByteBuffer.allocate(8).putLong(bytes.length).array());
                    }
                    out.write(bytes);
                }
            } catch (IOException gone) {
                close();
            }
        }

        void close() {
            try {
                socket.close();
            } catch (IOException already) {
                return;
            }
        }
    }
}
