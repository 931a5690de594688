// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.vaultsync.crdt.Applied;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.EngineException;
import org.vaultsync.crdt.InvalidContentException;
import org.vaultsync.crdt.Overwrite;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaException;
import org.vaultsync.crdt.update.DeleteSet;
import org.vaultsync.crdt.update.MalformedUpdateException;
import org.vaultsync.crdt.update.StoredDocument;
import org.vaultsync.crdt.update.StructId;
import org.vaultsync.crdt.update.Update;

/**
 * A document, which goes into a context when it is first written to: to be read, its bytes are enough. Used by the
 * engine's thread only.
 */
final class GraalReplica implements Replica {
    /** An update into a small document takes a millisecond. */
    private static final Duration AT_ONCE = Duration.ofMillis(700);

    /** Of the document and the update; interpreted, a write of ten bytes takes 24 µs. */
    private static final Duration A_BYTE = Duration.ofNanos(10_000);

    /** Of an update: Yjs takes more than half a kilobyte for each, and where memory ends it ends for all others. */
    private static final long MOST_PARTS = Runtime.getRuntime().maxMemory() / 512;

    private final GraalReplicaEngine engine;
    private final DocumentKind kind;
    private final long clientId;
    private byte[] stored; // null once the document is in a context
    private boolean compact; // whether Yjs would not make the stored bytes shorter
    private Guest home; // null until then
    private int handle;
    private Applied opening;
    private long weight; // bytes that came in
    private String json; // null when it may have changed
    private boolean dead;
    private boolean closed;

    GraalReplica(GraalReplicaEngine engine, DocumentKind kind, long clientId, byte[] stored) {
        this.engine = engine;
        this.kind = kind;
        this.clientId = clientId;
        this.stored = stored;
    }

    /** What was found by reading the bytes. */
    void asRead(String asJson, DeleteSet implied, boolean fromOneUpdate) {
        json = asJson;
        opening = opened(implied);
        compact = fromOneUpdate && implied.isEmpty();
    }

    /** Goes into a context. */
    void wake(DeleteSet known) throws ReplicaException, MalformedUpdateException {
        home = engine.home();
        Object[] opened = engine.callWithin(
                most(stored), home, "open", String.join(" ", kind.roots()), kind.nested(), (double) clientId, stored);
        handle = ((Double) opened[0]).intValue();
        stored = null;
        if (opening == null) {
            opening = opened(DeleteSet.decode((byte[]) opened[1]).minus(known));
        }
    }

    private static Applied opened(DeleteSet implied) {
        return new Applied(false, Set.of(), List.of(), false, implied.isEmpty() ? new byte[0] : implied.asUpdate());
    }

    /** Null where it has to be left to Yjs. */
    private String asRead() throws ReplicaException {
        try {
            Optional<StoredDocument> read = StoredDocument.read(List.of(stored));
            return read.isPresent() ? read.get().json(kind.roots()).orElse(null) : null;
        } catch (MalformedUpdateException e) {
            throw new ReplicaException("what was written is " + e.getMessage(), e);
        }
    }

    static byte[] implied(byte[] deleted, DeleteSet known) throws MalformedUpdateException {
        DeleteSet implied = DeleteSet.decode(deleted).minus(known);
        return implied.isEmpty() ? new byte[0] : implied.asUpdate();
    }

    Guest home() throws ReplicaException {
        call("state");
        return home;
    }

    @Override
    public DocumentKind kind() {
        return kind;
    }

    @Override
    public long clientId() {
        return clientId;
    }

    @Override
    public Applied opening() {
        return opening;
    }

    @Override
    public String json() throws ReplicaException {
        alive();
        if (json == null && stored != null) {
            json = asRead();
        }
        if (json == null) {
            json = (String) call("json", "[]")[0];
        }
        return json;
    }

    @Override
    public Optional<String> json(String pointer) throws ReplicaException {
        return Optional.ofNullable((String) call("json", steps(pointer))[0]);
    }

    private static String steps(String pointer) {
        JsonText steps = new JsonText();
        steps.beginArray();
        for (String step : Pointer.steps(pointer)) {
            steps.text(Keys.escape(step));
        }
        return steps.endArray().toString();
    }

