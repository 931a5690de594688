// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The same script on Node makes the same bytes, from the same seeds. */
class NodeTest {
    private static final int SEEDS = Lab.SOAK ? 200 : 8;
    private static final int STEPS = Lab.SOAK ? 300 : 60;

    @Test
    void historiesAreTheSameOnNode() throws Exception {
        List<String> calls = new ArrayList<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            calls.add("[\"history\"," + seed + ",3," + STEPS + "," + (seed % 2 == 0) + "]");
        }
        List<String> onNode = onNode(calls);
        assertEquals(SEEDS, onNode.size());
        try (Guest here = Lab.guest()) {
            for (int seed = 0; seed < SEEDS; seed++) {
                Object[] results = here.call("history", seed, 3, STEPS, seed % 2 == 0);
                assertEquals(
                        onNode.get(seed), Stream.of(results).map(NodeTest::text).collect(Collectors.joining(" ")));
            }
        }
    }

    private static String text(Object value) {
        return value instanceof byte[] bytes
                ? HexFormat.of().formatHex(bytes)
                : Integer.toString(((Double) value).intValue());
    }

    private static List<String> onNode(List<String> calls) throws Exception {
        List<String> command = new ArrayList<>(List.of("node", "src/test/js/node.mjs", "target/lab.js"));
        command.addAll(calls);
        try {
            Process node = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String output = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, node.waitFor());
            return output.lines().toList();
        } catch (IOException e) {
            Assumptions.abort("there is no node here: " + e.getMessage());
            throw e;
        }
    }
}
