// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.osgi;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The script that starts Hangar, in a folder like that of a host, with or without the compiler in it. */
public class LauncherIT {
    private static final String WITH = "compiler";
    private static final String WITHOUT = "none";

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    /** Stands for Equinox: tells what it was started with. */
    public static final class Launched {
        public static void main(String[] arguments) {
            List<String> options = ManagementFactory.getRuntimeMXBean().getInputArguments();
            boolean compiler = options.contains("-XX:+EnableJVMCI")
                    && options.stream().anyMatch(option -> option.startsWith("--upgrade-module-path="));
            System.out.println((compiler ? WITH : WITHOUT) + " " + String.join("|", arguments));
        }
    }

    @Test
    public void withoutTheCompilerItStartsPlainly() throws Exception {
        assertEquals(WITHOUT + " -data|a b", launch(host()));
    }

    @Test
    public void withTheCompilerItStartsWithItWhereThisJavaTakesIt() throws Exception {
        Path host = host();
        Path compiler = Files.createDirectory(host.resolve("graal-compiler"));
        try (Stream<Path> jars = Files.list(Path.of(System.getProperty("compiler.folder")))) {
            for (Path jar : (Iterable<Path>) jars::iterator) {
                Files.copy(jar, compiler.resolve(jar.getFileName()));
            }
        }
        String expected = Runtime.version().feature() >= 25 && hasCompilerInterface() ? WITH : WITHOUT;
        assertEquals(expected + " -data|a b", launch(host));
        // with only a part of it Java would not start
        Files.delete(compiler.resolve("truffle-compiler.jar"));
        assertEquals(WITHOUT + " -data|a b", launch(host));
    }

    /** As an update leaves it, until what went is collected. */
    @Test
    public void ofTwoVersionsItStartsTheNewer() throws Exception {
        Path host = host();
        Path plugins = host.resolve("plugins");
        Files.move(
                plugins.resolve("org.eclipse.equinox.launcher_1.0.0.jar"),
                plugins.resolve("org.eclipse.equinox.launcher_1.10.0.v2026.jar"));
        for (String before : List.of("1.9.300.v2025", "1.9.20.v2024")) {
            Files.writeString(plugins.resolve("org.eclipse.equinox.launcher_" + before + ".jar"), "not this");
        }
        assertEquals(WITHOUT + " -data|a b", launch(host));
    }

    private static boolean hasCompilerInterface() throws Exception {
        return new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-XX:+UnlockExperimentalVMOptions",
                                "-XX:+EnableJVMCI",
                                "-version")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    /** Its path has a space in it. */
    private Path host() throws IOException {
        assumeTrue("a script for Unix", !System.getProperty("os.name").startsWith("Windows"));
        Path host = temporary.newFolder("my host").toPath();
        Files.copy(Path.of(System.getProperty("launcher")), host.resolve("hangar"));
        assertTrue(host.resolve("hangar").toFile().setExecutable(true));
        Path jar = Files.createDirectory(host.resolve("plugins")).resolve("org.eclipse.equinox.launcher_1.0.0.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Launched.class.getName());
        String path = Launched.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
                InputStream code = LauncherIT.class.getClassLoader().getResourceAsStream(path)) {
            out.putNextEntry(new JarEntry(path));
            code.transferTo(out);
        }
        return host;
    }

    private static String launch(Path host) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(host.resolve("hangar").toString(), "-data", "a b");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().remove("HANGAR_OPTS");
        Process process = builder.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes()).strip();
        assertEquals(said, 0, process.waitFor());
        return said;
    }
}
