// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.io.IOException;
import org.vaultsync.Fingerprint;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Link;

/** A link in memory that was dialled, and over which nothing comes or goes by itself. */
public class TestLink implements Link {
    /** Who reads, once it was started. */
    public volatile Receiver receiver;

    public volatile boolean closed;

    @Override
    public String kind() {
        return "memory";
    }

    @Override
    public Guest guest() {
        return new Guest.Pinned(new Fingerprint("ab".repeat(32)));
    }

    @Override
    public byte[] peerKey() {
        return new byte[0];
    }

    @Override
    public String address() {
        return "memory";
    }

    @Override
    public boolean dialled() {
        return true;
    }

    @Override
    public void start(Receiver started) {
        receiver = started;
    }

    @Override
    public void send(byte[] message) throws IOException {}

    @Override
    public void close() {
        closed = true;
    }
}
