// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.core.room.Jsons;

/**
 * The one rule that keeps edits from being lost is that an edit is compared with the revision that its editor started
 * from. Here it is broken in a copy of the source, and {@link StaleEditorTest} has to find that out.
 */
class StaleEditorMutationTest {
    private static final Path SOURCE = Path.of("src/main/java/org/vaultsync/core/room/Mapping.java");
    private static final String THE_RULE = "editFrom(document, stored, base.get(), json);";
    private static final String BROKEN =
            "editFrom(document, stored, new RevisionRow(base.get().name(), present(document), documents.state(document)), json);";
    private static final Pattern NOT_IN_TIME = Pattern.compile("found: not within .*: equal: (\\{.*}) and (\\{.*})");
    private static final Pattern DOUBLED = Pattern.compile("found: expected: .* but was: .*");

    @TempDir
    private Path folder;

    @Test
    void theCheckFailsWhenEditsAreComparedWithThePresentState() throws Exception {
        String cleanly = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        String source = Files.readString(SOURCE);
        assertEquals(2, source.split(Pattern.quote(THE_RULE), -1).length, "the place of the rule is not where it was");
        Path mutant = folder.resolve("Mapping.java");
        Files.writeString(mutant, source.replace(THE_RULE, BROKEN));
        Path classes = Files.createDirectory(folder.resolve("classes"));
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-nowarn", "-cp", cleanly, "-d", classes.toString(), mutant + "");
        assertEquals(0, compiled);
        Process check = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        // What is lost does not come any more.
                        "-Dpatience=10",
                        "-cp",
                        classes + File.pathSeparator + cleanly,
                        StaleEditorTest.class.getName(),
                        folder.toString())
                .redirectError(folder.resolve("errors").toFile())
                .start();
        List<String> found = new ArrayList<>();
        try {
            assertTrue(
                    check.inputReader().lines().peek(found::add).anyMatch(StaleEditorMutationTest::isLoss),
                    found::toString);
        } finally {
            check.destroyForcibly().waitFor();
        }
    }

    /** Both ended with the same, which lacks something or has it twice; to be slow is not enough. */
    private static boolean isLoss(String line) {
        Matcher notInTime = NOT_IN_TIME.matcher(line);
        return DOUBLED.matcher(line).find()
                || notInTime.matches()
                        && Optional.of(notInTime)
                                .filter(both -> Jsons.same(both.group(1), both.group(2)))
                                .isPresent();
    }
}
