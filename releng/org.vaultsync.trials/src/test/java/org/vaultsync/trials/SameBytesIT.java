// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/**
 * Nothing is in our jars that another build of the same sources would write in another way: when it was built, where, by whom, and
 * in what order the disk names its files. That two builds give the same bytes is seen by {@code ./dev soak build}, which takes two.
 */
class SameBytesIT {
    private static final Set<String> OF_A_TIME_OR_PLACE = Set.of(
            "Bnd-LastModified",
            "Build-Date",
            "Build-Time",
            "Build-Timestamp",
            "Built-By",
            "Build-Host",
            "Build-Jdk",
            "Tool");

    private final String root = System.getProperty("root");
    private final Instant time = Instant.parse(System.getProperty("built"));
    private final List<String> wrong = new ArrayList<>();

    @Test
    void whatIsInAJarDependsOnlyOnItsSources() throws IOException {
        Path site = Built.in(Path.of(root)).site();
        List<Path> jars = new ArrayList<>();
        for (String folder : List.of("plugins", "features")) {
            try (Stream<Path> all = Files.list(site.resolve(folder))) {
                all.filter(jar -> jar.getFileName().toString().startsWith("org.vaultsync."))
                        .forEach(jars::add);
            }
        }
        assertTrue(jars.size() > 20, jars::toString);
        for (Path jar : jars) {
            look(jar);
        }
        assertEquals(List.of(), wrong);
    }

    private void look(Path file) throws IOException {
        String name = file.getFileName().toString();
        LocalDateTime utc = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
        // A release has no qualifier.
        String version = System.getProperty("version")
                .replace("-SNAPSHOT", "." + utc.format(DateTimeFormatter.ofPattern("yyyyMMddHHmm")));
        if (!name.endsWith("_" + version + ".jar")) {
            wrong.add(name + ": its version is not " + version);
        }
        try (JarFile jar = new JarFile(file.toFile())) {
            Set<String> headers = new TreeSet<>();
            jar.getManifest().getMainAttributes().keySet().forEach(key -> headers.add(key.toString()));
            headers.retainAll(OF_A_TIME_OR_PLACE);
            if (!headers.isEmpty()) {
                wrong.add(name + ": " + headers);
            }
            List<String> classes = new ArrayList<>();
            for (ZipEntry entry : Collections.list(jar.entries())) {
                // A zip knows every other second.
                if (!entry.getTimeLocal().equals(utc.withSecond(utc.getSecond() & ~1)) || entry.getExtra() != null) {
                    wrong.add(name + ": " + entry.getName() + " is of " + entry.getTimeLocal());
                }
                if (entry.getName().endsWith(".class")) {
                    classes.add(entry.getName());
                }
                byte[] bytes = jar.getInputStream(entry).readAllBytes();
                if (new String(bytes, StandardCharsets.ISO_8859_1).contains(root)) {
                    wrong.add(name + ": " + entry.getName() + " knows where it was built");
                }
            }
            if (!classes.equals(classes.stream().sorted().toList())) {
                wrong.add(name + ": its classes are in no order");
            }
        }
    }
}
