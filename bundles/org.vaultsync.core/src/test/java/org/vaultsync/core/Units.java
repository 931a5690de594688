// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPInputStream;

/** Contents to test with: real ones where they lie beside the project, and made ones of the same kind. */
final class Units {
    private static final Optional<Path> NAMED =
            Optional.ofNullable(System.getenv("VAULTSYNC_UNITS")).map(Path::of);
    private static final Path REAL = NAMED.orElse(Path.of("../../../shared/data/units.ndjson.gz"));

    private Units() {}

    /** Whoever names a file of them means that one. */
    static boolean realAreHere() {
        boolean here = Files.isReadable(REAL);
        assertTrue(here || NAMED.isEmpty(), () -> "VAULTSYNC_UNITS names " + REAL + ", which cannot be read");
        return here;
    }

    static List<String> real() throws IOException {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(REAL)), StandardCharsets.UTF_8))) {
            return lines.lines().filter(line -> !line.isBlank()).toList();
        }
    }

    /** Nested objects, lists with repeated and null elements, long texts, letters of many scripts. */
    static List<String> made(int count, long seed) {
        Random random = new Random(seed);
        List<String> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            StringBuilder slots = new StringBuilder();
            for (int slot = 0; slot < 12; slot++) {
                slots.append(slot == 0 ? "" : ",").append(random.nextInt(3) == 0 ? "null" : "\"Laser\"");
            }
            made.add("{\"name\":\"Übung „" + i + "“ 机\",\"tonnage\":" + (20 + 5 * random.nextInt(17)) + ",\"bv\":"
                    + random.nextDouble() * 2000 + ",\"armor\":{\"type\":\"STANDARD\",\"front\":{\"LA\":"
                    + random.nextInt(40) + ",\"RA\":" + random.nextInt(40) + "}},\"slots\":[" + slots
                    + "],\"equipment\":[{\"id\":\"laser\",\"at\":\"LA\"},{\"id\":\"laser\",\"at\":\"LA\"}],\"notes\":\""
                    + "Line of a long text.\\n".repeat(random.nextInt(20)) + "\"}");
        }
        return made;
    }
}
