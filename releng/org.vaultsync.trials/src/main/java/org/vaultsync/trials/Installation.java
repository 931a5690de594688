// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.vaultsync.robot.driver.Folders;
import org.vaultsync.robot.driver.HostDriver;

/** A host, most often Hangar, as a user has it: a folder of its own, into which p2 installs from the update site. */
final class Installation {
    static final String WEBRTC = "org.vaultsync.webrtc.feature.feature.group";

    static final String COMPARE = "org.vaultsync.compare.feature.feature.group";

    private static final String SYNC = "org.vaultsync.feature.feature.group";

    private final Path folder;
    private final Built built;

    private Installation(Path folder, Built built) {
        this.folder = folder;
        this.built = built;
    }

    /** Copies the product as it was built. */
    static Installation copy(Built built, Path folder) throws IOException {
        copy(built.hangar(), folder);
        return new Installation(folder, built);
    }

    /**
     * Copies the product with sync and more features in it. What p2 makes of one build is always the same, so it installs once
     * and the tests of it share that; {@code InstallIT} and others look at the installing itself.
     */
    static Installation withSync(Built built, Path folder, String... features) throws IOException {
        String build = "%x-%x"
                .formatted(
                        changed(built.hangar().resolve("artifacts.xml")),
                        changed(built.site().resolve("artifacts.jar")));
        Path kept = Path.of("target", "installed", String.join("+", features) + "-" + build)
                .toAbsolutePath();
        if (!Files.isDirectory(kept)) {
            Files.createDirectories(kept.getParent());
            Path fresh = Files.createTempDirectory(kept.getParent(), "installing");
            copy(built, fresh)
                    .install(String.join(
                            ",",
                            Stream.concat(Stream.of(SYNC), Stream.of(features)).toList()));
            try {
                Files.move(fresh, kept, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileSystemException there) {
                if (!Files.isDirectory(kept)) { // else another process was faster
                    throw there;
                }
            }
        }
        copy(kept, folder);
        return new Installation(folder, built);
    }

    private static long changed(Path file) throws IOException {
        return Files.getLastModifiedTime(file).toMillis();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    void installSync() throws IOException {
        install(SYNC);
    }

    /** Installs a feature from the update site. */
    void install(String feature) throws IOException {
        director("-repository", built.site().toUri().toString(), "-installIU", feature);
    }

    /** Installs a feature from the update site, and what it needs of the platform from another installation. */
    void install(String feature, Path other) throws IOException {
        String site = built.site().toUri().toString();
        director(
                "-metadataRepository",
                site + "," + profile(other).toUri().toString().replaceFirst("/$", ""),
                "-artifactRepository",
                site + "," + other.toUri(),
                "-installIU",
                feature);
    }

    /** Installs features into a Hangar of some platform, which this one need not be. */
    void installFor(String os, String ws, String arch, String... features) throws IOException {
        director(
                "-p2.os",
                os,
                "-p2.ws",
                ws,
                "-p2.arch",
                arch,
                "-repository",
                built.site().toUri().toString(),
                "-installIU",
                String.join(",", features));
    }

    /** Installs sync from another update site than the one that was built. */
    void installFrom(Path site) throws IOException {
        director("-repository", site.toUri().toString(), "-installIU", SYNC);
    }

    /** Replaces sync by that of the update site that was built. */
    void updateSync() throws IOException {
        director("-repository", built.site().toUri().toString(), "-uninstallIU", SYNC, "-installIU", SYNC);
    }

    void uninstallSync() throws IOException {
        director("-uninstallIU", SYNC);
    }

    /** Starts it with a robot inside. */
    HostDriver start(Path workspace, String... vmArguments) throws IOException {
        return startIn(List.of(), workspace, vmArguments);
    }

    /** Starts it with a robot inside, and with more environment, as {@code NAME=value}. */
    HostDriver startIn(List<String> environment, Path workspace, String... vmArguments) throws IOException {
        return HostDriver.start(
                new HostDriver.Start(folder, built.robot(), workspace, List.of(vmArguments), environment, false));
    }

    /** Starts it as a person does, so that it can install into itself, with a robot inside. */
    HostDriver startAlone(Path workspace) throws IOException {
        return HostDriver.start(new HostDriver.Start(folder, built.robot(), workspace, List.of(), List.of(), true));
    }

    Path folder() {
        return folder;
    }

    private void director(String... arguments) throws IOException {
        Path workspace = Files.createTempDirectory("director-");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-jar",
                launcher().toString(),
                "-nosplash",
                "-consoleLog",
                "-application",
                "org.eclipse.equinox.p2.director",
                "-destination",
                folder.toString(),
                "-profile",
                profile(),
                "-data",
                workspace.toString()));
        command.addAll(List.of(arguments));
        Path log = workspace.resolve("console.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!process.waitFor(5, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IOException("p2 takes too long; see " + log);
            }
        } catch (InterruptedException stopped) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException(stopped);
        }
        if (process.exitValue() != 0) {
            throw new IOException("p2 failed:\n" + Files.readString(log));
        }
        Folders.delete(workspace);
    }

    /** What p2 knows the host by. */
    private String profile() throws IOException {
        return profile(folder).getFileName().toString().replaceFirst("[.]profile$", "");
    }

    private static Path profile(Path folder) throws IOException {
        try (Stream<Path> profiles = Files.list(folder.resolve("p2/org.eclipse.equinox.p2.engine/profileRegistry"))) {
            return profiles.filter(file -> file.getFileName().toString().endsWith(".profile"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no profile of p2 in " + folder));
        }
    }

    private Path launcher() throws IOException {
        try (Stream<Path> plugins = Files.list(folder.resolve("plugins"))) {
            return plugins.filter(file -> file.getFileName().toString().startsWith("org.eclipse.equinox.launcher_"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no launcher in " + folder));
        }
    }
}
