// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.vaultsync.Fingerprint;
import org.vaultsync.transport.OpenRooms.Place;

/** What core and transports hand to each other: of the right size, unchangeable, and without secrets where it is shown. */
class WhatGoesOverTest {
    private static final byte[] NONCE = new byte[16];
    private static final byte[] TOKEN = new byte[8];

    private static void refused(Runnable made, String said) {
        assertEquals(
                said, assertThrows(IllegalArgumentException.class, made::run).getMessage());
    }

    @Test
    void anAnnouncementFitsIntoAPacket() {
        List<byte[]> most = new ArrayList<>(Collections.nCopies(Announcement.MOST_TOKENS, TOKEN));
        Announcement announcement = new Announcement(NONCE, most);
        most.add(TOKEN);
        assertEquals(120, announcement.tokens().size());
        refused(() -> new Announcement(NONCE, most), "121 tokens, limit 120");
        refused(() -> new Announcement(new byte[15], List.of()), "a nonce has 16 bytes, not 15");
        refused(() -> new Announcement(NONCE, List.of(TOKEN, new byte[9])), "a token has 8 bytes, not 9");
    }

    @Test
    void aCardHasANameThatPeopleCanRead() {
        String longest = "\ud83d\ude80".repeat(64); // characters, not UTF-16 units
        assertEquals(longest, new Card(longest, NONCE).name());
        assertThrows(IllegalArgumentException.class, () -> new Card(longest + "x", NONCE));
        assertThrows(IllegalArgumentException.class, () -> new Card("", NONCE));
        refused(() -> new Card("Anna", TOKEN), "a token has 16 bytes, not 8");
    }

    @Test
    void aRendezvousShowsNoSecret() {
        byte[] secret = new byte[32];
        Arrays.fill(secret, (byte) 0xa5);
        List<String> servers = new ArrayList<>(List.of("wss://example.org"));
        Rendezvous rendezvous = new Rendezvous(secret, servers);
        servers.clear();
        assertEquals("Rendezvous at [wss://example.org]", rendezvous.toString());
        assertFalse(rendezvous.toString().contains(HexFormat.of().formatHex(secret)));
        refused(() -> new Rendezvous(NONCE, List.of()), "the secret of a rendezvous has 32 bytes, not 16");
    }

    @Test
    void anOpenRoomIsShownWithoutItsPassword() {
        Place place = new Place("ABCDEF", Optional.of("correct horse"), List.of("wss://example.org"), "i1");
        assertEquals("open room ABCDEF at [wss://example.org]", place.toString());
        assertEquals(
                256,
                new Place("x".repeat(256), Optional.empty(), List.of(), "")
                        .name()
                        .length());
        String length = "the name of an open room has 1 to 256 characters";
        refused(() -> new Place("", Optional.empty(), List.of(), "i1"), length);
        refused(() -> new Place("x".repeat(257), Optional.empty(), List.of(), "i1"), length);
        refused(() -> new Place("ABCDEF", Optional.of(""), List.of(), "i1"), "a password is not empty");
    }

    @Test
    void whereSomebodyWasSeenStaysAsItWas() {
        List<String> addresses = new ArrayList<>(List.of("10.9.0.1:8765"));
        Sighting sighting = new Sighting(new Announcement(NONCE, List.of()), addresses);
        addresses.add("10.9.0.2:8765");
        assertEquals(List.of("10.9.0.1:8765"), sighting.addresses());
    }

    /** A transport that can do no more than dial. */
    private static final class Dialler implements Endpoint {
        @Override
        public List<String> addresses() {
            return List.of();
        }

        @Override
        public Link dial(String address, Fingerprint expected, Knock knock) throws IOException {
            throw new IOException("Nobody is there.");
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    /** Core asks each for everything; what one cannot do is said in words that people may see. */
    @Test
    void aTransportThatOnlyDialsSaysSo() {
        try (Dialler dialler = new Dialler()) {
            Knock knock = new Knock(NONCE, NONCE);
            assertFalse(dialler.meets());
            assertEquals(Optional.empty(), dialler.courier());
            assertEquals(Optional.empty(), dialler.trouble());
            IOException met = assertThrows(
                    IOException.class,
                    () -> dialler.meet(new Rendezvous(new byte[32], List.of()), Fingerprint.of(new byte[] {1}), knock));
            assertEquals("Devices cannot be met this way.", met.getMessage());
            IOException visited = assertThrows(IOException.class, () -> dialler.visit("10.9.0.1:8765", knock));
            assertEquals("Devices nearby cannot be met this way.", visited.getMessage());
            dialler.announce(() -> {
                throw new AssertionError("nobody can hear it");
            });
            dialler.show(Optional.of(new Card("Anna", NONCE)));
            dialler.serve(Optional.of(4444));
            dialler.await(List.of(new Rendezvous(new byte[32], List.of())));
            dialler.hide();
            assertEquals(List.of(), dialler.addresses());
        }
    }

    /** One that lets nobody in. */
    private static final class Shut implements Door {
        @Override
        public Optional<Guest> recognise(Knock knock) {
            return Optional.empty();
        }

        @Override
        public void linked(Link link) {
            link.close();
        }
    }

    /** What a transport that hears of it does then is its own choice. */
    @Test
    void whereNobodyHasSetAnythingNothingIsWanted() {
        Door door = new Shut();
        assertEquals(List.of(), door.formerAddresses());
        assertEquals(Optional.empty(), door.settings());
        assertEquals(Optional.empty(), door.meeting());
    }
}
