// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.vaultsync.crdt.graal.Json;
import org.vaultsync.crdt.graal.JsonText;

/**
 * The items of an open room, which all lie in one document, by their ids: in our profile ({@link DocumentKind#ITEMS}) as
 * maps that merge, in that of the MekStation web app ({@link DocumentKind#VAULT_ITEMS}) as one plain value each, with
 * the fields that it writes. Used as the replica is, by one thread at a time.
 */
public final class RoomItems {
    private static final Set<String> WRITTEN =
            Set.of("id", "type", "name", "data", "syncEnabled", "syncState", "lastModified", "lastModifiedBy");

    private final Replica replica;
    private final String root;

    /**
     * An item as both profiles have it.
     *
     * @param content JSON
     */
    public record RoomItem(String id, String type, String name, String content) {}

    /** @param replica of a kind that holds many items */
    public RoomItems(Replica replica) {
        this.replica = replica;
        this.root = switch (replica.kind()) {
            case ITEMS, VAULT_ITEMS -> replica.kind().roots().getFirst();
            case ITEM, INDEX -> throw new IllegalArgumentException("no items lie in " + replica.kind());
        };
    }

    private String at(String id) {
        return "/" + root + "/" + escaped(id);
    }

    private static String escaped(String step) {
        return step.replace("~", "~0").replace("/", "~1");
    }

    /**
     * Writes what a person changed of an item, and only that; in the profile of the web app an item is written whole, with
     * whatever else the web app has put there.
     *
     * @param base what the editor started from; empty for a new item
     * @param now for the field of the web app that says when
     * @return the update, format V1; empty when nothing changed
     */
    public byte[] put(Optional<RoomItem> base, RoomItem item, Instant now)
            throws ReplicaException, InvalidContentException {
        if (base.isPresent() && !base.get().id().equals(item.id())) {
            throw new IllegalArgumentException(
                    "not the same item: " + base.get().id() + ", " + item.id());
        }
        if (replica.kind() == DocumentKind.ITEMS) {
            return replica.edit(
                    base.isPresent() ? room(item.id(), ours(base.get())) : room(), room(item.id(), ours(item)));
        }
        if (base.isPresent() && Json.parse(ours(base.get())).equals(Json.parse(ours(item)))) {
            return new byte[0];
        }
        return replica.edit(room(), room(item.id(), theirs(item, now)));
    }

    public byte[] remove(String id) throws ReplicaException {
        Optional<String> present = replica.json(at(id));
        try {
            return present.isEmpty() ? new byte[0] : replica.edit(room(id, present.get()), room());
        } catch (InvalidContentException e) {
            throw new ReplicaException("an item cannot be removed: " + e.getMessage(), e);
        }
    }

    private String room() {
        return "{" + quoted(root) + ":{}}";
    }

    private String room(String id, String item) {
        return "{" + quoted(root) + ":{" + quoted(id) + ":" + item + "}}";
    }

    private static String ours(RoomItem item) {
        return "{\"content\":" + item.content() + ",\"meta\":{\"name\":" + quoted(item.name()) + ",\"type\":"
                + quoted(item.type()) + "}}";
    }

    private String theirs(RoomItem item, Instant now) throws ReplicaException, InvalidContentException {
        return "{\"id\":" + quoted(item.id()) + ",\"type\":" + quoted(item.type()) + ",\"name\":"
                + quoted(item.name()) + ",\"data\":" + item.content()
                + ",\"syncEnabled\":true,\"syncState\":\"pending\",\"lastModified\":" + now.toEpochMilli()
                + ",\"lastModifiedBy\":\"" + replica.clientId() + "\"" + others(item.id()) + "}";
    }

    /** The members of an item that this device knows nothing of, as they stand there. */
    private String others(String id) throws ReplicaException, InvalidContentException {
        StringBuilder others = new StringBuilder();
        Optional<String> present = replica.json(at(id));
        if (present.isPresent() && Json.parse(present.get()) instanceof Json.JsonObject item) {
            for (String name : item.members().keySet()) {
                if (!WRITTEN.contains(name)) {
                    // Empty where it is undefined, which JSON does not have.
                    replica.json(at(id) + "/" + escaped(name))
                            .ifPresent(value -> others.append(',')
                                    .append(quoted(name))
                                    .append(':')
                                    .append(value));
                }
            }
        }
        return others.toString();
    }

    private static String quoted(String text) {
        return new JsonText().text(text).toString();
    }
}
