// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.vaultsync.Fingerprint;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Knock;

/**
 * TLS 1.3 in which a key, and nothing else, says who somebody is. Every connection has a context of its own: its peer's
 * key is pinned in it, and no session outlives it.
 */
final class PinnedTls {
    private static final String ALIAS = "device";
    private static final String[] VERSIONS = {"TLSv1.3"};
    private static final String[] SIGNATURES = {"ecdsa_secp256r1_sha256"};
    /** How the SubjectPublicKeyInfo of every P-256 key begins; the 64 bytes of the point follow. */
    private static final byte[] P256 =
            HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");

    private static final int P256_LENGTH = 27 + 64;

    private final Identity self;
    private final Optional<Fingerprint> expected;
    private volatile Optional<byte[]> peerKey = Optional.empty();

    /** @param expected the key that the other side must prove; empty for any P-256 key */
    PinnedTls(Identity self, Optional<Fingerprint> expected) {
        this.self = self;
        this.expected = expected;
    }

    /** Whether the other side showed the right key: if the handshake fails after that, it disliked ours. */
    boolean right() {
        return peerKey.isPresent();
    }

    /** The key that the other side has proved, once hands are shaken. */
    byte[] peerKey() {
        return peerKey.orElseThrow();
    }

    /** The key that was not the pinned one, if a handshake failed for that. */
    static Optional<Fingerprint> wrongKey(Throwable failed) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof WrongKey wrong) {
                return Optional.of(wrong.seen);
            }
        }
        return Optional.empty();
    }

    /** Thrown in the handshake when somebody else answers. */
    private static final class WrongKey extends CertificateException {
        private static final long serialVersionUID = 1;
        private final transient Fingerprint seen;

        WrongKey(Fingerprint seen) {
            super("another key than the pinned one");
            this.seen = seen;
        }
    }

    /** The listening side, not yet shaken hands. */
    SSLSocket accept(Socket tcp, ClientHello hello) throws IOException {
        SSLSocket tls = (SSLSocket) factory().createSocket(tcp, new ByteArrayInputStream(hello.record()), true);
        tls.setUseClientMode(false);
        SSLParameters parameters = parameters();
        parameters.setNeedClientAuth(true);
        tls.setSSLParameters(parameters);
        return tls;
    }

    /** The dialling side, not yet shaken hands. */
    SSLSocket dial(Socket tcp, Knock knock) throws IOException {
        String name = ClientHello.serverName(knock);
        SSLSocket tls = (SSLSocket) factory().createSocket(tcp, name, tcp.getPort(), true);
        tls.setUseClientMode(true);
        SSLParameters parameters = parameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        tls.setSSLParameters(parameters);
        return tls;
    }

    private static SSLParameters parameters() {
        SSLParameters parameters = new SSLParameters(null, VERSIONS);
        parameters.setSignatureSchemes(SIGNATURES);
        return parameters;
    }

    private SSLSocketFactory factory() {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(new KeyManager[] {new DeviceKey()}, new TrustManager[] {new PinnedKey()}, null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        byte[] key = chain[0].getPublicKey().getEncoded();
        Fingerprint seen = Fingerprint.of(key);
        if (chain.length != 1
                || key.length != P256_LENGTH
                || !Arrays.equals(key, 0, P256.length, P256, 0, P256.length)) {
            throw new CertificateException("not one certificate of a P-256 key");
        }
        if (expected.isPresent() && !expected.get().equals(seen)) {
            throw new WrongKey(seen);
        }
        peerKey = Optional.of(key);
    }

    /** Names, dates and issuers are not looked at. */
    private final class PinnedKey extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            check(chain);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private final class DeviceKey extends X509ExtendedKeyManager {
        @Override
        public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
            return ALIAS;
        }

        @Override
        public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            return ALIAS;
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {self.certificate()};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return self.key();
        }
    }
}
