// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.vaultsync.Fingerprint;
import org.vaultsync.Invite;
import org.vaultsync.core.identity.DeviceKey;
import org.vaultsync.core.identity.Knocks;
import org.vaultsync.core.wire.Frames.Stream;
import org.vaultsync.core.wire.Message;
import org.vaultsync.core.wire.Messages;
import org.vaultsync.core.wire.ProtocolException;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Knock;

/** A device that can speak the whole protocol down to its bytes, and need not keep its rules. */
final class Rogue {
    /** What a link carries at most in one message. */
    static final int LONGEST_FRAME = 16 * 1024 + 32;

    private static final int PATIENCE_MILLIS = 20_000;
    private static final int LONGEST_PIECE = 16 << 10;
    private static final char[] NO_PASSWORD = {};

    private final Path keyFile;
    final DeviceKey key;

    Rogue(Path keyFile) throws IOException {
        this.keyFile = keyFile;
        key = DeviceKey.at(keyFile);
    }

    /** One of which nobody has heard. */
    Rogue another() throws IOException {
        return new Rogue(keyFile.resolveSibling("another.key"));
    }

    Fingerprint fingerprint() {
        return key.fingerprint();
    }

    /** The secret of this device and another one. */
    byte[] pairSecret(byte[] otherPublicKey) throws GeneralSecurityException {
        return Knocks.hmac(key.agree(otherPublicKey), "vaultsync pair 1".getBytes(StandardCharsets.US_ASCII));
    }

    static String serverName(Knock knock) {
        return knock.text().substring(0, 32) + "." + knock.text().substring(32) + ".v1.vaultsync.invalid";
    }

    static byte[] proof(String token, Fingerprint joiner, Fingerprint inviter) {
        return Knocks.hmac(
                Knocks.ofToken(token),
                "vaultsync redeem 1".getBytes(StandardCharsets.US_ASCII),
                joiner.bytes(),
                inviter.bytes());
    }

    /** Knocks as the holder of the invite, and is let in for one message. */
    Talk knock(Invite invite) throws IOException {
        return talk(port(invite), Knocks.under(Knocks.ofToken(invite.token())), "TLSv1.3");
    }

