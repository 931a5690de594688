// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.osgi;

import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.cleanCaches;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/** What a peer without a window consists of: bundles of the update site, on the framework that this run is about. */
final class Headless {
    static final List<String> OURS = List.of(
            "org.vaultsync.api",
            "org.vaultsync.core",
            "org.vaultsync.crdt",
            "org.vaultsync.signaling",
            "org.vaultsync.transport.lan",
            "org.vaultsync.transport.webrtc");

    private static final List<String> THIRD_PARTY = List.of(
            "bcpkix",
            "bcprov",
            "bcutil",
            "com.fasterxml.jackson.core.jackson-annotations",
            "com.fasterxml.jackson.core.jackson-core",
            "com.fasterxml.jackson.core.jackson-databind",
            "dev.failsafe",
            "dev.onvoid.webrtc",
            "io.netty.buffer",
            "io.netty.codec-base",
            "io.netty.codec-compression",
            "io.netty.codec-http",
            "io.netty.common",
            "io.netty.handler",
            "io.netty.resolver",
            "io.netty.transport",
            "io.netty.transport-native-unix-common",
            "javax.jmdns",
            "org.apache.felix.configadmin",
            "org.apache.felix.scr",
            "org.osgi.service.component",
            "org.osgi.util.function",
            "org.osgi.util.promise",
            "org.xerial.sqlite-jdbc",
            "slf4j.api");

    /** Started before the others, so that the first line that is logged finds somebody to write it. */
    private static final List<String> LOGGING = List.of(
            "org.objectweb.asm",
            "org.objectweb.asm.commons",
            "org.objectweb.asm.tree",
            "org.objectweb.asm.tree.analysis",
            "org.objectweb.asm.util",
            "org.apache.aries.spifly.dynamic.bundle",
            "slf4j.jdk14");

    private static final String WEBRTC = "dev.onvoid.webrtc.";
    private static final List<String> WEBRTC_PLATFORMS =
            List.of("linux.x86_64", "linux.aarch64", "win32.x86_64", "macosx.x86_64", "macosx.aarch64");

    /** The symbolic name of the framework that this run must be on. */
    static final String FRAMEWORK = System.getProperty("framework");

    private Headless() {}

    static Option peer() throws IOException {
        List<String> found = ServiceLoader.load(FrameworkFactory.class).stream()
                .map(factory -> factory.type().getName())
                .toList();
        if (found.size() != 1) {
            throw new IllegalStateException("one framework must be on the class path, not " + found);
        }
        List<Option> options = new ArrayList<>(List.of(junitBundles(), cleanCaches()));
        for (String name : LOGGING) {
            options.add(bundle(fromSite(name).toUri().toString()).startLevel(2));
        }
        for (String name : THIRD_PARTY) {
            options.add(bundle(fromSite(name).toUri().toString()));
        }
        for (String name : OURS) {
            options.add(bundle(fromSite(name).toUri().toString()));
        }
        return composite(options.toArray(Option[]::new));
    }

    /** The native library of WebRTC for this platform. */
    static Option webrtc() throws IOException {
        return bundle(webrtcHere().toUri().toString()).noStart();
    }

    private static Path webrtcHere() throws IOException {
        return fromSite(WEBRTC + platform());
    }

    /** The native libraries of WebRTC for all other platforms; a framework leaves them unresolved. */
    static List<Path> webrtcElsewhere() throws IOException {
        List<Path> jars = new ArrayList<>();
        for (String platform : WEBRTC_PLATFORMS) {
            if (!platform.equals(platform())) {
                jars.add(fromSite(WEBRTC + platform));
            }
        }
        return jars;
    }

    private static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String processor = System.getProperty("os.arch");
        return (system.startsWith("mac") ? "macosx" : system.startsWith("win") ? "win32" : "linux")
                + (processor.equals("amd64") ? ".x86_64" : "." + processor);
    }

    /** The same bundles as files, in an order in which they can be started. */
    static List<Path> jars() throws IOException {
        return jars(OURS);
    }

    /** WebRTC and what it takes, without the API. */
    static List<Path> webrtcAlone() throws IOException {
        List<Path> jars = jars(List.of("org.vaultsync.signaling", "org.vaultsync.transport.webrtc"));
        jars.addFirst(webrtcHere());
        return jars;
    }

    /** What the API offers, as its manifest has it. */
    static String apiPackages() throws IOException {
        try (JarFile api = new JarFile(fromSite("org.vaultsync.api").toFile())) {
            return api.getManifest().getMainAttributes().getValue("Export-Package");
        }
    }

    /** A new folder that is there as long as this JVM. */
    static Path folder() throws IOException {
        Path folder = Files.createTempDirectory("vaultsync-osgi");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
        return folder;
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException written) {
            throw new UncheckedIOException("still in use: " + folder, written);
        }
    }

    private static List<Path> jars(List<String> ours) throws IOException {
        List<Path> jars = new ArrayList<>();
        for (List<String> names : List.of(LOGGING, THIRD_PARTY, ours)) {
            for (String name : names) {
                jars.add(fromSite(name));
            }
        }
        return jars;
    }

    /** Another framework of the same make, with these bundles started in that order. */
    static Framework framework(Map<String, String> properties, List<Path> jars) throws IOException, BundleException {
        Map<String, String> all = new HashMap<>(properties);
        all.put("org.osgi.framework.storage", folder().toString());
        all.put("org.osgi.framework.storage.clean", "onFirstInit");
        Framework framework = ServiceLoader.load(FrameworkFactory.class, Bundle.class.getClassLoader())
                .findFirst()
                .orElseThrow()
                .newFramework(all);
        framework.start();
        List<Bundle> installed = new ArrayList<>();
        for (Path jar : jars) {
            installed.add(framework.getBundleContext().installBundle(jar.toUri().toString()));
        }
        for (Bundle bundle : installed) {
            if (bundle.getHeaders().get("Fragment-Host") == null) {
                bundle.start();
            }
        }
        return framework;
    }

    private static Path fromSite(String name) throws IOException {
        try (DirectoryStream<Path> jars =
                Files.newDirectoryStream(Path.of(System.getProperty("site")), name + "_*.jar")) {
            for (Path jar : jars) {
                return jar;
            }
        }
        throw new IllegalStateException("not on the update site: " + name);
    }
}
