// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.rooms;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.osgi.util.NLS;
import org.vaultsync.DeviceSettings;
import org.vaultsync.Meeting;
import org.vaultsync.OpenRoomAddress;
import org.vaultsync.RoomCode;
import org.vaultsync.SyncException;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Said;

/** Codes of open rooms as people type them. */
public final class Codes {
    private static final String EXAMPLE = "ABC-DEF @ wss://example.org:4444";
    private static final String LINK = "vaultsync:";
    private static final int LONGER_THAN_ANY = 16;

    private Codes() {}

    /** Whether this is meant to be a code, alone, with a server or as a link, rather than an invite. */
    public static boolean isCode(String typed) {
        String text = typed.strip();
        boolean link = text.regionMatches(true, 0, LINK, 0, LINK.length());
        return text.indexOf('@') >= 0 || !link && !text.isEmpty() && text.length() <= LONGER_THAN_ANY;
    }

    /** Whether this is the beginning of a code that is right so far. */
    static boolean isBegun(String typed) {
        String letters = RoomCode.stripped(OpenRoomAddress.codeIn(typed));
        return !letters.isEmpty() && RoomCode.firstStrange(letters) < 0 && letters.length() < RoomCode.LENGTH;
    }

    /** What is wrong with a code as typed so far, in a sentence; nothing if a room can be looked for with it. */
    public static Optional<String> complaint(String typed, LiveSync live) {
        String letters = RoomCode.stripped(OpenRoomAddress.codeIn(typed));
        int strange = RoomCode.firstStrange(letters);
        if (letters.isEmpty()) {
            return Optional.of(Messages.codeMissing);
        }
        if (strange >= 0) {
            return Optional.of(NLS.bind(Messages.codeStrange, Character.toString(letters.codePointAt(strange))));
        }
        if (letters.length() != RoomCode.LENGTH) {
            return Optional.of(NLS.bind(
                    letters.length() < RoomCode.LENGTH ? Messages.codeTooShort : Messages.codeTooLong,
                    RoomCode.LENGTH,
                    letters.length()));
        }
        try {
            OpenRoomAddress address = OpenRoomAddress.parse(typed);
            return address.signaling().isEmpty() && found(live).isEmpty()
                    ? Optional.of(NLS.bind(Messages.openBareCode, EXAMPLE))
                    : Optional.empty();
        } catch (SyncException why) {
            return Optional.of(Said.in(why.getMessage()));
        }
    }

    /** Where a room is looked for whose code is all that is known: also at servers that others on the network run. */
    public static List<String> found(LiveSync live) {
        return Stream.concat(
                        servers(live).stream(),
                        live.settings().map(DeviceSettings::nearbySignaling).orElse(List.of()).stream())
                .distinct()
                .toList();
    }

    /** The signaling servers that this device knows by itself. */
    public static List<String> servers(LiveSync live) {
        return live.settings()
                .map(settings -> Stream.concat(
                                settings.meeting().signaling().stream(), settings.signalingAddresses().stream())
                        .filter(Meeting::isSignaling)
                        .distinct()
                        .toList())
                .orElse(List.of());
    }

    /** How hard a password is to guess, in some words; empty text where there is none. */
    public static String strength(String password) {
        if (password.isEmpty()) {
            return "";
        }
        double choices = 0;
        choices += password.chars().anyMatch(Character::isLowerCase) ? 26 : 0;
        choices += password.chars().anyMatch(Character::isUpperCase) ? 26 : 0;
        choices += password.chars().anyMatch(Character::isDigit) ? 10 : 0;
        choices += password.chars().anyMatch(each -> !Character.isLetterOrDigit(each)) ? 20 : 0;
        // A letter that is there again is worth half.
        long different = password.chars().distinct().count();
        double length = different + (password.length() - different) / 2.0;
        double bits = length * Math.log(Math.max(choices, 2)) / Math.log(2);
        return bits < 40 ? Messages.passwordWeak : bits < 64 ? Messages.passwordFair : Messages.passwordStrong;
    }
}
