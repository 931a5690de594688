// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A document read from its updates, without Yjs: what it says as JSON, and what is deleted in it. It puts the writes
 * in order as Yjs does, one node for each clock, so that nothing ever has to be split. What our documents never have
 * (formatted texts, XML, documents in documents) it does not read; then it says so, and Yjs has to be asked.
 */
public final class StoredDocument {
    /** A node each; what is larger goes to Yjs, which keeps longer pieces in one. */
    private static final int MOST_NODES = 500_000;

    /** Looking for a place among concurrent writes; honest documents need some thousand. */
    private static final int MOST_STEPS = 2_000_000;

    private static final int DEEPEST = 128;
    private static final int ARRAY = 0;
    private static final int MAP = 1;
    private static final int TEXT = 2;
    private static final char TORN = '\ufffd';

    private final Map<Long, List<Node>> byClient = new TreeMap<>();
    private final Map<String, Container> roots = new HashMap<>();
    private long nodes;
    private int steps;
    private boolean concurrent;

    /** Something that this reader leaves to Yjs. */
    private static final class NotRead extends Exception {
        private static final long serialVersionUID = 1L;

        NotRead(String what) {
            super(what, null, false, false);
        }
    }

    /** A map, a list or a text: where writes hang. */
    private static final class Container {
        final int type;
        final Node owner;
        final int depth;
        final Map<String, Node> last = new HashMap<>();
        Node start;

        Container(int type, Node owner) {
            this.type = type;
            this.owner = owner;
            this.depth = owner == null ? 0 : owner.parent.depth + 1;
        }
    }

    /** A write as it stands in an update. */
    private static final class Write {
        final int kind;
        final byte[] bytes;
        final int contentStart;
        final int end;
        private List<String> values;
        private char[] text;

        Write(int kind, byte[] bytes, int contentStart, int end) {
            this.kind = kind;
            this.bytes = bytes;
            this.contentStart = contentStart;
            this.end = end;
        }

        String value(int offset) throws MalformedUpdateException {
            if (values == null) {
                values = AnyJson.values(new ByteReader(bytes, contentStart, end));
            }
            return values.get(offset);
        }

        char letter(int offset) throws MalformedUpdateException {
            if (text == null) {
                text = new ByteReader(bytes, contentStart, end).varString().toCharArray();
            }
            return text[offset];
        }

        /** Something came to stand before an offset. Yjs gives a surrogate pair up when it is torn apart. */
        void cut(int offset) throws MalformedUpdateException {
            if (kind == StructReader.STRING && offset > 0 && Character.isHighSurrogate(letter(offset - 1))) {
                text[offset - 1] = TORN;
                text[offset] = TORN;
            }
        }
    }

    /** One clock of a write. */
    private static final class Node {
        /** Stands for everything that is gone without a trace. */
        static final Node GARBAGE = new Node(0, 0, null, 0);

        final long client;
        final long clock;
        final Write write;
        final int offset;
        Node origin;
        Node rightOrigin;
        Node left;
        Node right;
        Container parent;
        String key;
        Container type;
        boolean deleted;

        Node(long client, long clock, Write write, int offset) {
            this.client = client;
            this.clock = clock;
            this.write = write;
            this.offset = offset;
        }
    }

    private StoredDocument() {}

    /**
     * Reads updates that passed the gate, together.
     *
     * @return empty when there is something in them that is left to Yjs
     */
    public static Optional<StoredDocument> read(List<byte[]> updates) throws MalformedUpdateException {
        StoredDocument document = new StoredDocument();
        try {
            document.integrate(Update.decode(Updates.merge(updates)));
            return Optional.of(document);
        } catch (NotRead e) {
            return Optional.empty();
        }
    }

    private void integrate(Update update) throws MalformedUpdateException, NotRead {
        List<StructReader> waiting = new ArrayList<>();
        for (Update.Section section : update.sections()) {
            StructReader structs = update.structs(section);
            byClient.put(section.client(), new ArrayList<>());
            if (structs.next()) {
                waiting.add(structs);
            }
        }
        while (!waiting.isEmpty()) {
            List<StructReader> still = new ArrayList<>();
            boolean moved = false;
            for (StructReader structs : waiting) {
                step();
                boolean more = true;
                while (more && isReady(structs)) {
                    place(update.bytes(), structs);
                    moved = true;
                    more = structs.next();
                }
                if (more) {
                    still.add(structs);
                }
            }
            if (!moved) {
                throw new NotRead("something is missing");
            }
            waiting = still;
        }
        for (Map.Entry<Long, List<DeleteSet.Range>> entry :
                update.deletes().ranges().entrySet()) {
            List<Node> nodes = byClient.getOrDefault(entry.getKey(), List.of());
            for (DeleteSet.Range range : entry.getValue()) {
                if (range.end() > nodes.size()) {
                    throw new NotRead("something is missing");
                }
                cutBefore(nodes.get((int) range.start()));
                cutAfter(nodes.get((int) range.end() - 1), nodes);
                for (Node node : nodes.subList((int) range.start(), (int) range.end())) {
                    delete(node);
                }
            }
        }
    }

