// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one connection to a proxy that asks for a name and a password. Java's own HTTP client does not tell them to a proxy
 * that it opens a tunnel through, unless the whole process was started with {@code jdk.http.auth.tunneling.disabledSchemes}.
 * So it is led over a port of this device, where they are put into the head of what it asks. That port takes the one
 * connection and is closed then.
 */
final class Admission {
    private static final Logger log = LoggerFactory.getLogger(Admission.class);
    private static final Duration UNUSED = Duration.ofSeconds(15);
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final int LONGEST_HEAD = 16 << 10;

    private Admission() {}

    /** What to connect to in place of the proxy, once and soon. */
    static Proxy to(InetSocketAddress proxy, PasswordAuthentication who) throws IOException {
        ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        door.setSoTimeout((int) UNUSED.toMillis());
        String known = who.getUserName() + ":" + new String(who.getPassword());
        byte[] line = ("Proxy-Authorization: Basic "
                        + Base64.getEncoder().encodeToString(known.getBytes(StandardCharsets.UTF_8)) + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        Thread.ofVirtual().name("signaling proxy").start(() -> serve(door, proxy, line));
        return new Proxy(Proxy.Type.HTTP, door.getLocalSocketAddress());
    }

    private static void serve(ServerSocket door, InetSocketAddress proxy, byte[] line) {
        try (door;
                Socket client = door.accept();
                Socket there = new Socket()) {
            door.close();
            there.connect(new InetSocketAddress(proxy.getHostString(), proxy.getPort()), (int) CONNECT.toMillis());
            InputStream in = new BufferedInputStream(client.getInputStream());
            there.getOutputStream().write(admitted(in, line));
            Thread back = Thread.ofVirtual().start(() -> pass(there, client));
            in.transferTo(there.getOutputStream());
            there.shutdownOutput();
            back.join();
        } catch (IOException over) {
            log.debug("signaling: a connection over a proxy is over: {}", over.getMessage());
        } catch (InterruptedException nobodyInterrupts) {
            Thread.currentThread().interrupt();
        }
    }

    /** The head of a request, with one more line behind the first. */
    private static byte[] admitted(InputStream in, byte[] line) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        boolean first = true;
        for (int empty = 0; empty < 2; ) {
            int next = in.read();
            if (next < 0 || head.size() > LONGEST_HEAD) {
                throw new EOFException("no request");
            }
            head.write(next);
            if (next == '\n') {
                empty++;
                if (first) {
                    head.write(line);
                    first = false;
                }
            } else if (next != '\r') {
                empty = 0;
            }
        }
        return head.toByteArray();
    }

    private static void pass(Socket from, Socket to) {
        try {
            OutputStream out = to.getOutputStream();
            from.getInputStream().transferTo(out);
            to.shutdownOutput();
        } catch (IOException over) {
            log.debug("signaling: a proxy has closed: {}", over.getMessage());
        }
    }
}
