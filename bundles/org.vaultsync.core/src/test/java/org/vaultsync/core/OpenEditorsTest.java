// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.vaultsync.TextEdit;
import org.vaultsync.crdt.Applied;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;

/**
 * Two or three people have one text open in their editors: they type, save, and take in what others saved, at any time and
 * in any order. A save is an edit of the revision that the editor holds by then, as core makes it; what others did comes
 * into the open editor by {@link TextEdit#pull}.
 */
class OpenEditorsTest {
    private static final int RUNS = Integer.getInteger("runs", Boolean.getBoolean("soak") ? 1_000 : 25);
    private static final int STEPS = 40;

    /** A device with an open editor. */
    private static final class Desk {
        final Replica replica;
        final Deque<byte[]> toTake = new ArrayDeque<>(); // on their way
        byte[] revision; // the state that the editor started from
        String base; // its text then
        String shown; // with what is typed and was not saved

        Desk(Replica replica) throws Exception {
            this.replica = replica;
            revision = replica.state();
            base = text(replica);
            shown = base;
        }

        void pull() throws Exception {
            String theirs = text(replica);
            shown = TextEdit.all(TextEdit.pull(base, shown, theirs), shown);
            base = theirs;
            revision = replica.state();
        }
    }

    private final List<Desk> desks = new ArrayList<>();
    private final Set<String> typed = new HashSet<>();
    private final Set<String> removed = new HashSet<>();
    private ReplicaEngine engine;
    private int words;

    @Test
    void nothingDivergesAndNoWordIsLost() throws Exception {
        long first = Long.getLong("first", 1);
        for (long seed = first; seed < first + RUNS; seed++) {
            try (ReplicaEngine opened = TestDevice.REPLICAS.openEngine(type -> Set.of("/notes"))) {
                engine = opened;
                run(seed);
            }
        }
        System.out.println(
                "open editors: " + RUNS + " runs of " + STEPS + " steps, " + words + " words typed in the last");
    }

    private void run(long seed) throws Exception {
        Random random = new Random(seed);
        words = 0;
        typed.clear();
        removed.clear();
        desks.clear();
        Replica founder = open(1);
        byte[] founding = founder.edit("{}", document("begun in a text of some words "));
        desks.add(new Desk(founder));
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            Replica replica = open(desks.size() + 1);
            replica.apply(founding);
            desks.add(new Desk(replica));
        }
        for (int step = 0; step < STEPS; step++) {
            Desk desk = desks.get(random.nextInt(desks.size()));
            switch (random.nextInt(6)) {
                case 0, 1, 2 -> type(desk, random);
                case 3 -> save(desk);
                case 4 -> receive(desk);
                default -> desk.pull();
            }
        }
        for (Desk desk : desks) {
            save(desk);
        }
        while (desks.stream().anyMatch(desk -> !desk.toTake.isEmpty())) {
            for (Desk desk : desks) {
                receive(desk);
            }
        }
        String end = text(founder);
        for (Desk desk : desks) {
            desk.pull();
            assertEquals(end, text(desk.replica), "seed " + seed);
            assertEquals(end, desk.shown, "seed " + seed + ": an editor");
            desk.replica.close();
        }
        for (String word : typed) {
            assertTrue(
                    end.contains(word) || removed.stream().anyMatch(gone -> gone.contains(word)),
                    "seed " + seed + ": " + word + " is not in " + end);
        }
    }

    private Replica open(long client) throws Exception {
        return engine.open(DocumentKind.ITEM, client, List.of());
    }

    private void type(Desk desk, Random random) {
        List<String> text = new ArrayList<>(Arrays.asList(desk.shown.split(" ")));
        int at = random.nextInt(text.size() + 1);
        if (random.nextInt(4) > 0 || at == text.size()) {
            String word = String.valueOf((char) (0x4e00 + ++words)); // of letters that no other word has
            typed.add(word);
            text.add(at, word);
        } else {
            removed.add(text.remove(at));
        }
        desk.shown = String.join(" ", text) + " ";
    }

    private void save(Desk desk) throws Exception {
        byte[] update;
        try (Replica fork =
                engine.open(DocumentKind.ITEM, TestDevice.REPLICAS.freshClientId(), List.of(desk.revision))) {
            update = fork.edit(document(desk.base), document(desk.shown));
            desk.revision = fork.state();
        }
        desk.base = desk.shown;
        if (update.length > 0) {
            send(desk, desk.replica.apply(update), update);
        }
    }

    private void receive(Desk desk) throws Exception {
        byte[] update = desk.toTake.poll();
        if (update != null) {
            send(desk, desk.replica.apply(update), new byte[0]);
        }
    }

    private void send(Desk from, Applied applied, byte[] update) {
        for (Desk desk : desks) {
            for (byte[] bytes : List.of(update, applied.impliedDeletes())) {
                if (desk != from && bytes.length > 0) {
                    desk.toTake.add(bytes);
                }
            }
        }
    }

    private static String document(String text) {
        return "{\"content\":{\"notes\":\"" + text + "\"},\"meta\":{\"type\":\"note\"}}";
    }

    /** All that is typed needs no escapes. */
    private static String text(Replica replica) throws Exception {
        String quoted = replica.json("/content/notes").orElseThrow();
        return quoted.substring(1, quoted.length() - 1);
    }
}
