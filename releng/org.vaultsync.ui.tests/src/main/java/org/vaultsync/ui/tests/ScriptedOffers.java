// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.vaultsync.Offers;
import org.vaultsync.Room;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.SyncPolicy;

/** What others share and what this device takes of it, as a test says; the calls are written down with those of sync. */
final class ScriptedOffers implements Offers, SyncPolicy {
    private final ScriptedSync sync;
    private final Map<RoomId, Taking> taking = new ConcurrentHashMap<>();
    private volatile List<Offer> offers = List.of();

    /** What is set of types. */
    final Map<String, Sharing> sharing = new ConcurrentHashMap<>();

    ScriptedOffers(ScriptedSync sync) {
        this.sync = sync;
    }

    /** Offers these items in the room “Friday & friends”, and tells of it. */
    void put(Offer... items) {
        offers = List.of(items);
        Room friday = sync.rooms().stream()
                .filter(room -> room.id().equals(ScriptedSync.FRIDAY))
                .findFirst()
                .orElseThrow();
        int open = (int) offers.stream().filter(offer -> !offer.taken()).count();
        sync.put(new Room(friday.id(), friday.name(), friday.standing(), friday.items(), open, friday.members()));
    }

    /** An item that nobody took yet. */
    static Offer by(String sharer, String id, String type, String name) {
        return new Offer(id, type, name, sharer, false);
    }

    private <T> CompletionStage<T> answer(String call, T value) {
        sync.calls.add(call);
        return sync.refusal
                .<CompletionStage<T>>map(why -> CompletableFuture.failedFuture(new SyncException(why)))
                .orElseGet(() -> CompletableFuture.completedFuture(value));
    }

    @Override
    public CompletionStage<List<Offer>> offers(RoomId room) {
        return CompletableFuture.completedFuture(offers);
    }

    @Override
    public CompletionStage<Void> take(RoomId room, Collection<String> itemIds) {
        put(offers.stream()
                .map(offer -> itemIds.contains(offer.itemId())
                        ? new Offer(offer.itemId(), offer.type(), offer.name(), offer.sharedBy(), true)
                        : offer)
                .toArray(Offer[]::new));
        return answer("take " + room.hex() + " " + itemIds, null);
    }

    @Override
    public CompletionStage<List<String>> copy(RoomId room, Collection<String> itemIds) {
        List<String> copies = new ArrayList<>();
        itemIds.forEach(item -> copies.add("copy of " + item));
        return answer("copy " + room.hex() + " " + itemIds, copies);
    }

    @Override
    public CompletionStage<Set<String>> types() {
        return CompletableFuture.completedFuture(Set.of("force", "pilot", "unit"));
    }

    @Override
    public Map<String, Sharing> sharing() {
        return Map.copyOf(sharing);
    }

    @Override
    public CompletionStage<Void> setSharing(String type, Sharing wanted) {
        sharing.put(type, wanted);
        return answer("sharing " + type + " " + wanted, null);
    }

    @Override
    public Taking taking(RoomId room) {
        return taking.getOrDefault(room, Taking.ALL);
    }

    @Override
    public CompletionStage<Void> setTaking(RoomId room, Taking wanted) {
        taking.put(room, wanted);
        return answer(
                "taking " + room.hex() + " " + wanted.incoming() + " "
                        + wanted.types().map(TreeSet::new).map(Object::toString).orElse("all"),
                null);
    }
}