    /** What stands where somebody edits: everything in a document of one item, the members concerned in one of many. */
    private Json.JsonObject present(Json.JsonObject base, Json.JsonObject edited)
            throws ReplicaException, InvalidContentException {
        if (kind == DocumentKind.ITEM) {
            return Json.parseObject(json());
        }
        Map<String, Json> roots = new TreeMap<>();
        for (String root : kind.roots()) {
            Map<String, Json> members = new TreeMap<>();
            for (Json.JsonObject side : List.of(base, edited)) {
                if (side.get(root) instanceof Json.JsonObject object) {
                    for (String name : object.members().keySet()) {
                        Optional<String> value = json(Pointer.of(List.of(root, name)));
                        if (value.isPresent()) {
                            members.put(name, Json.parse(value.get()));
                        }
                    }
                }
            }
            roots.put(root, new Json.JsonObject(members));
        }
        return new Json.JsonObject(roots);
    }

    @Override
    public byte[] edit(String baseJson, String newJson) throws ReplicaException, InvalidContentException {
        Json.JsonObject base = Json.parseObject(baseJson);
        Json.JsonObject edited = Json.parseObject(newJson);
        if (base.equals(edited)) {
            alive();
            return new byte[0];
        }
        alive();
        Shape shape = Shape.of(kind, edited, engine.textFields());
        if (stored != null && stored.length == 0 && isEmpty(base)) {
            return first(base, edited, shape);
        }
        Json.JsonObject present = base;
        if (kind != DocumentKind.ITEM || !json().equals(baseJson)) {
            try {
                present = present(base, edited);
            } catch (InvalidContentException e) {
                // what others wrote may go beyond what we take from our own host
                throw new InvalidContentException("The shared item holds something that cannot be edited here.", e);
            }
        }
        Shape.checkKnown(kind, present);
        String changes = new Changes(kind, shape).between(base, edited, present);
        if (changes.isEmpty()) {
            return new byte[0];
        }
        byte[] update = (byte[]) call("write", changes)[0];
        json = null;
        return update;
    }

    private static boolean isEmpty(Json.JsonObject document) {
        return document.members().values().stream().allMatch(Json.JsonObject.EMPTY::equals);
    }

    private byte[] first(Json.JsonObject base, Json.JsonObject edited, Shape shape) throws InvalidContentException {
        if (new Changes(kind, shape)
                .between(base, edited, Json.JsonObject.EMPTY)
                .isEmpty()) {
            return new byte[0];
        }
        stored = FirstWrite.of(kind, clientId, edited, shape);
        compact = true;
        json = null;
        return stored.clone();
    }

    @Override
    public Applied apply(byte[] update) throws ReplicaException {
        try {
            Update decoded = Update.decode(update);
            DeleteSet known = decoded.allDeletes();
            if (update.length == 0) {
                alive();
                return new Applied(false, Set.of(), List.of(), false, update);
            }
            if (stored != null && stored.length == 0) {
                Optional<Applied> read = asFirst(update, known);
                if (read.isPresent()) {
                    return read.get();
                }
            }
            if (decoded.parts() > MOST_PARTS) {
                dead = true;
                throw new ReplicaException("an update of " + decoded.parts()
                        + " writes and deletes; this device has memory for " + MOST_PARTS);
            }
            Object[] done = call(most(update), "apply", update);
            json = null;
            Set<String> members = pointers((String) done[1]);
            List<Overwrite> overwrites = new ArrayList<>();
            for (Json met : Json.report((String) done[2]).elements()) {
                overwrites.add(overwrite((Json.JsonObject) met));
            }
            for (Json loss : Json.report((String) done[3]).elements()) {
                overwrites.add(loss((Json.JsonObject) loss));
            }
            boolean buried = !DeleteSet.decode((byte[]) done[4]).minus(known).isEmpty();
            return new Applied(!members.isEmpty(), members, overwrites, buried, implied((byte[]) done[0], known));
        } catch (MalformedUpdateException | InvalidContentException e) {
            dead = true;
            throw new ReplicaException("the update did not pass the gate: " + e.getMessage(), e);
        }
    }

