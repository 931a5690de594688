// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * An update made small, for a disk; never sent. Every overwrite leaves some bytes in a document for ever, mostly the
 * name of the client and a clock. Here what is alike stands together: all kinds, all origins by their distance, all
 * contents; and is deflated. The update that comes out is the one that went in, to the byte.
 */
public final class PackedUpdate {
    private static final int FORMAT = 1;
    /** Shorter ones are not worth it. */
    private static final int SHORTEST = 1024;

    private static final int COLUMNS = 5;

    /** By column: what is read and written in turn. */
    private static final int SECTIONS = 0;

    private static final int KINDS = 1;
    private static final int CLIENTS = 2;
    private static final int CLOCKS = 3;
    private static final int CONTENTS = 4;

    private PackedUpdate() {}

    /**
     * Takes time linear in the length: about a tenth of a second for an update of a megabyte.
     *
     * @return empty where the update is better kept as it is
     */
    public static Optional<byte[]> pack(byte[] update) {
        if (update.length < SHORTEST) {
            return Optional.empty();
        }
        try {
            byte[] packed = new Packer().pack(Update.decode(update));
            // numbers can be written in more than one way: only what comes back is kept
            return packed.length < update.length && Arrays.equals(update, unpack(packed))
                    ? Optional.of(packed)
                    : Optional.empty();
        } catch (MalformedUpdateException e) {
            return Optional.empty();
        }
    }

    public static byte[] unpack(byte[] packed) throws MalformedUpdateException {
        ByteReader in = new ByteReader(packed);
        if (in.uint8() != FORMAT) {
            throw in.malformed("it was packed in a way that this version does not know");
        }
        int length = in.count(0);
        int[] lengths = new int[COLUMNS];
        long all = 0;
        for (int i = 0; i < COLUMNS; i++) {
            lengths[i] = in.count(0);
            all += lengths[i];
        }
        if (length > Update.LONGEST || all > 2L * Update.LONGEST) {
            throw in.malformed("it unpacks to more than is allowed");
        }
        byte[] columns = inflated(packed, in, (int) all);
        List<ByteReader> readers = new ArrayList<>();
        int start = 0;
        for (int each : lengths) {
            readers.add(new ByteReader(columns, start, start + each));
            start += each;
        }
        return new Unpacker(readers, length).unpack();
    }

