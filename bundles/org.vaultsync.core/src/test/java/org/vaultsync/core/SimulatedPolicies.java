// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.vaultsync.RoomId;
import org.vaultsync.SyncPolicy.Sharing;
import org.vaultsync.SyncPolicy.Taking;

/**
 * What people in a simulation have set about types and rooms, and what must not happen after that: that a vault gets what
 * its device has not taken, and that what is written where a type is never shared leaves the device.
 */
final class SimulatedPolicies {
    /** The type of items that are only for the second room. */
    static final String HIDDEN = "diary";

    private record Place(SimulatedDevice device, RoomId room) {}

    private record Kind(SimulatedDevice device, String type) {}

    private final Map<Place, Taking> taking = new HashMap<>();
    private final Map<Kind, Sharing> sharing = new HashMap<>();
    private final Map<String, Kind> kept = new HashMap<>(); // words that are not to leave the device
    private final Map<SimulatedDevice, Set<String>> unwanted = new HashMap<>(); // items
    private final Set<String> again = new HashSet<>(); // items that were shared more than once
    private final Predicate<String> hidden;
    private List<String> types = List.of("note");

    /** @param hidden which items are only for the second room: no policy may bring them into the first */
    SimulatedPolicies(Predicate<String> hidden) {
        this.hidden = hidden;
    }

    /** There are several types from now on. */
    void drawTypes() {
        types = List.of("note", "unit", "pilot");
    }

    /** Of what may be in all rooms. */
    List<String> types() {
        return types;
    }

    /** An item has the same type wherever, and whenever, it is made. */
    String typeOf(String item) {
        return hidden.test(item) ? HIDDEN : types.get(item.charAt(item.length() - 1) % types.size());
    }

    Sharing sharing(SimulatedDevice device, String type) {
        return sharing.getOrDefault(new Kind(device, type), new Sharing.OnRequest());
    }

    boolean isNever(SimulatedDevice device, String item) {
        return sharing(device, typeOf(item)) instanceof Sharing.Never;
    }

    /** It is stored by now if it is to be never, else it is about to be set. */
    void sharing(SimulatedDevice device, String type, Sharing set) {
        Kind kind = new Kind(device, type);
        Sharing before = sharing(device, type);
        sharing.put(kind, set);
        if (!(set instanceof Sharing.Never)) {
            kept.values().removeIf(kind::equals);
            if (before instanceof Sharing.Never) {
                unwanted(device).removeIf(item -> typeOf(item).equals(type));
            }
        }
    }

    /** Somebody writes a word on a device. */
    void written(SimulatedDevice device, String item, String word) {
        if (isNever(device, item)) {
            kept.put(word, new Kind(device, typeOf(item)));
        }
    }

    /** The words that were written where their type is never shared. */
    Set<String> keptWords() {
        return kept.keySet();
    }

    /** Whether a new item of a room comes into the vault of the device. */
    private boolean takes(SimulatedDevice device, RoomId room, String item) {
        return !isNever(device, item)
                && taking.getOrDefault(new Place(device, room), Taking.ALL).takes(typeOf(item));
    }

    /**
     * It is about to be set.
     *
     * @param offered the items of the room that the device is shown and has not taken, which remain so
     */
    void taking(SimulatedDevice device, RoomId room, Taking set, Set<String> offered) {
        taking.put(new Place(device, room), set);
        unwanted(device)
                .removeIf(item -> takes(device, room, item) && (again.contains(item) || !offered.contains(item)));
    }

    /** Somebody shares an item that nobody had until now. */
    void isNew(String item, SimulatedDevice by, RoomId room, Set<SimulatedDevice> members) {
        for (SimulatedDevice member : members) {
            if (member != by && !takes(member, room, item)) {
                unwanted(member).add(item);
            }
        }
    }

    /** An item may be shared anew: whoever takes its type there may get it. */
    void mayCome(String item, RoomId room, Set<SimulatedDevice> members) {
        again.add(item);
        members.stream()
                .filter(device -> takes(device, room, item))
                .forEach(device -> unwanted(device).remove(item));
    }

    /** A person has the item in the vault, or wants to. */
    void wants(SimulatedDevice device, String item) {
        unwanted(device).remove(item);
    }

    /** Items that must not come into the vault of the device. */
    Set<String> unwanted(SimulatedDevice device) {
        return unwanted.computeIfAbsent(device, first -> new HashSet<>());
    }

    /** A device that has left a room takes everything of it, should it come back. */
    void left(SimulatedDevice device, RoomId room) {
        taking.remove(new Place(device, room));
        sharing.entrySet()
                .removeIf(entry ->
                        entry.getKey().device() == device && entry.getValue().equals(new Sharing.Always(room)));
        unwanted(device).clear();
    }
}