    static int port(Invite invite) {
        String address = invite.addresses().getFirst();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    /** Joins as an honest device would, and gives the public key of the inviter. */
    byte[] join(Invite invite) throws IOException, ProtocolException {
        try (Talk talk = knock(invite)) {
            talk.send(new Message.Redeem(1, proof(invite.token(), fingerprint(), invite.inviter()), "Rogue"));
            Message answer = talk.next().orElseThrow(() -> new IOException("hung up"));
            if (!(answer instanceof Message.Welcome)) {
                throw new IOException("no welcome but " + answer);
            }
            return talk.peerKey();
        }
    }

    /** Opens a connection and shakes hands; fails where the other side hangs up. */
    Talk talk(int port, Knock knock, String version) throws IOException {
        Socket tcp = new Socket("127.0.0.1", port);
        try {
            tcp.setSoTimeout(PATIENCE_MILLIS);
            tcp.setTcpNoDelay(true);
            return new Talk(tcp, knock, version);
        } catch (IOException refused) {
            tcp.close();
            throw refused;
        }
    }

    /** Shakes hands with somebody who dialled, whoever that is. */
    Talk answer(Socket tcp) throws IOException {
        tcp.setSoTimeout(PATIENCE_MILLIS);
        tcp.setTcpNoDelay(true);
        return new Talk(tcp);
    }

    /** TLS with this key that trusts everybody. */
    SSLContext context() throws IOException {
        try {
            Identity identity = key.identity();
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, NO_PASSWORD);
            keys.setKeyEntry("device", identity.key(), NO_PASSWORD, new Certificate[] {identity.certificate()});
            KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
            factory.init(keys, NO_PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(factory.getKeyManagers(), new TrustManager[] {new Anybody()}, null);
            return context;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** A connection on which hands are shaken. */
    final class Talk implements AutoCloseable {
        private final SSLSocket tls;
        private final DataInputStream in;
        private final DataOutputStream out;
        private boolean grants; // credit for what it has read
        private final ByteArrayOutputStream[] messages = {
            new ByteArrayOutputStream(), new ByteArrayOutputStream(), new ByteArrayOutputStream()
        };

        /** As the one who listens. */
        private Talk(Socket tcp) throws IOException {
            tls = (SSLSocket) context().getSocketFactory().createSocket(tcp, (InputStream) null, true);
            tls.setUseClientMode(false);
            tls.setNeedClientAuth(true);
            tls.startHandshake();
            in = new DataInputStream(tls.getInputStream());
            out = new DataOutputStream(tls.getOutputStream());
        }

        /** Says that the other side is welcome, as the one who listens does first. */
        Talk welcome() throws IOException {
            raw(new byte[] {1});
            return this;
        }

        private Talk(Socket tcp, Knock knock, String version) throws IOException {
            tls = (SSLSocket) context().getSocketFactory().createSocket(tcp, "peer", tcp.getPort(), true);
            SSLParameters parameters = new SSLParameters(null, new String[] {version});
            parameters.setServerNames(List.of(new SNIHostName(serverName(knock))));
            tls.setSSLParameters(parameters);
            tls.startHandshake();
            in = new DataInputStream(tls.getInputStream());
            out = new DataOutputStream(tls.getOutputStream());
            if (in.read() != 1) {
                throw new IOException("not welcome");
            }
        }

        /** Lets the other side send whatever it wants to from now on, as an honest device that keeps up does. */
        Talk granting() {
            grants = true;
            return this;
        }

        /** How many bytes have come of a message of this stream that is not whole yet. */
        int begun(Stream stream) {
            return messages[stream.ordinal()].size();
        }

        byte[] peerKey() throws IOException {
            return tls.getSession().getPeerCertificates()[0].getPublicKey().getEncoded();
        }

        /** Sends these bytes as they are. */
        void raw(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
        }

        /** Sends a message of the link under its length. */
        void frame(byte[] frame) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream framed = new DataOutputStream(bytes);
            framed.writeInt(frame.length);
            framed.write(frame);
            raw(bytes.toByteArray());
        }

        void send(Message message) throws IOException {
            send(Messages.encode(message));
        }

        /** Sends a message in one frame of the live stream. */
        void send(byte[] message) throws IOException {
            frame(framed(0, 1, message));
        }

        /** Sends a message of any length, in as many frames as it takes. */
        void sendLong(Message message) throws IOException {
            byte[] whole = Messages.encode(message);
            for (int from = 0; from < whole.length; from += LONGEST_PIECE) {
                int to = Math.min(whole.length, from + LONGEST_PIECE);
                frame(framed(0, to == whole.length ? 1 : 0, Arrays.copyOfRange(whole, from, to)));
            }
        }

        /** The next message that comes; empty if the other side has hung up. Pings are answered in between. */
        Optional<Message> next() throws IOException, ProtocolException {
            while (true) {
                try {
                    int length = in.readInt();
                    byte[] frame = in.readNBytes(length);
                    if ((frame[2] & 4) != 0) {
                        continue;
                    }
                    if (grants) {
                        byte[] read =
                                ByteBuffer.allocate(4).putInt(frame.length - 3).array();
                        frame(framed(frame[1], 4, read));
                    }
                    ByteArrayOutputStream message = messages[frame[1]];
                    message.write(frame, 3, frame.length - 3);
                    if ((frame[2] & 1) == 0) {
                        continue;
                    }
                    byte[] whole = message.toByteArray();
                    message.reset();
                    Message decoded = Messages.decode(whole);
                    if (decoded instanceof Message.Ping ping) {
                        send(new Message.Pong(ping.number()));
                    } else {
                        return Optional.of(decoded);
                    }
                } catch (SocketTimeoutException silence) {
                    throw silence;
                } catch (EOFException | SocketException hungUp) {
                    return Optional.empty();
                }
            }
        }

        /** Reads on until a message of this kind comes. */
        <T extends Message> T await(Class<T> kind) throws IOException, ProtocolException {
            while (true) {
                Message message = next().orElseThrow(() -> new IOException("hung up before a " + kind.getSimpleName()));
                if (kind.isInstance(message)) {
                    return kind.cast(message);
                }
            }
        }

        /** Reads on until the other side has hung up; gives what it said until then. */
        List<Message> untilHungUp() throws IOException, ProtocolException {
            List<Message> said = new ArrayList<>();
            for (Optional<Message> message = next(); message.isPresent(); message = next()) {
                said.add(message.get());
            }
            return said;
        }

        /** Reads on until the other side has hung up, whatever it says. */
        void readToTheEnd() throws IOException {
            try {
                in.transferTo(OutputStream.nullOutputStream());
            } catch (SocketException hungUp) {
                // with something unread
            }
        }

        /** Says no more, as one whose process ended does. */
        void hangUp() throws IOException {
            tls.close();
        }

        @Override
        public void close() throws IOException {
            tls.close();
        }
    }

    /** A frame of the core: version, stream, flags, payload. */
    static byte[] framed(int stream, int flags, byte[] payload) {
        byte[] frame = new byte[3 + payload.length];
        frame[0] = 1;
        frame[1] = (byte) stream;
        frame[2] = (byte) flags;
        System.arraycopy(payload, 0, frame, 3, payload.length);
        return frame;
    }

    /** All that somebody answers to these bytes until it hangs up. */
    static byte[] answer(int port, byte[] said) throws IOException {
        try (Socket tcp = new Socket("127.0.0.1", port)) {
            tcp.setSoTimeout(PATIENCE_MILLIS);
            ByteArrayOutputStream answered = new ByteArrayOutputStream();
            try {
                new ByteArrayInputStream(said).transferTo(tcp.getOutputStream());
                tcp.getInputStream().transferTo(answered);
            } catch (SocketException reset) {
                // hung up with something unread
            }
            return answered.toByteArray();
        }
    }

    static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