    private boolean isReady(StructReader structs) throws NotRead {
        if (structs.kind() == StructReader.SKIP
                || structs.clock != byClient.get(structs.client).size()) {
            throw new NotRead("something is missing");
        }
        return !(structs.hasOrigin() && !isThere(structs.originClient, structs.originClock)
                || structs.hasRightOrigin() && !isThere(structs.rightClient, structs.rightClock)
                || structs.hasParentId() && !isThere(structs.parentClient, structs.parentClock));
    }

    private boolean isThere(long client, long clock) {
        return clock < byClient.getOrDefault(client, List.of()).size();
    }

    private Node node(long client, long clock) {
        return byClient.get(client).get((int) clock);
    }

    private void place(byte[] bytes, StructReader structs) throws MalformedUpdateException, NotRead {
        // a few bytes can stand for any number of clocks
        nodes += Math.min(structs.length, MOST_NODES + 1L);
        if (nodes > MOST_NODES) {
            throw new NotRead("very much");
        }
        switch (structs.kind()) {
            case StructReader.FORMAT, StructReader.EMBED, StructReader.DOC, StructReader.JSON ->
                throw new NotRead("kind " + structs.kind());
            default -> {}
        }
        List<Node> nodes = byClient.get(structs.client);
        Node origin = structs.hasOrigin() ? node(structs.originClient, structs.originClock) : null;
        Node right = structs.hasRightOrigin() ? node(structs.rightClient, structs.rightClock) : null;
        if (structs.kind() == StructReader.GC || origin == Node.GARBAGE || right == Node.GARBAGE) {
            discard(nodes, structs.length);
            return;
        }
        Container parent;
        String key;
        if (origin != null || right != null) {
            Node beside = origin != null ? origin : right;
            parent = beside.parent;
            key = beside.key;
        } else {
            parent = structs.hasParentId()
                    ? node(structs.parentClient, structs.parentClock).type
                    : roots.computeIfAbsent(structs.rootName(), name -> new Container(MAP, null));
            key = structs.parentSub();
        }
        if (parent == null) {
            discard(nodes, structs.length);
            return;
        }
        if (origin != null) {
            cutAfter(origin, byClient.get(origin.client));
        }
        if (right != null) {
            cutBefore(right);
        }
        Write write = new Write(structs.kind(), bytes, structs.contentStart(), structs.end());
        for (int offset = 0; offset < structs.length; offset++) {
            Node node = new Node(structs.client, structs.clock + offset, write, offset);
            node.origin = offset == 0 ? origin : nodes.getLast();
            node.rightOrigin = right;
            node.parent = parent;
            node.key = key;
            if (structs.kind() == StructReader.TYPE) {
                int type = (int) new ByteReader(bytes, structs.contentStart(), structs.end()).varUint();
                if (type > TEXT) {
                    throw new NotRead("type " + type);
                }
                node.type = new Container(type, node);
                if (node.type.depth > DEEPEST) {
                    throw new NotRead("very deep");
                }
            }
            link(node);
            nodes.add(node);
            node.deleted = structs.kind() == StructReader.DELETED;
            settle(node);
        }
    }

    private static void cutBefore(Node node) throws MalformedUpdateException {
        if (node != Node.GARBAGE && !node.deleted) {
            node.write.cut(node.offset);
        }
    }

    private static void cutAfter(Node node, List<Node> ofClient) throws MalformedUpdateException {
        int next = (int) node.clock + 1;
        if (node != Node.GARBAGE && !node.deleted && next < ofClient.size() && ofClient.get(next).write == node.write) {
            node.write.cut(node.offset + 1);
        }
    }

    private void discard(List<Node> nodes, long length) {
        for (long i = 0; i < length; i++) {
            nodes.add(Node.GARBAGE);
        }
    }

    /** Puts a node into its list, as Yjs does: by its origins, and where others had the same, by client. */
    private void link(Node node) throws NotRead {
        Node left = node.origin;
        Node right = node.rightOrigin;
        if (left == null ? right == null || right.left != null : left.right != right) {
            Node other = left != null ? left.right : first(node);
            Set<Node> conflicting = new HashSet<>();
            Set<Node> before = new HashSet<>();
            while (other != null && other != right) {
                step();
                before.add(other);
                conflicting.add(other);
                if (other.origin == node.origin) {
                    if (other.client < node.client) {
                        left = other;
                        conflicting.clear();
                    } else if (other.rightOrigin == node.rightOrigin) {
                        break;
                    }
                } else if (other.origin != null && before.contains(other.origin)) {
                    if (!conflicting.contains(other.origin)) {
                        left = other;
                        conflicting.clear();
                    }
                } else {
                    break;
                }
                other = other.right;
            }
        }
        if (left != null) {
            node.right = left.right;
            left.right = node;
        } else {
            node.right = first(node);
            if (node.key == null) {
                node.parent.start = node;
            }
        }
        node.left = left;
        if (node.right != null) {
            node.right.left = node;
        }
    }

