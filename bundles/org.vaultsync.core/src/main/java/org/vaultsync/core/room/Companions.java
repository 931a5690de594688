// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.vaultsync.Fingerprint;
import org.vaultsync.RoomId;
import org.vaultsync.core.session.Session;
import org.vaultsync.core.wire.Message.Aware;
import org.vaultsync.core.wire.ProtocolException;
import org.vaultsync.crdt.InvalidContentException;
import org.vaultsync.crdt.protocol.Awareness;
import org.vaultsync.crdt.update.MalformedUpdateException;

/**
 * Which items of the room each device has open, as it says of itself over its link. Nothing is passed on, so nobody
 * speaks for others, and what was said ends with the link. Belongs to the room's thread.
 */
final class Companions {
    private static final String OPEN = "open";
    private static final int MOST_ITEMS = 100;

    private final RoomId room;
    private final long client;
    private final Clock clock;
    private final Awareness own;
    private final Map<Session, Awareness> others = new HashMap<>();
    private Map<String, String> said = Map.of();

    Companions(RoomId room, Fingerprint self, Clock clock) {
        this.room = room;
        // Any number does that the other side of a link does not have; it need not be one that writes.
        this.client = Long.parseLong(self.brief(), 16);
        this.clock = clock;
        this.own = new Awareness(client, clock.instant());
    }

    /** Tells others what is open here, of the items of this room: item to field. */
    void say(Map<String, String> open) {
        if (open.equals(said)) {
            return;
        }
        said = Map.copyOf(open);
        ObjectNode state = ItemJson.JSON.createObjectNode();
        ObjectNode items = state.putObject(OPEN);
        new TreeMap<>(said).forEach(items::put);
        try {
            own.say(Optional.of(state.toString()), clock.instant());
        } catch (InvalidContentException neverOfOurs) {
            throw new IllegalStateException(neverOfOurs);
        }
        others.keySet().forEach(this::tell);
    }

    private void tell(Session session) {
        session.send(new Aware(room, own.encode(Set.of(client))));
    }

    void linked(Session session) {
        others.put(session, new Awareness(client, clock.instant()));
        if (!said.isEmpty()) {
            tell(session);
        }
    }

    void unlinked(Session session) {
        others.remove(session);
    }

    void received(Session session, Aware aware) throws ProtocolException {
        Awareness theirs = others.get(session);
        try {
            theirs.apply(aware.states(), clock.instant());
        } catch (MalformedUpdateException malformed) {
            throw new ProtocolException("a malformed awareness", malformed);
        }
    }

    /** What the other side has open now: item to field. */
    Map<String, String> openAt(Session session) {
        Map<String, String> open = new HashMap<>();
        others.get(session).states().forEach((of, state) -> {
            for (Map.Entry<String, JsonNode> each :
                    ItemJson.said(state).path(OPEN).properties()) {
                if (of != client && open.size() < MOST_ITEMS && each.getValue().isTextual()) {
                    open.put(each.getKey(), each.getValue().textValue());
                }
            }
        });
        return open;
    }
}
