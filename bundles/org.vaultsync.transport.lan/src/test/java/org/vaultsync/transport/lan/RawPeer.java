// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.vaultsync.Fingerprint;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Knock;

/** Somebody who speaks to a listener without the manners of a transport. */
final class RawPeer implements AutoCloseable {
    final Socket tcp;
    private final ByteArrayOutputStream answered = new ByteArrayOutputStream();

    RawPeer(int port) throws IOException {
        tcp = new Socket(InetAddress.getLoopbackAddress(), port);
        tcp.setSoTimeout(20_000);
        tcp.setTcpNoDelay(true);
    }

    /** The first bytes that a TLS client sends. */
    static byte[] clientHello(String version, Optional<String> serverName) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Anybody()}, null);
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(true);
            SSLParameters parameters = new SSLParameters(null, new String[] {version});
            serverName.ifPresent(name -> parameters.setServerNames(List.of(new SNIHostName(name))));
            engine.setSSLParameters(parameters);
            ByteBuffer record = ByteBuffer.allocate(32768);
            engine.wrap(ByteBuffer.allocate(0), record);
            return Arrays.copyOf(record.array(), record.position());
        } catch (GeneralSecurityException | IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static byte[] clientHello(Knock knock) {
        return clientHello("TLSv1.3", Optional.of(ClientHello.serverName(knock)));
    }

    RawPeer say(byte[] bytes) throws IOException {
        tcp.getOutputStream().write(bytes);
        return this;
    }

    /** Says it, unless the other side has hung up. */
    boolean trySay(byte[] bytes) {
        try {
            tcp.getOutputStream().write(bytes);
            return true;
        } catch (IOException hungUp) {
            return false;
        }
    }

    /** All that the other side says until it hangs up. */
    byte[] answer() throws IOException {
        byte[] buffer = new byte[8192];
        try {
            for (int n; (n = tcp.getInputStream().read(buffer)) >= 0; ) {
                answered.write(buffer, 0, n);
            }
        } catch (SocketException reset) {
            // hung up with something unread
        }
        return answered.toByteArray();
    }

    /** Shakes hands as a device would; what follows is up to the caller. */
    SSLSocket shakeHands(Identity self, Fingerprint expected, Knock knock) throws IOException {
        SSLSocket tls = new PinnedTls(self, Optional.of(expected)).dial(tcp, knock);
        tls.startHandshake();
        if (tls.getInputStream().read() != 1) {
            throw new IOException("not welcome");
        }
        return tls;
    }

    /** A TLS client that trusts everybody and has no certificate. */
    SSLSocket anonymous(Knock knock) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(null, new TrustManager[] {new Anybody()}, null);
            SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(tcp, "x", tcp.getPort(), true);
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(ClientHello.serverName(knock))));
            tls.setSSLParameters(parameters);
            return tls;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public void close() throws IOException {
        tcp.close();
    }

    private static final class Anybody implements X509TrustManager {
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