    private void step() throws NotRead {
        if (++steps > MOST_STEPS) {
            throw new NotRead("very tangled");
        }
    }

    private Node first(Node node) throws NotRead {
        if (node.key == null) {
            return node.parent.start;
        }
        Node first = node.parent.last.get(node.key);
        while (first != null && first.left != null) {
            step();
            first = first.left;
        }
        return first;
    }

    /** What follows for others and for itself from where a node stands. */
    private void settle(Node node) {
        concurrent |= node.key != null && (node.right != null || node.left != node.origin);
        if (node.key != null && node.right == null) {
            node.parent.last.put(node.key, node);
            if (node.left != null) {
                delete(node.left);
            }
        }
        boolean parentGone = node.parent.owner != null && node.parent.owner.deleted;
        if (parentGone || node.key != null && node.right != null) {
            delete(node);
        }
    }

    private static void delete(Node node) {
        if (node.deleted || node == Node.GARBAGE) {
            return;
        }
        node.deleted = true;
        if (node.type != null) {
            for (Node child = node.type.start; child != null; child = child.right) {
                delete(child);
            }
            node.type.last.values().forEach(StoredDocument::delete);
        }
    }

    /** Whether somewhere two wrote one member without knowing of each other. */
    public boolean hasConcurrentWrites() {
        return concurrent;
    }

    /** All that is deleted, also what follows from other writes without being named as deleted. */
    public DeleteSet deletes() {
        Map<Long, List<DeleteSet.Range>> ranges = new HashMap<>();
        byClient.forEach((client, nodes) -> {
            List<DeleteSet.Range> list = new ArrayList<>();
            int start = -1;
            for (int clock = 0; clock <= nodes.size(); clock++) {
                boolean gone = clock < nodes.size() && (nodes.get(clock) == Node.GARBAGE || nodes.get(clock).deleted);
                if (gone && start < 0) {
                    start = clock;
                } else if (!gone && start >= 0) {
                    list.add(new DeleteSet.Range(start, clock));
                    start = -1;
                }
            }
            ranges.put(client, list);
        });
        return new DeleteSet(ranges);
    }

    /**
     * The JSON of the named roots, which are maps, as an open replica gives it.
     *
     * @return empty when there is something in them that is left to Yjs
     */
    public Optional<String> json(List<String> rootNames) throws MalformedUpdateException {
        StringBuilder out = new StringBuilder("{");
        try {
            String separator = "";
            for (String name : rootNames) {
                out.append(separator);
                AnyJson.quote(name, out);
                out.append(':');
                write(roots.getOrDefault(name, new Container(MAP, null)), out);
                separator = ",";
            }
            return Optional.of(out.append('}').toString());
        } catch (NotRead e) {
            return Optional.empty();
        }
    }

    /** The members of the named roots, as JSON Pointers. */
    public Set<String> members(List<String> rootNames) {
        Set<String> members = new TreeSet<>();
        for (String name : rootNames) {
            Container root = roots.get(name);
            if (root != null) {
                String path = Pointers.step("", name);
                root.last.forEach((key, node) -> {
                    if (!node.deleted) {
                        members.add(Pointers.step(path, AnyJson.nameOf(key)));
                    }
                });
            }
        }
        return members;
    }

    private static void write(Container container, StringBuilder out) throws MalformedUpdateException, NotRead {
        switch (container.type) {
            case ARRAY -> {
                out.append('[');
                String separator = "";
                for (Node node = container.start; node != null; node = node.right) {
                    if (!node.deleted) {
                        out.append(separator);
                        write(node, out);
                        separator = ",";
                    }
                }
                out.append(']');
            }
            case TEXT -> {
                StringBuilder text = new StringBuilder();
                for (Node node = container.start; node != null; node = node.right) {
                    if (node.deleted) {
                        continue;
                    }
                    if (node.write.kind != StructReader.STRING) {
                        throw new NotRead("something in a text that is no letter");
                    }
                    text.append(node.write.letter(node.offset));
                }
                AnyJson.quote(text.toString(), out);
            }
            default -> {
                out.append('{');
                String separator = "";
                for (Map.Entry<String, Node> member : new TreeMap<>(container.last).entrySet()) {
                    if (!member.getValue().deleted) {
                        out.append(separator);
                        AnyJson.quote(AnyJson.nameOf(member.getKey()), out);
                        out.append(':');
                        write(member.getValue(), out);
                        separator = ",";
                    }
                }
                out.append('}');
            }
        }
    }

    private static void write(Node node, StringBuilder out) throws MalformedUpdateException, NotRead {
        if (node.type != null) {
            write(node.type, out);
        } else if (node.write.kind == StructReader.ANY) {
            out.append(node.write.value(node.offset));
        } else if (node.write.kind == StructReader.BINARY) {
            out.append(AnyJson.bytes(new ByteReader(node.write.bytes, node.write.contentStart, node.write.end)));
        } else {
            throw new NotRead("kind " + node.write.kind);
        }
    }
}
