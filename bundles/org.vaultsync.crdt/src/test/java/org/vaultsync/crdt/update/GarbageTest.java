// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import java.util.function.ObjIntConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vaultsync.crdt.graal.Lab;

/** Messages of full length that are made of as many small things as fit, each read in a process with little memory. */
class GarbageTest {
    /** What it is made of, and what comes of it. */
    private enum Garbage {
        GARBAGE_IN_A_ROW("Accepted, 10 bytes") {
            @Override
            byte[] bytes() {
                return writes(Update.LONGEST / 2 - 10, (out, i) -> gc(out));
            }
        },
        GARBAGE_WITH_GAPS("Refused: it has more than 4194304 writes and deletes") {
            @Override
            byte[] bytes() {
                return writes(Update.LONGEST / 2 - 10, (out, i) -> {
                    out.uint8(i % 2 == 0 ? StructReader.GC : StructReader.SKIP);
                    out.varUint(1);
                });
            }
        },
        GARBAGE_BETWEEN_DELETED_WRITES("Refused: it has more than 4194304 writes and deletes") {
            @Override
            byte[] bytes() {
                return writes(Update.LONGEST / 3 - 10, (out, i) -> {
                    if (i % 2 == 0) {
                        gc(out);
                    } else {
                        deletedWrite(out);
                    }
                });
            }
        },
        AS_MANY_WRITES_AS_MAY_BE("Accepted, 16777222 bytes") {
            @Override
            byte[] bytes() {
                return writes(ByteReader.MOST_PARTS, (out, i) -> {
                    if (i == 0) {
                        gc(out);
                    } else {
                        deletedWrite(out);
                    }
                });
            }
        },
        ONE_WRITER_EACH("Refused: it names 6710886 clients, limit 524288") {
            @Override
            byte[] bytes() {
                return writers(Update.LONGEST / 10);
            }
        },
        AS_MANY_WRITERS_AS_MAY_BE("Accepted, 4194308 bytes") {
            @Override
            byte[] bytes() {
                return writers(ByteReader.MOST_CLIENTS);
            }
        },
        THE_SAME_DELETE("Accepted, 15 bytes") {
            @Override
            byte[] bytes() {
                return deletes(Update.LONGEST / 2 - 20, (out, i) -> range(out, 1));
            }
        },
        DELETES("Refused: it has more than 4194304 writes and deletes") {
            @Override
            byte[] bytes() {
                return deletes(Update.LONGEST / 5 - 20, (out, i) -> range(out, 2L * i));
            }
        },
        DELETES_FROM_BEHIND("Refused: it has more than 4194304 writes and deletes") {
            @Override
            byte[] bytes() {
                return deletes(Update.LONGEST / 5 - 20, (out, i) -> range(out, Update.LONGEST - 2L * i));
            }
        },
        AS_MANY_DELETES_AS_MAY_BE("Accepted, 19914699 bytes") {
            @Override
            byte[] bytes() {
                return deletes(ByteReader.MOST_PARTS - 1, (out, i) -> range(out, 2L * i));
            }
        },
        DELETES_OF_MANY_WRITERS("Refused: it names 7456540 clients, limit 524288") {
            @Override
            byte[] bytes() {
                int clients = Update.LONGEST / 9;
                ByteWriter out = new ByteWriter(Update.LONGEST);
                out.varUint(0);
                out.varUint(clients);
                for (int i = 0; i < clients; i++) {
                    out.varUint(FIRST + i);
                    out.varUint(1);
                    range(out, 1);
                }
                return out.toByteArray();
            }
        },
        QUESTION_OF_MANY_WRITERS("Refused: it names 11184810 clients, limit 524288") {
            @Override
            byte[] bytes() {
                return question(Update.LONGEST / 6);
            }

            @Override
            String outcome(byte[] bytes) throws MalformedUpdateException {
                return StateVector.decode(bytes).clocks().size() + " clients";
            }
        },
        QUESTION_OF_AS_MANY_WRITERS_AS_MAY_BE("524288 clients") {
            @Override
            byte[] bytes() {
                return question(ByteReader.MOST_CLIENTS);
            }

            @Override
            String outcome(byte[] bytes) throws MalformedUpdateException {
                return QUESTION_OF_MANY_WRITERS.outcome(bytes);
            }
        },
        KNOWN_OF_MANY_WRITERS("Refused: it names 11184810 clients, limit 524288") {
            @Override
            byte[] bytes() {
                return known(Update.LONGEST / 6, 0);
            }

            @Override
            String outcome(byte[] bytes) throws MalformedUpdateException {
                Knowledge known = Knowledge.decode(bytes);
                return known.writes().clocks().size() + " clients, "
                        + known.deletes().ranges().getOrDefault(1L, List.of()).size() + " deletes";
            }
        },
        KNOWN_OF_MANY_DELETES("Refused: it has more than 4194304 writes and deletes") {
            @Override
            byte[] bytes() {
                return known(1, Update.LONGEST / 5 - 20);
            }

            @Override
            String outcome(byte[] bytes) throws MalformedUpdateException {
                return KNOWN_OF_MANY_WRITERS.outcome(bytes);
            }
        },
        KNOWN_OF_AS_MUCH_AS_MAY_BE("524288 clients, 4194304 deletes") {
            @Override
            byte[] bytes() {
                return known(ByteReader.MOST_CLIENTS, ByteReader.MOST_PARTS);
            }

            @Override
            String outcome(byte[] bytes) throws MalformedUpdateException {
                return KNOWN_OF_MANY_WRITERS.outcome(bytes);
            }
        };

