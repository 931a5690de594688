// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * {@code dev} on a machine that lacks what it needs. What the machine has is hidden from it in namespaces of its own: Linux
 * only; where the machine does not allow it, the tests are skipped, and fail in CI.
 */
@EnabledOnOs(OS.LINUX)
class DevTest {
    private static final List<List<String>> WAYS_IN = List.of(List.of("unshare", "-mn"), List.of("unshare", "-rmn"));
    private static final Path DEV = Tree.ROOT.resolve("dev");
    private static final String OLD_JDK = "#!/bin/sh\necho javac 17.0.1 >&2\n";

    @TempDir(factory = BesideTheBuild.class)
    private Path folder;

    private Path checkout;
    private Path home;

    @BeforeEach
    void aCheckoutAndAHome() throws IOException {
        checkout = Files.createDirectories(folder.resolve("checkout"));
        home = Files.createDirectories(folder.resolve("home"));
        Files.copy(DEV, checkout.resolve("dev"));
    }

    @Test
    void aloneItSaysWhatItCanDo() throws Exception {
        Said said = said(List.of(checkout.resolve("dev").toString()));
        assertEquals(0, said.status());
        for (String command : List.of("./dev demo", "./dev test", "./dev test --quick", "./dev build")) {
            assertTrue(said.text().contains(command), said.text());
        }
    }

    @Test
    void withoutANewJdkItSaysSo() throws Exception {
        Path old = Files.createDirectories(folder.resolve("jdk-17/bin"));
        Files.writeString(old.resolve("javac"), OLD_JDK);
        Files.setPosixFilePermissions(old.resolve("javac"), PosixFilePermissions.fromString("rwxr-xr-x"));
        assertEquals(
                "No JDK 21 or newer found. Install one (for example Temurin 25), or name it in JAVA_HOME.",
                refusal("[ ! -d /usr/lib/jvm ] || mount -t tmpfs tmpfs /usr/lib/jvm; unset JAVA_HOME; PATH=" + old
                        + ":$PATH"));
    }

    @Test
    void withoutRoomOnTheDiskItSaysSo() throws Exception {
        assertEquals(
                "A build needs 6 GB of free disk space; " + checkout + " has 0 GB.",
                refusal("mount -t tmpfs -o size=1m tmpfs " + checkout + "; cp " + DEV + " " + checkout));
    }

    @Test
    void withoutANetworkItSaysThatMavenIsNotThere() throws Exception {
        if (said(List.of("sh", "-c", "command -v mvn")).status() != 0) {
            skip("this machine has no Maven of its own");
        }
        String cache = home + "/cache";
        assertEquals(
                "Getting Maven 3.9.16 ...\n\nCould not get Maven 3.9.16: is there a network? Details: " + cache
                        + "/vault-sync/maven.log",
                refusal("export XDG_CACHE_HOME=" + cache));
    }

    @Test
    void withoutANetworkItSaysThatTheRestIsNotThere() throws Exception {
        String cache = Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .orElseGet(() -> System.getProperty("user.home") + "/.cache");
        if (!Files.isDirectory(Path.of(cache, "vault-sync", "apache-maven-3.9.16"))) {
            skip("dev was never run on this machine");
        }
        Files.createDirectories(checkout.resolve(".mvn"));
        for (String file : List.of("pom.xml", ".mvn/extensions.xml", ".mvn/maven.config")) {
            Files.copy(Tree.ROOT.resolve(file), checkout.resolve(file));
        }
        // Before it are the words of Maven.
        assertEquals(
                "Something could not be fetched: is there a network? Details: target/dev.log",
                refusal("export XDG_CACHE_HOME=" + cache).lines().toList().getLast());
    }

    /** What dev says where it cannot build, in namespaces that were changed, without a network, and with an empty home. */
    private String refusal(String change) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(wayIn());
        command.addAll(List.of("sh", "-ec", change + "\nexec " + checkout + "/dev format"));
        Said said = said(command);
        assertEquals(1, said.status(), said.text());
        return said.text().strip();
    }

    private List<String> wayIn() throws IOException, InterruptedException {
        for (List<String> way : WAYS_IN) {
            List<String> trial = new ArrayList<>(way);
            trial.addAll(List.of("mount", "-t", "tmpfs", "tmpfs", home.toString()));
            if (said(trial).status() == 0) {
                return way;
            }
        }
        skip("this machine does not let tests mount a disk in a namespace of their own");
        throw new IllegalStateException();
    }

    private static void skip(String why) {
        if (System.getenv("CI") != null) {
            fail(why);
        }
        Assumptions.abort(why);
    }

    private record Said(int status, String text) {}

    private Said said(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("HOME", home.toString());
        builder.environment().put("MAVEN_OPTS", "-Duser.home=" + home);
        Process process = builder.start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(process.waitFor(), text);
    }

    /** On the disk of the checkout, which has the room that a build takes. */
    static final class BesideTheBuild implements TempDirFactory {
        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext extension)
                throws IOException {
            return Files.createTempDirectory(Path.of("target").toAbsolutePath(), "dev-test");
        }
    }
}
