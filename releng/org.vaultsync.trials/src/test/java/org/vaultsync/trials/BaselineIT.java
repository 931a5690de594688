// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import aQute.bnd.differ.Baseline;
import aQute.bnd.differ.DiffPluginImpl;
import aQute.bnd.osgi.Analyzer;
import aQute.bnd.osgi.Instructions;
import aQute.bnd.osgi.Jar;
import aQute.bnd.osgi.Processor;
import aQute.bnd.service.diff.Delta;
import aQute.bnd.service.diff.Diff;
import aQute.bnd.service.diff.Type;
import aQute.bnd.version.Version;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.annotation.versioning.ProviderType;

/** What hosts and transports are compiled against is as in the last release, or the packages' versions say how it is not. */
class BaselineIT {
    private static final String API = "org.vaultsync.api";
    private static final String UI_API = "org.vaultsync.ui.api";

    /** The last release: its sources, as they lie in the project, and their classes in {@code classes}. */
    @TempDir
    static Path release;

    private static Built built;

    @BeforeAll
    static void compileTheLastRelease() throws Exception {
        Path root = Path.of(System.getProperty("root"));
        built = Built.in(root);
        String tag = run("git", "-C", root.toString(), "describe", "--tags", "--abbrev=0", "--match=v[0-9]*");
        assumeFalse(tag.isEmpty(), "there is no tag of a release here; a shallow clone has none: git fetch --tags");
        String sources = release.resolve("sources.tar").toString();
        run(
                "git",
                "-C",
                root.toString(),
                "archive",
                "-o",
                sources,
                tag,
                "bundles/bundle.bnd",
                folder(API),
                folder(UI_API));
        run("tar", "-xf", sources, "-C", release.toString());
        compile(API, annotations());
        compile(UI_API, classes(API) + ":" + annotations() + ":" + ofHangar());
    }

    @Test
    void thePackagesOfTheApiHaveHonestVersions() throws Exception {
        try (Jar then = new Jar(classes(API).toFile());
                Analyzer exports = new Analyzer(then)) {
            exports.setProperties(
                    release.resolve(folder(API)).resolve("pde.bnd").toFile());
            then.setManifest(exports.calcManifest());
            assertEquals(List.of(), dishonest(then, API));
        }
    }

    @Test
    void thePackagesOfTheUiApiHaveHonestVersions() throws Exception {
        try (Jar then = new Jar(classes(UI_API).toFile())) {
            then.setManifest(release.resolve(folder(UI_API))
                    .resolve("META-INF/MANIFEST.MF")
                    .toFile());
            assertEquals(List.of(), dishonest(then, UI_API));
        }
    }

    /** The packages that have changed more than their versions say, a sentence each. */
    private static List<String> dishonest(Jar then, String bundle) throws Exception {
        List<String> dishonest = new ArrayList<>();
        try (Jar now = new Jar(onTheSite(bundle).toFile());
                Processor processor = new Processor()) {
            var packages = new Baseline(processor, new DiffPluginImpl()).baseline(now, then, new Instructions());
            assertFalse(packages.isEmpty(), "nothing is exported");
            for (Baseline.Info each : packages) {
                if (each.packageDiff.getDelta() == Delta.REMOVED) {
                    dishonest.add(
                            "The package %s of version %s is gone.".formatted(each.packageName, each.olderVersion));
                } else if (each.newerVersion.compareTo(needed(each)) < 0) {
                    // Not each.mismatch: bnd lets a version that begins with 0 be anything, and importers end at 1.
                    dishonest.add("The package %s has version %s, and what has changed since %s makes it %s: %s"
                            .formatted(
                                    each.packageName, each.newerVersion, each.olderVersion, needed(each), each.reason));
                }
            }
        }
        return dishonest;
    }

    private static Version needed(Baseline.Info of) {
        return of.packageDiff.getChildren().stream().anyMatch(BaselineIT::asksImplementersForMore)
                ? new Version(of.olderVersion.getMajor() + 1, 0, 0)
                : of.suggestedVersion;
    }

    /** Of this bnd sees only what it reads before the first default method of an interface. */
    private static boolean asksImplementersForMore(Diff type) {
        return type.getType() == Type.INTERFACE
                && type.getDelta() != Delta.ADDED
                && type.get(ProviderType.class.getName()) == null
                && type.getChildren().stream()
                        .anyMatch(member -> member.getType() == Type.METHOD
                                && member.getDelta() == Delta.ADDED
                                && member.get("abstract") != null);
    }

    private static Path onTheSite(String bundle) throws IOException {
        try (DirectoryStream<Path> jars =
                Files.newDirectoryStream(built.site().resolve("plugins"), bundle + "_*.jar")) {
            return jars.iterator().next();
        }
    }

    private static void compile(String bundle, String classPath) throws IOException {
        List<String> arguments = new ArrayList<>(
                List.of("--release", "21", "-proc:none", "-d", classes(bundle).toString(), "-cp", classPath));
        try (Stream<Path> files = Files.walk(release.resolve(folder(bundle)).resolve("src/main/java"))) {
            files.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(arguments::add);
        }
        int status = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(System.out, System.err, arguments.toArray(String[]::new));
        assertEquals(0, status, "javac");
    }

    private static String folder(String bundle) {
        return "bundles/" + bundle;
    }

    private static Path classes(String bundle) {
        return release.resolve("classes").resolve(bundle);
    }

    private static String ofHangar() throws IOException {
        try (Stream<Path> jars = Files.list(built.hangar().resolve("plugins"))) {
            return jars.map(Path::toString).collect(Collectors.joining(":"));
        }
    }

    private static String annotations() throws Exception {
        return Path.of(ProviderType.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString();
    }

    /** What a command says, and nothing if it fails. */
    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said = new String(process.getInputStream().readAllBytes()).strip();
        return process.waitFor() == 0 ? said : "";
    }
}
