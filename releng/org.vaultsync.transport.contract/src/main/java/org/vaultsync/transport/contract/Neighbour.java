// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.contract;

import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.vaultsync.transport.Announcement;
import org.vaultsync.transport.Door;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.Sighting;

/** A door that looks out for a token. */
public final class Neighbour implements Door, Supplier<Announcement> {
    private final SecureRandom random = new SecureRandom();
    private final LinkedBlockingQueue<Sighting> sightings = new LinkedBlockingQueue<>();
    private final AtomicInteger changes = new AtomicInteger();
    private final byte[] token = new byte[8];
    private final Door door;

    public Neighbour(Door door) {
        this.door = door;
        random.nextBytes(token);
    }

    @Override
    public Announcement get() {
        byte[] nonce = new byte[16];
        random.nextBytes(nonce);
        return new Announcement(nonce, List.of(token));
    }

    @Override
    public void sighted(Sighting sighting) {
        sightings.add(sighting);
    }

    @Override
    public void networkChanged() {
        changes.incrementAndGet();
    }

    public int changes() {
        return changes.get();
    }

    private boolean is(Sighting sighting) {
        return sighting.said().tokens().stream().anyMatch(one -> java.util.Arrays.equals(one, token));
    }

    /** Waits until that neighbour is seen. */
    public Optional<Sighting> sees(Neighbour other, long seconds) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (true) {
            Sighting sighting = sightings.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (sighting == null || other.is(sighting)) {
                return Optional.ofNullable(sighting);
            }
        }
    }

    public void forget() {
        sightings.clear();
    }

    @Override
    public Optional<Guest> recognise(Knock knock) {
        return door.recognise(knock);
    }

    @Override
    public void linked(Link link) {
        door.linked(link);
    }
}
