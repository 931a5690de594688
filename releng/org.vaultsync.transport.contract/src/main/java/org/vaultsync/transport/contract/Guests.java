// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.vaultsync.transport.Door;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.Link;

/** A door that knows each knock it gave out, once. */
public final class Guests implements Door {
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Guest> expected = new ConcurrentHashMap<>();
    private final List<Knock> heard = new ArrayList<>(); // guarded by itself
    private final LinkedBlockingQueue<Link> links = new LinkedBlockingQueue<>();

    /** A knock that will be recognised as this guest's. */
    public Knock expect(Guest guest) {
        Knock knock = stranger();
        expected.put(knock.text(), guest);
        return knock;
    }

    /** A knock that will not be recognised. */
    public Knock stranger() {
        byte[] nonce = new byte[16];
        byte[] mac = new byte[16];
        random.nextBytes(nonce);
        random.nextBytes(mac);
        return new Knock(nonce, mac);
    }

    @Override
    public Optional<Guest> recognise(Knock knock) {
        synchronized (heard) {
            heard.add(knock);
        }
        return Optional.ofNullable(expected.remove(knock.text()));
    }

    @Override
    public void linked(Link link) {
        links.add(link);
    }

    public Link next() throws InterruptedException {
        Link link = links.poll(20, TimeUnit.SECONDS);
        assertTrue(link != null, "no link came in");
        return link;
    }

    public boolean nobodyCame() {
        return links.isEmpty();
    }

    public int heard() {
        synchronized (heard) {
            return heard.size();
        }
    }
}
