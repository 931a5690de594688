// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.vaultsync.Meeting;

/** The signaling servers by which this device can meet others in open rooms. Thread-safe. */
final class SignalingServers {
    private static final int MOST_SERVED = 16;

    private final Choices choices;
    private final OwnSignaling own;
    private final Runnable changed;
    private final Map<String, List<String>> served = new ConcurrentHashMap<>(); // nearby, by who runs them

    /** @param changed runs when other servers are nearby than before */
    SignalingServers(Choices choices, OwnSignaling own, Runnable changed) {
        this.choices = choices;
        this.own = own;
        this.changed = changed;
    }

    /** What a person has set, and the server of this device. */
    List<String> known() {
        return Stream.concat(
                        choices.meeting().map(Meeting::signaling).orElse(List.of()).stream(), own.addresses().stream())
                .toList();
    }

    /** The servers that devices on the local network run, as far as they were heard of. */
    List<String> nearby() {
        return served.values().stream()
                .flatMap(List::stream)
                .distinct()
                .sorted()
                .toList();
    }

    /** Somebody nearby runs a server. */
    void served(String id, List<String> addresses) {
        List<String> usable =
                addresses.stream().filter(SignalingServers::isServer).limit(4).toList();
        if ((served.containsKey(id) || served.size() < MOST_SERVED) && !usable.equals(served.put(id, usable))) {
            changed.run();
        }
    }

    void servedNoLonger(String id) {
        if (served.remove(id) != null) {
            changed.run();
        }
    }

    private static boolean isServer(String address) {
        try {
            Meeting.checked(address);
            return true;
        } catch (IllegalArgumentException no) {
            return false;
        }
    }
}
