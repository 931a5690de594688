// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * What people read out to each other to meet in an open room: six characters of a 32-letter alphabet, without those that
 * look alike.
 *
 * @param letters the six characters in capitals, without a hyphen, which is also the name of the room at signaling servers
 */
public record RoomCode(String letters) {
    /** The characters of a code. */
    public static final String ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /** How many characters a code has. */
    public static final int LENGTH = 6;

    public RoomCode {
        if (!letters.matches("[A-HJ-NP-Z2-9]{6}")) {
            throw new IllegalArgumentException("not a room code: " + letters);
        }
    }

    /** A new one. */
    public static RoomCode random(RandomGenerator random) {
        return new RoomCode(random.ints(LENGTH, 0, ALPHABET.length())
                .mapToObj(ALPHABET::charAt)
                .collect(StringBuilder::new, StringBuilder::append, StringBuilder::append)
                .toString());
    }

    /** What counts of what a person typed: capitals, without hyphens and spaces. */
    public static String stripped(String typed) {
        return typed.replaceAll("[\\s\\u2010-\\u2015-]", "").toUpperCase(Locale.ROOT);
    }

    /**
     * Reads what a person typed, in any case, with or without the hyphen.
     *
     * @throws SyncException if it is no code, with a sentence that says what is wrong
     */
    public static RoomCode parse(String typed) throws SyncException {
        String letters = stripped(typed);
        if (letters.isEmpty()) {
            throw new SyncException("Type the code of the room; one looks like ABC-DEF.");
        }
        int strange = firstStrange(letters);
        if (strange >= 0) {
            throw new SyncException("No code has “" + Character.toString(letters.codePointAt(strange))
                    + "” in it: there are the letters without I and O, and the digits 2 to 9.");
        }
        if (letters.length() != LENGTH) {
            throw new SyncException("A code has " + LENGTH + " characters, and this has " + letters.length() + ".");
        }
        return new RoomCode(letters);
    }

    /** Where the first character stands that no code has; -1 if there is none. */
    public static int firstStrange(String letters) {
        for (int i = 0; i < letters.length(); i++) {
            if (ALPHABET.indexOf(letters.charAt(i)) < 0) {
                return i;
            }
        }
        return -1;
    }

    /** As people see it: {@code ABC-DEF}. */
    @Override
    public String toString() {
        return letters.substring(0, 3) + "-" + letters.substring(3);
    }
}
