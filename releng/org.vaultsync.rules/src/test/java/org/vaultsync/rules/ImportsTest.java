// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Imports run one way: ui → ui.api → api ← core → crdt, api ← transports, hangar → ui.api → api. */
class ImportsTest {
    private static final String OURS = "org.vaultsync.";
    private static final Map<String, Set<String>> ALLOWED = Map.of(
            "api", Set.of(),
            "ui.api", Set.of("api"),
            "crdt", Set.of(),
            "signaling", Set.of("api"),
            "core", Set.of("api", "crdt"),
            "ui", Set.of("api", "ui.api"),
            "ui.compare", Set.of("ui.api"),
            "doc", Set.of(),
            "hangar", Set.of("api", "ui.api"));
    private static final Set<String> ALLOWED_TO_A_TRANSPORT = Set.of("api");

    private static final Pattern NAME = Pattern.compile("\\b(?:[a-z][a-z0-9_]*\\.)+(?=[A-Z*])");
    private static final Pattern IN_MANIFEST = Pattern.compile("(?<=[\\s,])org\\.vaultsync[a-z.]*");

    static Stream<String> bundles() throws IOException {
        try (Stream<Path> folders = Files.list(Tree.ROOT.resolve("bundles"))) {
            return folders
                    .filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .filter(name -> name.startsWith(OURS))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("bundles")
    void aBundleImportsOnlyWhatItMay(String bundle) throws IOException {
        Map<String, String> owners = owners();
        Set<String> allowed = new HashSet<>();
        allowed.add(bundle);
        allowed(bundle).forEach(name -> allowed.add(OURS + name));
        Set<String> forbidden = new TreeSet<>();
        for (Path file : Tree.sources(bundle)) {
            for (String imported : packages(Tree.code(file))) {
                String owner = owners.get(imported);
                if (owner != null && !allowed.contains(owner)) {
                    forbidden.add(Tree.ROOT.relativize(file) + ": " + imported + " of " + owner);
                }
            }
        }
        Path manifest = Tree.ROOT.resolve("bundles/" + bundle + "/META-INF/MANIFEST.MF");
        if (Files.exists(manifest)) {
            Matcher named = IN_MANIFEST.matcher(
                    Tree.text(manifest).replaceAll("(?m)^(Bundle-SymbolicName|Export-Package).*(\\R .*)*", ""));
            while (named.find()) {
                String owner = owners.getOrDefault(named.group(), named.group());
                if (!allowed.contains(owner) && !owner.equals("org.vaultsync")) {
                    forbidden.add(Tree.ROOT.relativize(manifest) + ": " + named.group());
                }
            }
        }
        assertEquals(Set.of(), forbidden);
    }

    /** An API that breaks is no longer wired to what was compiled against the one before. */
    @Test
    void whatIsImportedOfOursHasARange() throws IOException {
        List<String> open = new ArrayList<>();
        int ranges = 0;
        for (Path manifest : Tree.files(Tree.ROOT)) {
            if (manifest.endsWith("META-INF/MANIFEST.MF")) {
                String text = Tree.text(manifest).replaceAll("\\R ", "");
                Matcher imports = Pattern.compile("(?m)^Import-Package: (.*)$").matcher(text);
                Matcher ours = Pattern.compile("(?<=^|,)org\\.vaultsync[a-z.]*(;version=\"\\[[0-9.]+,1\\.0\\.0\\)\")?")
                        .matcher(imports.find() ? imports.group(1) : "");
                while (ours.find()) {
                    ranges++;
                    if (ours.group(1) == null) {
                        open.add(Tree.ROOT.relativize(manifest) + ": " + ours.group());
                    }
                }
            }
        }
        assertEquals(List.of(), open);
        assertTrue(ranges > 15, "so few imports: " + ranges);
    }

    @Test
    void theApiNeedsNothingButJava() throws IOException {
        List<String> others = new ArrayList<>();
        for (Path file : Tree.sources(OURS + "api")) {
            for (String imported : packages(Tree.code(file))) {
                if (!imported.startsWith("java.")
                        && !imported.startsWith("org.vaultsync")
                        && !imported.startsWith("org.osgi.annotation.")) {
                    others.add(file.getFileName() + ": " + imported);
                }
            }
        }
        assertEquals(List.of(), others);
    }

    private static Set<String> allowed(String bundle) {
        String name = bundle.substring(OURS.length());
        Set<String> allowed = name.startsWith("transport.") ? ALLOWED_TO_A_TRANSPORT : ALLOWED.get(name);
        assertNotNull(allowed, "say in this test what " + bundle + " may import");
        return allowed;
    }

    /** The packages that a file names, in an import or in passing. */
    private static Set<String> packages(String code) {
        Set<String> packages = new HashSet<>();
        Matcher name = NAME.matcher(code);
        while (name.find()) {
            packages.add(name.group().substring(0, name.group().length() - 1));
        }
        return packages;
    }

    private static Map<String, String> owners() throws IOException {
        Map<String, String> owners = new HashMap<>();
        for (String bundle : bundles().toList()) {
            Path main = Tree.ROOT.resolve("bundles/" + bundle + "/src/main/java");
            for (Path file : Tree.sources(bundle)) {
                owners.put(
                        main.relativize(file.getParent())
                                .toString()
                                .replace('\\', '/')
                                .replace('/', '.'),
                        bundle);
            }
        }
        return owners;
    }
}
