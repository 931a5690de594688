// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code dev} on a machine that lacks what it needs. What the machine has is hidden from it in namespaces of its own: Linux
 * only; where the machine does not allow it, the tests are skipped, and fail in CI.
 */
@EnabledOnOs(OS.LINUX)
class DevTest {
    private static final List<List<String>> WAYS_IN = List.of(List.of("unshare", "-mn"), List.of("unshare", "-rmn"));
    private static final Path DEV = Tree.ROOT.resolve("dev");

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

    /** One that is too old, or that fails, as that of macOS does where there is none. */
    @ParameterizedTest
    @ValueSource(strings = {"echo javac 17.0.1 >&2", "exit 1"})
    void withoutANewJdkItSaysSo(String javac) throws Exception {
        Path old = script("jdk-17/bin/javac", javac).getParent();
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
        assertEquals(
                "Something could not be fetched: is there a network? Details: target/dev.log",
                refusalOfMaven("").lines().toList().getLast());
    }

    @Test
    void whatWasFetchedAndIsGoneIsFetchedAgain() throws Exception {
        String said = refusalOfMaven("cd " + checkout + "; bash -c '. ./dev >/dev/null; need_same_version;"
                + " sources_state >target/fetched-format' || true; ");
        assertTrue(said.contains("Once more, with the network"), said);
        assertFalse(Files.readString(checkout.resolve("target/dev.log")).contains("offline mode"));
    }

    /** The real Maven, with nothing in its cache. */
    private String refusalOfMaven(String change) throws Exception {
        String cache = Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .orElseGet(() -> System.getProperty("user.home") + "/.cache");
        if (!Files.isDirectory(Path.of(cache, "vault-sync", "apache-maven-3.9.16"))) {
            skip("dev was never run on this machine");
        }
        Files.createDirectories(checkout.resolve(".mvn"));
        for (String file : List.of("pom.xml", ".mvn/extensions.xml", ".mvn/maven.config")) {
            Files.copy(Tree.ROOT.resolve(file), checkout.resolve(file));
        }
        return refusal(change + "export XDG_CACHE_HOME=" + cache);
    }

    @Test
    void whereThereAreOtherPackagesItNamesWhatIsMissing() throws Exception {
        Said said = said("mkdir bin; ln -s \"$(command -v sort)\" bin/; PATH=$PWD/bin;"
                + " need_packages npm xvfb coturn chromium npm libgtk-3-0; get_packages");
        assertEquals(1, said.status());
        assertEquals(
                "These are missing, as Debian calls them: chromium coturn npm xvfb",
                said.text().strip());
    }

    @Test
    void noReportOfTestsIsNoSuccess() throws Exception {
        assertNotEquals(0, said("sum_up").status());
    }

    @Test
    void coverageIsOfThisRunAlone() throws Exception {
        Path target = Files.createDirectories(checkout.resolve("bundles/org.vaultsync.api/target"));
        Files.createDirectories(checkout.resolve("releng/org.vaultsync.rules"));
        Path counted = Files.writeString(target.resolve("jacoco.exec"), "");
        Path told = Files.createDirectories(target.resolve("site/jacoco"));
        said("get_packages() { :; }; build() { exit 0; }; run_tests --quick");
        assertFalse(Files.exists(counted), "JaCoCo adds to " + counted);
        assertFalse(Files.exists(told));
    }

    /** Tycho would leave what was compiled against another signature. */
    @Test
    void whereASourceHasChangedAllIsCompiledAnew() throws Exception {
        Path classes = checkout.resolve("bundles/org.vaultsync.api/target/classes");
        Path source = checkout.resolve("bundles/org.vaultsync.api/src/A.java");
        Files.createDirectories(source.getParent());
        Files.createDirectories(checkout.resolve("releng"));
        Files.writeString(source, "");
        for (boolean changed : List.of(true, false, true)) {
            Files.createDirectories(classes);
            if (changed) {
                Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
            }
            assertEquals(new Said(0, ""), said("mkdir -p target; need_fresh_classes"));
            assertEquals(changed, Files.notExists(classes));
            Files.setLastModifiedTime(source, FileTime.fromMillis(0));
        }
    }

    @Test
    void whatItTakesNothingOfIsRefused() throws Exception {
        for (String command : List.of("build", "demo", "clean", "format", "soak build")) {
            Said said = said(List.of("sh", "-c", checkout + "/dev " + command + " more"));
            assertEquals(1, said.status(), command);
            String last = command.substring(command.indexOf(' ') + 1);
            assertEquals(last + " takes nothing more: more", said.text().strip());
        }
    }

    @Test
    void theSignalingServerStandsWhereItWasCalled() throws Exception {
        script(
                "checkout/releng/org.vaultsync.signaling.server/target/vault-sync-signaling/vault-sync-signaling/"
                        + "vault-sync-signaling",
                "pwd; echo $1");
        Said said = said(List.of(
                "bash", "-c", "cd " + home + "; . " + checkout + "/dev >said; build() { :; }; signaling --help"));
        assertEquals(new Said(0, home + "\n--help\n"), said);
    }

    @Test
    void whatFailsLeavesItsLogAndNoFolder() throws Exception {
        Path cache = folder.resolve("cache");
        Said said = said("CACHE=" + cache + "; work_folder release; mkdir $work/target;"
                + " echo Details >$work/target/dev.log; false");
        assertEquals(1, said.status());
        assertEquals("Details\n", Files.readString(checkout.resolve("target/dev.log")));
        try (Stream<Path> left = Files.list(cache)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void atAReleaseTheUpdateIsFromTheOneBefore() throws Exception {
        String commit = "git -c user.name=n -c user.email=e commit -q --allow-empty -m c;";
        Said first = said("git init -q; " + commit + " git tag v0.1.0; soak update");
        assertEquals(0, first.status(), first.text());
        assertTrue(first.text().startsWith("Skipped"), first.text());
        Said unknown = said("soak update v9.9");
        assertEquals(1, unknown.status());
        assertTrue(unknown.text().contains("There is no v9.9 here"), unknown.text());
        Said second = said(
                commit + " git tag v0.2.0; CACHE=" + folder.resolve("cache") + "; build() { exit 7; }; soak update");
        assertEquals(7, second.status());
        assertTrue(second.text().contains("Building the update site of v0.1.0"), second.text());
    }

    @Test
    void anAreaThatIsNoneIsRefusedBeforeAnythingIsBuilt() throws Exception {
        for (String command : List.of("bench", "soak")) {
            Said said = said("build() { say built; }; " + command + " lann");
            assertEquals(1, said.status(), said.text());
            assertTrue(said.text().strip().startsWith("Unknown area: lann. There are: "), said.text());
        }
    }

    private Path script(String path, String does) throws IOException {
        Path script = folder.resolve(path);
        Files.createDirectories(script.getParent());
        Files.writeString(script, "#!/bin/sh\n" + does + "\n");
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** What comes of functions of dev, in the folder of the checkout. */
    private Said said(String functions) throws IOException, InterruptedException {
        return said(List.of("bash", "-c", ". " + checkout + "/dev >/dev/null; " + functions));
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
