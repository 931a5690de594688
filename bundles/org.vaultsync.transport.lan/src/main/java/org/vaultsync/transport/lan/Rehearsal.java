// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import javax.net.ssl.SSLSocket;
import org.vaultsync.Fingerprint;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Knock;

/**
 * A handshake of this device with itself, over loopback. The first one in a process loads and links some 600 classes, for
 * which whoever joins their first room would wait.
 */
final class Rehearsal {
    private static final int PATIENCE = 5000; // milliseconds
    private static final Knock KNOCK = new Knock(new byte[16], new byte[16]); // nobody is there to recognise it

    private Rehearsal() {}

    /**
     * Blocks until hands are shaken.
     *
     * @throws IOException if they could not be
     */
    static void shakeHands(Identity self) throws IOException {
        Optional<Fingerprint> own =
                Optional.of(Fingerprint.of(self.certificate().getPublicKey().getEncoded()));
        try (ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket dialled = new Socket(door.getInetAddress(), door.getLocalPort());
                Socket caller = door.accept()) {
            dialled.setSoTimeout(PATIENCE);
            caller.setSoTimeout(PATIENCE);
            Thread.ofPlatform().daemon().name("lan rehearsal").start(new FutureTask<>(() -> answer(caller, self, own)));
            SSLSocket tls = new PinnedTls(self, own).dial(dialled, KNOCK);
            tls.startHandshake();
            if (tls.getInputStream().read() != Listener.WELCOME) {
                throw new EOFException("no welcome");
            }
        }
    }

    /** As the {@link Listener} does; a failure is the other side's, too. */
    private static Void answer(Socket caller, Identity self, Optional<Fingerprint> own) throws IOException {
        ClientHello hello = ClientHello.read(caller.getInputStream()).orElseThrow(EOFException::new);
        SSLSocket tls = new PinnedTls(self, own).accept(caller, hello);
        tls.startHandshake();
        tls.getOutputStream().write(Listener.WELCOME);
        return null;
    }
}
