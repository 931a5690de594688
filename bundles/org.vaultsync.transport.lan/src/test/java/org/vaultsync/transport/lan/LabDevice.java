// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.vaultsync.Fingerprint;
import org.vaultsync.transport.Announcement;
import org.vaultsync.transport.Door;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.Sighting;
import org.vaultsync.transport.contract.Identities;

/**
 * A device of a {@link Lab}: takes orders on its standard input and tells what happens on its standard output. All
 * devices of a lab share a secret. When it sights one that it knows and has no link to, it dials.
 */
final class LabDevice implements Door {
    private static final byte[] SECRET = "lab".getBytes(StandardCharsets.UTF_8);

    private final SecureRandom random = new SecureRandom();
    private final String name;
    private final Map<String, Fingerprint> known = new ConcurrentHashMap<>(); // by name
    private final Set<Fingerprint> linked = ConcurrentHashMap.newKeySet();
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final Set<String> heard = ConcurrentHashMap.newKeySet();
    private Endpoint endpoint;

    private LabDevice(String name) {
        this.name = name;
    }

    public static void main(String[] arguments) throws IOException {
        new LabDevice(arguments[0]).run();
        System.exit(0);
    }

    private void run() throws IOException {
        Identity self = Identities.make();
        endpoint = new LanTransport(System::getProperty).open(self, this);
        say("i am " + Identities.fingerprint(self).hex());
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = orders.readLine()) != null; ) {
            String[] order = line.split(" ");
            switch (order[0]) {
                case "know" -> known.put(order[1], new Fingerprint(order[2]));
                case "announce" -> endpoint.announce(this::announcement);
                case "hide" -> endpoint.hide();
                case "addresses" -> say("addresses " + endpoint.addresses());
                case "drop" -> drop();
                case "dial" -> Thread.ofVirtual().start(() -> dial(order[1], known.get(order[2])));
                case "redial" -> Thread.ofVirtual().start(() -> redial(order[1], known.get(order[2])));
                default -> say("what is " + order[0] + "?");
            }
        }
        endpoint.close();
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private static byte[] keyed(String name, byte[] nonce, int length) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
            mac.update(name.getBytes(StandardCharsets.UTF_8));
            return Arrays.copyOf(mac.doFinal(nonce), length);
        } catch (GeneralSecurityException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    private byte[] nonce() {
        byte[] nonce = new byte[16];
        random.nextBytes(nonce);
        return nonce;
    }

    private Announcement announcement() {
        byte[] nonce = nonce();
        return new Announcement(nonce, List.of(keyed(name, nonce, 8)));
    }

    @Override
    public Optional<Guest> recognise(Knock knock) {
        return known.keySet().stream()
                .filter(other -> Arrays.equals(keyed(other, knock.nonce(), 16), knock.mac()))
                .filter(other -> heard.add(knock.text()))
                .map(other -> (Guest) new Guest.Pinned(known.get(other)))
                .findAny();
    }

    @Override
    public void linked(Link link) {
        take(link);
    }

    @Override
    public void sighted(Sighting sighting) {
        Announcement said = sighting.said();
        known.forEach((other, fingerprint) -> {
            byte[] token = keyed(other, said.nonce(), 8);
            if (said.tokens().stream().anyMatch(one -> Arrays.equals(one, token))) {
                say("sighted " + other + " " + sighting.addresses());
                if (!linked.contains(fingerprint)) {
                    sighting.addresses().forEach(address -> Thread.ofVirtual().start(() -> dial(address, fingerprint)));
                }
            }
        });
    }

    @Override
    public void networkChanged() {
        say("networks changed");
    }

    private void drop() {
        links.forEach(Link::close);
        links.clear();
        linked.clear();
        say("dropped");
    }

    private boolean dial(String address, Fingerprint expected) {
        long began = System.nanoTime();
        try {
            byte[] nonce = nonce();
            take(endpoint.dial(address, expected, new Knock(nonce, keyed(name, nonce, 16))));
            return true;
        } catch (IOException failed) {
            say("failed after " + (System.nanoTime() - began) / 1_000_000 + " ms: " + failed.getMessage());
            return false;
        }
    }

    private void redial(String address, Fingerprint expected) {
        while (!dial(address, expected)) {
            try {
                Thread.sleep(200);
            } catch (InterruptedException end) {
                return;
            }
        }
    }

    private void take(Link link) {
        Fingerprint peer = Fingerprint.of(link.peerKey());
        linked.add(peer);
        links.add(link);
        say("linked " + peer.hex() + " " + (link.dialled() ? "to " : "from ") + link.address());
        link.start(new Link.Receiver() {
            @Override
            public void received(byte[] message) {
                say("received " + new String(message, StandardCharsets.UTF_8));
            }

            @Override
            public void closed(String reason) {
                linked.remove(peer);
                say("closed " + peer.hex() + " " + reason);
            }
        });
        try {
            link.send(("hello from " + name).getBytes(StandardCharsets.UTF_8));
        } catch (IOException broken) {
            say("failed after 0 ms: " + broken.getMessage());
        }
    }
}