        /** Client ids of which each takes four bytes. */
        private static final int FIRST = 1 << 21;

        final String outcome;

        Garbage(String outcome) {
            this.outcome = outcome;
        }

        abstract byte[] bytes();

        String outcome(byte[] bytes) throws MalformedUpdateException {
            return switch (Gate.check(Knowledge.NOTHING, bytes, Set.of())) {
                case Verdict.Accepted(byte[] accepted) -> {
                    Knowledge.of(List.of(accepted)).digest();
                    yield "Accepted, " + accepted.length + " bytes";
                }
                case Verdict.Partly part -> "Partly";
                case Verdict.NothingNew nothing -> "NothingNew";
                case Verdict.Refused(String why) -> throw new MalformedUpdateException(why);
            };
        }

        private static void gc(ByteWriter out) {
            out.uint8(StructReader.GC);
            out.varUint(1);
        }

        private static void deletedWrite(ByteWriter out) {
            out.uint8(StructReader.HAS_ORIGIN | StructReader.DELETED);
            out.varUint(0);
            out.varUint(0);
            out.varUint(1);
        }

        private static void range(ByteWriter out, long start) {
            out.varUint(start);
            out.varUint(1);
        }

        private static byte[] writes(int count, ObjIntConsumer<ByteWriter> write) {
            ByteWriter out = new ByteWriter(Update.LONGEST);
            out.varUint(1);
            out.varUint(count);
            out.varUint(0);
            out.varUint(0);
            for (int i = 0; i < count; i++) {
                write.accept(out, i);
            }
            out.varUint(0);
            return out.toByteArray();
        }

        private static byte[] writers(int count) {
            ByteWriter out = new ByteWriter(Update.LONGEST);
            out.varUint(count);
            for (int i = 0; i < count; i++) {
                out.varUint(1);
                out.varUint(FIRST + i);
                out.varUint(0);
                gc(out);
            }
            out.varUint(0);
            return out.toByteArray();
        }

        private static byte[] deletes(int count, ObjIntConsumer<ByteWriter> range) {
            ByteWriter out = new ByteWriter(Update.LONGEST);
            out.varUint(1);
            out.varUint(1);
            out.varUint(0);
            out.varUint(0);
            out.uint8(StructReader.GC);
            out.varUint(1L << 30);
            out.varUint(1);
            out.varUint(0);
            out.varUint(count);
            for (int i = 0; i < count; i++) {
                range.accept(out, i);
            }
            return out.toByteArray();
        }

        private static byte[] known(int clients, int deletes) {
            ByteWriter out = vector(clients);
            out.varUint(1);
            out.varUint(1);
            out.varUint(deletes);
            for (int i = 0; i < deletes; i++) {
                range(out, 2L * i);
            }
            return out.toByteArray();
        }

        private static byte[] question(int clients) {
            return vector(clients).toByteArray();
        }

        private static ByteWriter vector(int clients) {
            ByteWriter out = new ByteWriter(Update.LONGEST);
            out.varUint(clients);
            for (int i = 0; i < clients; i++) {
                out.varUint(FIRST + i);
                out.varUint(1);
            }
            return out;
        }
    }

    /** The process: says what came of the garbage that is named. */
    public static void main(String[] names) {
        Garbage garbage = Garbage.valueOf(names[0]);
        byte[] bytes = garbage.bytes();
        try {
            System.out.print(garbage.outcome(bytes));
        } catch (MalformedUpdateException e) {
            System.out.print("Refused: " + e.getMessage().replaceFirst("malformed at byte .*?: ", ""));
        }
    }

    @ParameterizedTest
    @EnumSource
    void isReadOrRefusedWithLittleMemory(Garbage garbage) throws Exception {
        assertEquals(garbage.outcome, Lab.inLittleMemory("400m", GarbageTest.class, garbage.name()));
    }
}
