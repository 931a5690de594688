// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.rules;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The files of the project that people write. */
final class Tree {
    static final Path ROOT = Path.of(System.getProperty("root"));

    private static final Set<String> MADE = Set.of(".git", "target", "node_modules", "lib");

    private Tree() {}

    static List<Path> files(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path entered, BasicFileAttributes attributes) {
                return MADE.contains(entered.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                files.add(file);
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
    }

    /** The Java files that a bundle ships. */
    static List<Path> sources(String bundle) throws IOException {
        Path main = ROOT.resolve("bundles/" + bundle + "/src/main/java");
        return files(main).stream()
                .filter(file -> file.toString().endsWith(".java"))
                .toList();
    }

    /** A file as text, whatever it holds. */
    static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A Java file without its comments. */
    static String code(Path file) {
        return text(file).replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("(?m)^\\s*//.*$", "");
    }
}
