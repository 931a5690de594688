// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.core.Simulation.Outcome;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.graal.GraalReplicaFactory;

/**
 * Devices in a world of their own, where everything that can happen happens, in an order that a seed decides:
 * {@code -Dseed=N} runs one again, {@code -Druns=N} so many, the soak thousands.
 */
class SimulationTest {
    private static final boolean SOAK = Boolean.getBoolean("soak");
    private static final int RUNS = Integer.getInteger("runs", SOAK ? 3000 : 5);

    private static final long FIRST = Long.getLong("first", 1);

    private static final Logger LOG = Logger.getLogger("org.vaultsync");
    private static Level level;

    @BeforeAll
    static void quietly() {
        level = LOG.getLevel();
        LOG.setLevel(Boolean.getBoolean("loud") ? Level.ALL : Level.OFF);
    }

    @AfterAll
    static void asBefore() {
        LOG.setLevel(level);
    }

    @Test
    void nothingIsLostAndTheStatusIsTrue() throws IOException {
        Long one = Long.getLong("seed");
        long first = one != null ? one : FIRST;
        long last = one != null ? one : first + RUNS - 1;
        List<String> failed = new ArrayList<>();
        long devices = 0;
        long words = 0;
        long events = 0;
        long frames = 0;
        Duration lasted = Duration.ZERO;
        long start = System.nanoTime();
        ReplicaEngine engine = TestDevice.REPLICAS.openEngine();
        for (long seed = first; seed <= last; seed++) {
            try {
                Outcome outcome = run(seed, engine);
                devices += outcome.devices();
                words += outcome.words();
                events += outcome.events();
                frames += outcome.frames();
                lasted = lasted.plus(outcome.lasted());
            } catch (AssertionError lost) {
                if (failed.isEmpty()) {
                    System.out.println(lost.getMessage());
                    if (one != null) {
                        lost.printStackTrace(System.out);
                    }
                }
                failed.add(lost.getMessage().lines().findFirst().orElse(""));
                System.out.println("simulation: failed: " + failed.getLast());
            }
            if (seed % 200 == 0) {
                engine.close();
                engine = TestDevice.REPLICAS.openEngine();
                System.out.printf("simulation: seed %d, %d failed%n", seed, failed.size());
            }
        }
        engine.close();
        System.out.printf(
                "simulation: %d runs, %d devices, %d values written, %d events, %d frames, %d hours of their time in"
                        + " %d s of ours; %d failed%n",
                last - first + 1,
                devices,
                words,
                events,
                frames,
                lasted.toHours(),
                (System.nanoTime() - start) / 1_000_000_000,
                failed.size());
        if (!failed.isEmpty()) {
            fail(failed.size() + " failed; run one again with -Dseed=N:\n" + String.join("\n", failed));
        }
    }

    @Test
    void aSeedGivesTheSameRunAgain() throws IOException {
        ReplicaEngine engine = TestDevice.REPLICAS.openEngine();
        for (long seed : new long[] {3, 6}) {
            assertEquals(run(seed, engine), run(seed, engine));
        }
        engine.close();
    }

    @Test
    void withoutJavaScriptNoRunPasses(@TempDir Path noJavaScript) {
        ReplicaEngine engine = GraalReplicaFactory.from(noJavaScript).openEngine();
        AssertionError said = assertThrows(AssertionError.class, () -> run(1, engine));
        assertTrue(said.getMessage().contains("cannot be shared"), said.getMessage());
    }

    private static Outcome run(long seed, ReplicaEngine engine) throws IOException {
        Path memory = Path.of("/dev/shm");
        Path folder = Files.isWritable(memory)
                ? Files.createTempDirectory(memory, "vaultsync-simulation")
                : Files.createTempDirectory("vaultsync-simulation");
        try {
            return new Simulation(seed, folder, engine).run();
        } catch (Exception e) {
            throw new AssertionError("seed " + seed + ": " + e, e);
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
