// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.log;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.vaultsync.Fingerprint;
import org.vaultsync.LogEntry;
import org.vaultsync.LogEntry.Kind;
import org.vaultsync.LogEntry.Traffic;
import org.vaultsync.RoomId;
import org.vaultsync.core.store.LogTable;
import org.vaultsync.core.store.Store;

/**
 * Where sync writes down what it does, for people and for support. Whoever writes puts nothing of what is shared into a
 * sentence: no content or name of an item, no token, no key. Thread-safe; returns at once.
 */
public final class Logbook {
    private static final int LONGEST = 300;

    private final Store store;
    private final Clock clock;

    public Logbook(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** About this device as a whole. */
    public void note(Kind kind, String sentence) {
        add(kind, Optional.empty(), Optional.empty(), sentence, Optional.empty());
    }

    /** About another device. */
    public void note(Kind kind, Fingerprint peer, String sentence) {
        add(kind, Optional.empty(), Optional.of(peer), sentence, Optional.empty());
    }

    /** About a room. */
    public void note(RoomId room, String sentence) {
        add(Kind.ROOM, Optional.of(room), Optional.empty(), sentence, Optional.empty());
    }

    /** About another device and a room. */
    public void note(Kind kind, RoomId room, Fingerprint peer, String sentence) {
        add(kind, Optional.of(room), Optional.of(peer), sentence, Optional.empty());
    }

    /** Another device, or something that it sent, was turned away. The same again is counted, not added, for an hour. */
    public void refused(Fingerprint peer, String sentence) {
        refused(Optional.empty(), Optional.of(peer), sentence, 1);
    }

    /** As {@link #refused(Fingerprint, String)}, in a room. */
    public void refused(RoomId room, Fingerprint peer, String sentence) {
        refused(Optional.of(room), Optional.of(peer), sentence, 1);
    }

    /**
     * Strangers were turned away; none is named, since they may have another key each time. The same again is counted, not
     * added, for an hour.
     *
     * @param sentence the same for all of a kind: with a detail of their choice in it, they could fill the log
     */
    public void refusedStrangers(String sentence, int times) {
        refused(Optional.empty(), Optional.empty(), sentence, times);
    }

    private void refused(Optional<RoomId> room, Optional<Fingerprint> peer, String sentence, int times) {
        store.write(LogTable.refused(clock.instant(), room, peer, printable(sentence), times));
    }

    /** A link has ended. */
    public void closed(Fingerprint peer, String reason, Traffic traffic) {
        add(Kind.CLOSED, Optional.empty(), Optional.of(peer), reason, Optional.of(traffic));
    }

    private void add(
            Kind kind, Optional<RoomId> room, Optional<Fingerprint> peer, String sentence, Optional<Traffic> traffic) {
        store.write(LogTable.add(clock.instant(), kind, room, peer, printable(sentence), traffic));
    }

    /** Some reasons come from elsewhere. */
    private static String printable(String sentence) {
        return sentence.codePoints()
                .filter(point -> !Character.isISOControl(point))
                .limit(LONGEST)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** The newest entries, the newest first, those too that are on their way to the disk. */
    public CompletionStage<List<LogEntry>> newest(int most) {
        return store.written().thenApply(written -> store.read(database -> LogTable.newest(database, most)));
    }
}
