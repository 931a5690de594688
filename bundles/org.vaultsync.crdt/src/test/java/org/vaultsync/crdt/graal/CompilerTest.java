// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;

/** Which runtime Yjs gets, and that there always is one: a JVM of its own for each way in which a host may be started. */
class CompilerTest {
    private static final Path COMPILER = Path.of("target/graal-compiler");
    private static final List<String> JVMCI = List.of("-XX:+UnlockExperimentalVMOptions", "-XX:+EnableJVMCI");

    /** Runs in the other JVM: two edits, of which the second needs Yjs. */
    public static void main(String[] arguments) throws Exception {
        try (ReplicaEngine engine =
                        GraalReplicaFactory.from(Path.of(arguments[0])).openEngine();
                Replica replica = engine.open(DocumentKind.ITEM, 1, List.of())) {
            replica.edit("{}", "{\"content\":{\"a\":1}}");
            replica.edit("{\"content\":{\"a\":1}}", "{\"content\":{\"a\":[2]}}");
            System.out.println(replica.json("/content").orElseThrow());
        }
        System.exit(0);
    }

    @Test
    void withoutOptionsItRunsInterpreted() throws Exception {
        assertRuns("interpreted", List.of());
    }

    @Test
    void withTheCompilerItRunsCompiled() throws Exception {
        assertTrue(Files.exists(COMPILER.resolve("compiler.jar")), "the build has put the compiler into " + COMPILER);
        need(with(COMPILER));
        assertRuns("compiled", with(COMPILER));
    }

    @Test
    void whereTheCompilerIsMissingItRunsInterpreted(@TempDir Path nothing) throws Exception {
        need(JVMCI);
        assertRuns("interpreted", JVMCI);
        assertRuns("interpreted", with(nothing));
        assertRuns("interpreted", with(nothing.resolve("nowhere")));
    }

    /** Not every JVM has JVMCI, but one in CI that is new enough for the compiler is to have it. */
    private static void need(List<String> options) throws Exception {
        assumeTrue(Runtime.version().feature() >= 25, "the compiler needs Java 25");
        boolean starts = starts(options);
        assumeTrue(starts || System.getenv("CI") != null, () -> "this JVM does not start with " + options);
        assertTrue(starts, () -> "this JVM does not start with " + options);
    }

    private static List<String> with(Path compiler) {
        List<String> options = new ArrayList<>(JVMCI);
        options.add("--upgrade-module-path=" + compiler.toAbsolutePath().normalize());
        return options;
    }

    private static boolean starts(List<String> options) throws Exception {
        List<String> command = command(options);
        command.add("-version");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        return process.waitFor() == 0;
    }

    private static void assertRuns(String how, List<String> options) throws Exception {
        List<String> command = command(options);
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                CompilerTest.class.getName(),
                Lab.LIB.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), said);
        assertTrue(said.contains("{\"a\":[2]}"), said);
        assertEquals(
                List.of("graaljs: Yjs runs " + how),
                said.lines()
                        .filter(line -> line.contains("graaljs:"))
                        .map(line -> line.substring(line.indexOf("graaljs:")))
                        .toList(),
                said);
    }

    private static List<String> command(List<String> options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        return command;
    }
}
