// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A client as there are many: reads what comes, answers pings. */
final class Peer implements WebSocket.Listener, AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    private final StringBuilder part = new StringBuilder(); // one call at a time
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final AtomicBoolean reading;
    private final WebSocket socket;

    private Peer(HttpClient client, URI server, boolean reading) throws Exception {
        this.reading = new AtomicBoolean(reading);
        socket = client.newWebSocketBuilder().buildAsync(server, this).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    static Peer at(int port) throws Exception {
        return at(HttpClient.newHttpClient(), URI.create("ws://127.0.0.1:" + port + "/any/path"));
    }

    static Peer at(HttpClient client, URI server) throws Exception {
        return new Peer(client, server, true);
    }

    /** One that reads nothing until the end. */
    static Peer thatDoesNotRead(int port) throws Exception {
        return new Peer(HttpClient.newHttpClient(), URI.create("ws://127.0.0.1:" + port), false);
    }

    Peer say(String message) throws Exception {
        socket.sendText(message, true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return this;
    }

    /** Subscribes, and waits until the server has taken it. */
    Peer subscribe(String... topics) throws Exception {
        say("{\"type\":\"subscribe\",\"topics\":[\"" + String.join("\",\"", topics) + "\"]}");
        return settle();
    }

    /** Waits until the server has done all that was said. */
    Peer settle() throws Exception {
        say("{\"type\":\"ping\"}");
        assertEquals("{\"type\":\"pong\"}", hears());
        return this;
    }

    String hears() throws InterruptedException {
        String message = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertNotNull(message, "heard nothing");
        return message;
    }

    void hearsNothingMore() throws Exception {
        settle();
        assertNull(heard.poll());
    }

    int heardCount() {
        return heard.size();
    }

    /** The status that the server closed with; -1 if the connection broke. */
    int status() throws Exception {
        return closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    boolean isClosed() {
        return closed.isDone();
    }

    @Override
    public void onOpen(WebSocket opened) {
        if (reading.get()) {
            opened.request(1);
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
        part.append(text);
        if (last) {
            heard.add(part.toString());
            part.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
        closed.complete(status);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable why) {
        closed.complete(-1);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
