// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vaultsync.RoomId;
import org.vaultsync.core.room.Jsons;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

/**
 * Editors that were opened long ago, hosts that are slow to store, an editor that never takes in what others did, and
 * restarts in between: nothing that was added is lost or doubled. It fails when an edit is compared with the present state
 * of the document, and not with the revision that it was made from.
 */
class StaleEditorTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SEEDS = Boolean.getBoolean("soak") ? 200 : 4;
    private static final int STEPS = 60;

    @TempDir
    private Path folder;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, SEEDS);
    }

    /** One open editor: what it shows, and what that was made from. */
    private static final class Editor {
        final MemoryVault vault;
        final boolean neverMerges;
        ObjectNode shown;
        Revision startedFrom;

        Editor(MemoryVault vault, boolean neverMerges) throws Exception {
            this.vault = vault;
            this.neverMerges = neverMerges;
            open();
        }

        void open() throws Exception {
            Stored stored = vault.get("u1").orElseThrow();
            shown = (ObjectNode) JSON.readTree(stored.item().content());
            startedFrom = stored.revision();
        }

        void add(String token, Random random) {
            ArrayNode log = (ArrayNode) shown.get("log");
            log.insert(random.nextInt(log.size() + 1), token);
            shown.put("field" + random.nextInt(4), token);
            startedFrom = vault.save(new Item("u1", "note", "Note", shown.toString()), startedFrom);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nothingThatWasAddedIsLostOrDoubled(long seed) throws Exception {
        check(folder, seed);
    }

    /** The check alone, for a process in which {@link StaleEditorMutationTest} has broken core; says what it found. */
    public static void main(String[] arguments) throws Exception {
        for (int seed = 1; seed <= 4; seed++) {
            try {
                check(Path.of(arguments[0], "seed" + seed), seed);
                System.out.println("passed: seed " + seed);
            } catch (AssertionError found) {
                System.out.println("found: " + found.getMessage());
            }
        }
        System.exit(0);
    }

    private static void check(Path folder, long seed) throws Exception {
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        MemoryVault hers = slow(new MemoryVault(), seed);
        MemoryVault his = slow(new MemoryVault(), -seed);
        TestDevice anna = new TestDevice(folder.resolve("anna"), "Anna", hers);
        TestDevice ben = new TestDevice(folder.resolve("ben"), "Ben", his);
        List<String> tokens = new ArrayList<>();
        try {
            RoomId room = anna.createRoom("Friday group");
            ben.join(anna.invite(room));
            anna.create("u1", "{\"log\":[],\"title\":\"x\"}");
            anna.share(room, "u1");
            TestDevice.until("arrived", () -> his.get("u1").isPresent());
            List<Editor> editors = List.of(
                    new Editor(hers, false), new Editor(hers, true), new Editor(his, false), new Editor(his, true));
            for (int step = 0; step < STEPS; step++) {
                Editor editor = editors.get(random.nextInt(editors.size()));
                int what = random.nextInt(20);
                if (what == 0) {
                    boolean annas = random.nextBoolean();
                    (annas ? anna : ben).close();
                    if (annas) {
                        anna = new TestDevice(folder.resolve("anna"), "Anna", hers);
                    } else {
                        ben = new TestDevice(folder.resolve("ben"), "Ben", his);
                    }
                } else if (what < 6 && !editor.neverMerges) {
                    editor.open();
                } else {
                    String token = "t" + step;
                    tokens.add(token);
                    editor.add(token, random);
                }
                LockSupport.parkNanos(random.nextInt(8_000_000));
            }
            TestDevice.until(
                    () -> "equal: " + hers.content("u1") + " and " + his.content("u1"),
                    () -> has(hers, tokens) && has(his, tokens) && Jsons.same(hers.content("u1"), his.content("u1")));
            List<String> log = new ArrayList<>();
            JSON.readTree(hers.content("u1")).get("log").forEach(token -> log.add(token.asText()));
            log.sort(null);
            tokens.sort(null);
            assertEquals(tokens, log);
        } finally {
            anna.close();
            ben.close();
        }
    }

    private static boolean has(MemoryVault vault, List<String> tokens) {
        String content = vault.content("u1");
        return tokens.stream().allMatch(token -> content.contains("\"" + token + "\""));
    }

    private static MemoryVault slow(MemoryVault vault, long seed) {
        Random random = new Random(seed);
        vault.beforePut(() -> LockSupport.parkNanos(random.nextInt(15_000_000)));
        return vault;
    }
}
