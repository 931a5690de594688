// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

/**
 * Reads the writes of one client in an update, one after the other. After {@link #next()} the fields tell of the
 * present one. Everything that it has passed over was checked.
 */
final class StructReader {
    static final int GC = 0;
    static final int DELETED = 1;
    static final int JSON = 2;
    static final int BINARY = 3;
    static final int STRING = 4;
    static final int EMBED = 5;
    static final int FORMAT = 6;
    static final int TYPE = 7;
    static final int ANY = 8;
    static final int DOC = 9;
    static final int SKIP = 10;

    private static final int KIND = 0x1f;
    static final int HAS_ORIGIN = 0x80;
    static final int HAS_RIGHT_ORIGIN = 0x40;
    static final int HAS_PARENT_SUB = 0x20;

    private static final int LAST_TYPE = 6;
    private static final int DEEPEST = 128;
    private static final long NONE = -1;

    final long client;
    private final ByteReader in;
    private int left;

    int info;
    long clock;
    long length;
    long originClient;
    long originClock;
    long rightClient;
    long rightClock;
    long parentClient;
    long parentClock;
    private int contentStart;
    private int start;
    private int end;

    StructReader(ByteReader in, long client, long clock, int count) {
        this.in = in;
        this.client = client;
        this.clock = clock;
        this.left = count;
    }

    int kind() {
        return info & KIND;
    }

    /** The clock after the present write. */
    long endClock() {
        return clock + length;
    }

    boolean comesDeleted() {
        return kind() == GC || kind() == DELETED;
    }

    boolean hasOrigin() {
        return originClient != NONE;
    }

    boolean hasRightOrigin() {
        return rightClient != NONE;
    }

    boolean hasParentId() {
        return parentClient != NONE;
    }

    int start() {
        return start;
    }

    int contentStart() {
        return contentStart;
    }

    int end() {
        return end;
    }

    /** The root that the present write hangs on, where it has no origin and no parent by id. */
    String rootName() throws MalformedUpdateException {
        ByteReader parent = new ByteReader(in.bytes(), start + 1, contentStart);
        parent.varUint();
        return parent.varString();
    }

    /** The member that the present write is, where it has no origin; null in a list. */
    String parentSub() throws MalformedUpdateException {
        if ((info & HAS_PARENT_SUB) == 0) {
            return null;
        }
        ByteReader parent = new ByteReader(in.bytes(), start + 1, contentStart);
        if (parent.varUint() == 1) {
            parent.skipVarString();
        } else {
            parent.varUint();
            parent.varUint();
        }
        return parent.varString();
    }

    /** Goes to the next write; false after the last. */
    boolean next() throws MalformedUpdateException {
        if (left == 0) {
            return false;
        }
        left--;
        clock += length;
        start = in.position();
        info = in.uint8();
        originClient = NONE;
        rightClient = NONE;
        parentClient = NONE;
        if (kind() == GC || kind() == SKIP) {
            if (info != kind()) {
                throw in.malformed("a gap that claims to be a write");
            }
            contentStart = in.position();
            length = in.varUint();
        } else {
            readItem();
        }
        end = in.position();
        if (length == 0) {
            throw in.malformed("a write of no length");
        }
        if (length > StructId.MAX - clock) {
            throw in.malformed("a clock beyond its end");
        }
        return true;
    }

    private void readItem() throws MalformedUpdateException {
        if ((info & HAS_ORIGIN) != 0) {
            originClient = in.varUint();
            originClock = in.varUint();
        }
        if ((info & HAS_RIGHT_ORIGIN) != 0) {
            rightClient = in.varUint();
            rightClock = in.varUint();
        }
        if ((info & (HAS_ORIGIN | HAS_RIGHT_ORIGIN)) == 0) {
            if (in.varUint() == 1) {
                in.skipVarString();
            } else {
                parentClient = in.varUint();
                parentClock = in.varUint();
            }
            if ((info & HAS_PARENT_SUB) != 0) {
                in.skipVarString();
            }
        }
        contentStart = in.position();
        length = readContent();
    }

    private long readContent() throws MalformedUpdateException {
        switch (kind()) {
            case DELETED:
                return in.varUint();
            case JSON:
                int texts = in.count(1);
                for (int i = 0; i < texts; i++) {
                    in.skipVarString();
                }
                return texts;
            case BINARY:
                in.skip(in.varUint());
                return 1;
            case STRING:
                return in.skipVarString();
            case EMBED:
                in.skipVarString();
                return 1;
            case FORMAT:
                in.skipVarString();
                in.skipVarString();
                return 1;
            case TYPE:
                long type = in.varUint();
                if (type > LAST_TYPE) {
                    throw in.malformed("an unknown type " + type);
                }
                if (type == 3 || type == 5) {
                    in.skipVarString();
                }
                return 1;
            case ANY:
                int values = in.count(1);
                for (int i = 0; i < values; i++) {
                    skipAny(0);
                }
                return values;
            case DOC:
                in.skipVarString();
                skipAny(0);
                return 1;
            default:
                throw in.malformed("an unknown kind of write " + kind());
        }
    }

    private void skipAny(int depth) throws MalformedUpdateException {
        if (depth > DEEPEST) {
            throw in.malformed("a value that is nested too deep");
        }
        int tag = in.uint8();
        switch (tag) {
            case 127, 126, 121, 120 -> {}
            case 125 -> in.skipVarInt();
            case 124 -> in.skip(4);
            case 123, 122 -> in.skip(8);
            case 119 -> in.skipVarString();
            case 118 -> {
                int members = in.count(2);
                for (int i = 0; i < members; i++) {
                    in.skipVarString();
                    skipAny(depth + 1);
                }
            }
            case 117 -> {
                int elements = in.count(1);
                for (int i = 0; i < elements; i++) {
                    skipAny(depth + 1);
                }
            }
            case 116 -> in.skip(in.varUint());
            default -> throw in.malformed("an unknown kind of value " + tag);
        }
    }

    /** Writes the present write without its first clocks. */
    void write(ByteWriter out, long offset) throws MalformedUpdateException {
        // Yjs drops the flag where the parent is taken over from an origin. It says nothing there, nor behind a cut
        int flags = hasOrigin() || hasRightOrigin() ? info & ~HAS_PARENT_SUB : info;
        if (offset == 0) {
            out.uint8(flags);
            out.raw(in.bytes(), start + 1, end);
            return;
        }
        if (kind() == GC || kind() == SKIP) {
            out.uint8(info);
            out.varUint(length - offset);
            return;
        }
        out.uint8(flags | HAS_ORIGIN);
        out.varUint(client);
        out.varUint(clock + offset - 1);
        if (hasRightOrigin()) {
            out.varUint(rightClient);
            out.varUint(rightClock);
        }
        ByteReader content = new ByteReader(in.bytes(), contentStart, end);
        switch (kind()) {
            case DELETED -> out.varUint(length - offset);
            case STRING -> out.varString(content.varString().substring((int) offset));
            case JSON -> {
                content.varUint();
                for (long i = 0; i < offset; i++) {
                    content.skipVarString();
                }
                out.varUint(length - offset);
                out.raw(in.bytes(), content.position(), end);
            }
            case ANY -> {
                content.varUint();
                StructReader values = new StructReader(content, client, clock, 0);
                for (long i = 0; i < offset; i++) {
                    values.skipAny(0);
                }
                out.varUint(length - offset);
                out.raw(in.bytes(), content.position(), end);
            }
            default -> throw new IllegalStateException("cannot be cut: " + kind());
        }
    }
}