    /** What comes into an empty document can be read as it is, unless there is something to be told about it. */
    private Optional<Applied> asFirst(byte[] update, DeleteSet known)
            throws MalformedUpdateException, ReplicaException {
        alive();
        Optional<StoredDocument> read = StoredDocument.read(List.of(update))
                .filter(document -> !document.hasConcurrentWrites() && known.covers(document.deletes()));
        Optional<String> text = read.isPresent() ? read.get().json(kind.roots()) : Optional.empty();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        stored = update.clone();
        compact = true;
        json = text.get();
        Set<String> members = read.get().members(kind.roots());
        return Optional.of(new Applied(!members.isEmpty(), members, List.of(), false, new byte[0]));
    }

    private static Overwrite loss(Json.JsonObject loss) {
        StructId loser = structId(loss.get("loser"));
        return new Overwrite(
                id(structId(loss.get("gone")) + " " + loser.client()),
                pointer(loss.get("path")),
                text(loss.get("winning")),
                text(loss.get("losing")),
                loss.get("winner") instanceof Json.JsonArray winner ? Optional.of(structId(winner)) : Optional.empty(),
                loser);
    }

    private static Overwrite overwrite(Json.JsonObject met) {
        StructId left = structId(met.get("a"));
        StructId right = structId(met.get("b"));
        return new Overwrite(
                id(left.compareTo(right) < 0 ? left + " " + right : right + " " + left),
                pointer(met.get("path")),
                text(met.get("winning")),
                text(met.get("losing")),
                Optional.of(structId(met.get("winner"))),
                structId(met.get("loser")));
    }

    private static Set<String> pointers(String json) throws InvalidContentException {
        Set<String> pointers = new TreeSet<>();
        for (Json steps : Json.report(json).elements()) {
            pointers.add(pointer(steps));
        }
        return pointers;
    }

    private static String pointer(Json steps) {
        return Pointer.of(((Json.JsonArray) steps)
                .elements().stream().map(step -> ((Json.Text) step).value()).toList());
    }

    private static Optional<String> text(Json value) {
        return value instanceof Json.Text present ? Optional.of(present.value()) : Optional.empty();
    }

    private static StructId structId(Json pair) {
        List<Json> numbers = ((Json.JsonArray) pair).elements();
        return new StructId(number(numbers.get(0)), number(numbers.get(1)));
    }

    private static long number(Json number) {
        return new BigDecimal(((Json.Number) number).wire()).longValueExact();
    }

    private static String id(String structs) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(structs.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public byte[] state() throws ReplicaException {
        if (stored != null && stored.length > 0 && compact) {
            alive();
            return stored.clone();
        }
        return (byte[]) call("state")[0];
    }

    /** What comes in may take many times what honest updates take on a slow machine, and not more. */
    private Duration most(byte[] update) {
        weight += update.length;
        return AT_ONCE.plus(A_BYTE.multipliedBy(weight));
    }

    Object[] call(String function, Object... arguments) throws ReplicaException {
        return call(null, function, arguments);
    }

    /** Without a limit of its own where {@code most} is null. */
    private Object[] call(Duration most, String function, Object... arguments) throws ReplicaException {
        alive();
        boolean done = false;
        try {
            if (stored != null) {
                wake(DeleteSet.EMPTY);
            }
            Object[] passed = new Object[arguments.length + 1];
            passed[0] = handle;
            System.arraycopy(arguments, 0, passed, 1, arguments.length);
            Object[] results = most == null
                    ? engine.call(home, function, passed)
                    : engine.callWithin(most, home, function, passed);
            done = true;
            return results;
        } catch (MalformedUpdateException e) {
            throw new ReplicaException("Yjs gave deletes that are " + e.getMessage(), e);
        } finally {
            if (!done) {
                dead = true;
            }
        }
    }

    private void alive() throws ReplicaException {
        if (closed) {
            throw new IllegalStateException("the replica is closed");
        }
        if (dead) {
            throw new ReplicaException("the replica broke earlier and has to be opened anew");
        }
        if (home != null && !engine.lives(home)) {
            throw new EngineException("the replica went down with its context and has to be opened anew");
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (home != null && engine.lives(home)) {
            try {
                engine.call(home, "close", handle);
            } catch (ReplicaException e) {
                System.getLogger(GraalReplica.class.getName()).log(System.Logger.Level.DEBUG, "replica: not closed", e);
            }
        }
    }
}
