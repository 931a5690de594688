// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

/** Puts an update together, client by client. */
final class UpdateWriter {
    private final ByteWriter sections = new ByteWriter();
    private int clients;
    private ByteWriter structs = new ByteWriter();
    private int count;
    private long client;
    private long firstClock;
    private long gcLength;

    /** Appends the present write of a reader without its first clocks. */
    void add(StructReader struct, long offset) throws MalformedUpdateException {
        begin(struct.client, struct.clock + offset);
        endGc();
        if (struct.kind() == StructReader.GC) {
            gcLength = struct.length - offset;
        } else {
            struct.write(structs, offset);
            count++;
        }
    }

    /** Makes the last write longer by the present one of a reader, if both are garbage; false if they are not. */
    boolean join(StructReader struct, long offset) {
        if (gcLength == 0 || client != struct.client || struct.kind() != StructReader.GC) {
            return false;
        }
        gcLength += struct.length - offset;
        return true;
    }

    /** Says that clocks are missing before the next write. */
    void skip(long ofClient, long clock, long length) {
        begin(ofClient, clock);
        endGc();
        structs.uint8(StructReader.SKIP);
        structs.varUint(length);
        count++;
    }

    private void begin(long ofClient, long clock) {
        if (count == 0 && gcLength == 0) {
            client = ofClient;
            firstClock = clock;
        } else if (client != ofClient) {
            endClient();
            client = ofClient;
            firstClock = clock;
        }
    }

    private void endGc() {
        if (gcLength > 0) {
            structs.uint8(StructReader.GC);
            structs.varUint(gcLength);
            count++;
            gcLength = 0;
        }
    }

    private void endClient() {
        endGc();
        if (count > 0) {
            sections.varUint(count);
            sections.varUint(client);
            sections.varUint(firstClock);
            byte[] written = structs.toByteArray();
            sections.raw(written, 0, written.length);
            clients++;
        }
        structs = new ByteWriter();
        count = 0;
    }

    /** About how long the update is so far, but for the deletes. */
    int size() {
        return sections.size() + structs.size() + (gcLength > 0 ? 1 : 0);
    }

    byte[] finish(DeleteSet deletes) {
        endClient();
        ByteWriter out = new ByteWriter();
        out.varUint(clients);
        byte[] written = sections.toByteArray();
        out.raw(written, 0, written.length);
        deletes.write(out);
        return out.toByteArray();
    }
}