    private static byte[] inflated(byte[] packed, ByteReader in, int length) throws MalformedUpdateException {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(packed, in.position(), in.remaining());
            byte[] bytes = new byte[length];
            int done = 0;
            while (done < length) {
                int more = inflater.inflate(bytes, done, length - done);
                if (more == 0) {
                    throw in.malformed("it ends too early");
                }
                done += more;
            }
            return bytes;
        } catch (DataFormatException e) {
            throw in.malformed("it was not deflated: " + e.getMessage());
        } finally {
            inflater.end();
        }
    }

    private static byte[] deflated(List<ByteWriter> columns) {
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] buffer = new byte[8192];
            for (ByteWriter column : columns) {
                deflater.setInput(column.toByteArray());
                while (!deflater.needsInput()) {
                    out.write(buffer, 0, deflater.deflate(buffer));
                }
            }
            deflater.finish();
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    /** Small numbers of either sign as small numbers. */
    private static long folded(long distance) {
        return distance << 1 ^ distance >> 63;
    }

    private static long unfolded(long number) {
        return number >>> 1 ^ -(number & 1);
    }

    private static final class Packer {
        private final List<ByteWriter> columns = new ArrayList<>();
        private final Map<Long, Integer> clients = new HashMap<>();

        byte[] pack(Update update) throws MalformedUpdateException {
            for (int i = 0; i < COLUMNS; i++) {
                columns.add(new ByteWriter());
            }
            ByteWriter sections = columns.get(SECTIONS);
            sections.varUint(update.sections().size());
            for (Update.Section section : update.sections()) {
                sections.varUint(section.count());
                sections.varUint(section.client());
                sections.varUint(section.firstClock());
                StructReader structs = update.structs(section);
                while (structs.next()) {
                    write(update.bytes(), structs);
                }
            }
            deletes(update);
            ByteWriter out = new ByteWriter();
            out.uint8(FORMAT);
            out.varUint(update.bytes().length);
            columns.forEach(column -> out.varUint(column.size()));
            byte[] deflated = deflated(columns);
            out.raw(deflated, 0, deflated.length);
            return out.toByteArray();
        }

        private void write(byte[] bytes, StructReader struct) throws MalformedUpdateException {
            columns.get(KINDS).uint8(struct.info);
            ByteReader in = new ByteReader(bytes, struct.start() + 1, struct.end());
            for (int flag : new int[] {StructReader.HAS_ORIGIN, StructReader.HAS_RIGHT_ORIGIN}) {
                if (struct.kind() != StructReader.GC
                        && struct.kind() != StructReader.SKIP
                        && (struct.info & flag) != 0) {
                    client(in.varUint());
                    columns.get(CLOCKS).varUint(folded(struct.clock - in.varUint()));
                }
            }
            // so that the reader knows the clock of the next
            columns.get(CONTENTS).varUint(struct.length);
            columns.get(CONTENTS).varUint(in.remaining());
            columns.get(CONTENTS).raw(bytes, in.position(), struct.end());
        }

        private void client(long client) {
            Integer known = clients.putIfAbsent(client, clients.size());
            columns.get(CLIENTS).varUint(known == null ? 0 : known + 1);
            if (known == null) {
                columns.get(CLIENTS).varUint(client);
            }
        }

        private void deletes(Update update) throws MalformedUpdateException {
            ByteReader in = new ByteReader(update.bytes());
            in.back(update.deletesPosition());
            ByteWriter sections = columns.get(SECTIONS);
            long count = in.varUint();
            sections.varUint(count);
            for (long i = 0; i < count; i++) {
                sections.varUint(in.varUint());
                long ranges = in.varUint();
                sections.varUint(ranges);
                long last = 0;
                for (long j = 0; j < ranges; j++) {
                    long start = in.varUint();
                    long length = in.varUint();
                    sections.varUint(folded(start - last));
                    sections.varUint(length);
                    last = start + length;
                }
            }
        }
    }

    private static final class Unpacker {
        private final List<ByteReader> columns;
        private final int length;
        private final ByteWriter out = new ByteWriter();
        private final List<Long> clients = new ArrayList<>();

        Unpacker(List<ByteReader> columns, int length) {
            this.columns = columns;
            this.length = length;
        }

        byte[] unpack() throws MalformedUpdateException {
            ByteReader sections = columns.get(SECTIONS);
            long count = sections.varUint();
            out.varUint(count);
            for (long i = 0; i < count; i++) {
                long structs = sections.varUint();
                long client = sections.varUint();
                long clock = sections.varUint();
                out.varUint(structs);
                out.varUint(client);
                out.varUint(clock);
                for (long j = 0; j < structs; j++) {
                    clock += struct(clock);
                }
            }
            deletes(sections);
            if (out.size() != length) {
                throw sections.malformed("it unpacks to another length than it had");
            }
            return out.toByteArray();
        }

        private long struct(long clock) throws MalformedUpdateException {
            int info = columns.get(KINDS).uint8();
            out.uint8(info);
            int kind = info & 0x1f;
            for (int flag : new int[] {StructReader.HAS_ORIGIN, StructReader.HAS_RIGHT_ORIGIN}) {
                if (kind != StructReader.GC && kind != StructReader.SKIP && (info & flag) != 0) {
                    out.varUint(client());
                    out.varUint(clock - unfolded(columns.get(CLOCKS).varUint()));
                }
            }
            ByteReader contents = columns.get(CONTENTS);
            long clocks = contents.varUint();
            int bytes = contents.count(1);
            out.raw(contents.bytes(), contents.position(), contents.position() + bytes);
            contents.skip(bytes);
            if (out.size() > length) {
                throw contents.malformed("it unpacks to more than it had");
            }
            return clocks;
        }

        private long client() throws MalformedUpdateException {
            ByteReader in = columns.get(CLIENTS);
            int index = (int) Math.min(in.varUint(), Integer.MAX_VALUE);
            if (index == 0) {
                clients.add(in.varUint());
                return clients.getLast();
            }
            if (index > clients.size()) {
                throw in.malformed("an unknown client");
            }
            return clients.get(index - 1);
        }

        private void deletes(ByteReader sections) throws MalformedUpdateException {
            long count = sections.varUint();
            out.varUint(count);
            for (long i = 0; i < count; i++) {
                out.varUint(sections.varUint());
                long ranges = sections.varUint();
                out.varUint(ranges);
                long last = 0;
                for (long j = 0; j < ranges; j++) {
                    long start = last + unfolded(sections.varUint());
                    long covered = sections.varUint();
                    out.varUint(start);
                    out.varUint(covered);
                    last = start + covered;
                }
            }
        }
    }
}
