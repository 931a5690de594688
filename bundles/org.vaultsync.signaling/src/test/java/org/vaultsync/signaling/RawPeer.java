// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A client that does what no library would: it sends what it likes, and answers nothing. */
final class RawPeer implements AutoCloseable {
    private final Socket socket;

    RawPeer(int port) throws IOException {
        this(port, new Socket());
    }

    private RawPeer(int port, Socket fresh) throws IOException {
        socket = fresh;
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout((int) Duration.ofSeconds(60).toMillis());
    }

    /** One that has become a WebSocket. */
    static RawPeer speaking(int port, String... headers) throws IOException {
        return speaking(new RawPeer(port), headers);
    }

    /** One for which the system keeps little. */
    static RawPeer thatDoesNotRead(int port, String... headers) throws IOException {
        Socket small = new Socket();
        small.setReceiveBufferSize(4096);
        return speaking(new RawPeer(port, small), headers);
    }

    private static RawPeer speaking(RawPeer peer, String... headers) throws IOException {
        peer.send(("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                        + String.join("", headers) + "\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        String answer = peer.line();
        if (!answer.startsWith("HTTP/1.1 101")) {
            throw new IOException(answer);
        }
        while (!peer.line().isEmpty()) {
            // the other headers
        }
        return peer;
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Begins a frame of this length; what is in it comes after. */
    void begin(int opcode, long length) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream frame = new DataOutputStream(bytes);
        frame.write(0x80 | opcode);
        if (length < 126) {
            frame.write(0x80 | (int) length);
        } else if (length < 65_536) {
            frame.write(0x80 | 126);
            frame.writeShort((int) length);
        } else {
            frame.write(0x80 | 127);
            frame.writeLong(length);
        }
        frame.writeInt(0); // the mask that changes nothing
        send(bytes.toByteArray());
    }

    void say(String message) throws IOException {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        begin(1, bytes.length);
        send(bytes);
    }

    void sayIfItMay(String message) {
        try {
            say(message);
        } catch (IOException hungUp) {
            // what was said before can still be read
        }
    }

    DataInputStream input() throws IOException {
        return new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        InputStream in = socket.getInputStream();
        int next = in.read();
        if (next < 0) {
            throw new EOFException("hung up");
        }
        for (; next >= 0 && next != '\n'; next = in.read()) {
            line.append((char) next);
        }
        return line.toString().strip();
    }

    /** Reads, and answers nothing, until the server hangs up. */
    String rest() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(all);
        } catch (IOException reset) {
            // hung up, the hard way
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
