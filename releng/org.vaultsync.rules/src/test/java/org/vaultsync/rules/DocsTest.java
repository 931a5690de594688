// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents point at is there: files, headings, pictures, commands, folders, tests. */
class DocsTest {
    private static final String VIEWS = "bundles/org.vaultsync.ui/src/main/java/org/vaultsync/ui/";
    private static final Pattern LINK = Pattern.compile("!?\\[[^\\]]*]\\(([^)\\s]+)\\)");
    private static final Pattern COMMAND = Pattern.compile("[.]/dev ([a-z]+)(?: ([a-z]+)(?![\\w-]))?");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
    private static final Pattern PICTURE = Pattern.compile("<!-- *picture ([^ :]+)");
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*(?:Test|[a-z]IT|Bench))`");
    private static final Pattern FOLDER =
            Pattern.compile("`((?:bundles|docs|features|releng|target-platform)/[^`\\s*{]*)`");

    private static List<Path> documents() throws IOException {
        return Tree.files(Tree.ROOT).stream()
                .filter(file -> file.toString().endsWith(".md"))
                .toList();
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }

    private static String name(Path file) {
        return Tree.ROOT.relativize(file).toString();
    }

    /** As web pages of repositories make it. */
    private static String anchor(String heading) {
        return heading.strip()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    @Test
    void linksLeadSomewhere() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path document : documents()) {
            Matcher link = LINK.matcher(read(document));
            while (link.find()) {
                String target = link.group(1);
                if (target.matches("[a-z]+:.*")) {
                    continue;
                }
                String[] parts = target.split("#", 2);
                Path file = parts[0].isEmpty() ? document : document.resolveSibling(parts[0]);
                boolean found = Files.exists(file)
                        && (parts.length == 1
                                || HEADING.matcher(read(file))
                                        .results()
                                        .anyMatch(heading ->
                                                anchor(heading.group(1)).equals(parts[1])));
                if (!found) {
                    broken.add(name(document) + ": " + target);
                }
            }
        }
        assertEquals(List.of(), broken);
    }

    @Test
    void commandsAreThoseOfDev() throws IOException {
        String dev = read(Tree.ROOT.resolve("dev"));
        Map<String, String> usage = new HashMap<>(); // of those that have areas
        Matcher line = Pattern.compile("(?m)^  [.]/dev ([a-z]+) \\[area] +(.*(?:\n {20,}.*)*)$")
                .matcher(dev);
        while (line.find()) {
            usage.put(line.group(1), line.group(2));
        }
        List<String> unknown = new ArrayList<>();
        for (Path document : documents()) {
            Matcher command = COMMAND.matcher(read(document));
            while (command.find()) {
                String what = command.group(1);
                String area = command.group(2);
                boolean known = dev.contains("\n" + what + ")");
                boolean hasArea = area == null
                        || !usage.containsKey(what)
                        || usage.get(what).matches("(?s).*\\b" + area + "\\b.*");
                if (!known || !hasArea) {
                    unknown.add(name(document) + ": " + command.group());
                }
            }
        }
        assertEquals(List.of(), unknown);
    }

    @Test
    void foldersAndTestsThatAreNamedExist() throws IOException {
        Set<String> files = Tree.files(Tree.ROOT).stream()
                .map(file -> file.getFileName().toString())
                .collect(Collectors.toSet());
        List<String> missing = new ArrayList<>();
        for (Path document : documents()) {
            String text = read(document);
            Matcher folder = FOLDER.matcher(text);
            while (folder.find()) {
                if (!Files.exists(Tree.ROOT.resolve(folder.group(1)))) {
                    missing.add(name(document) + ": " + folder.group(1));
                }
            }
            Matcher test = TEST.matcher(text);
            while (test.find()) {
                if (!files.contains(test.group(1) + ".java")) {
                    missing.add(name(document) + ": " + test.group(1));
                }
            }
        }
        assertEquals(List.of(), missing);
    }

    /** In the words of the views, where they have their own. */
    @Test
    void sentencesOfTheDoctorAreItsOwn() throws IOException {
        StringBuilder said = new StringBuilder(
                String.join("\n", texts("text/messages.properties").values()));
        for (String bundle : List.of(
                "org.vaultsync.api",
                "org.vaultsync.crdt",
                "org.vaultsync.core",
                "org.vaultsync.transport.lan",
                "org.vaultsync.transport.webrtc",
                "org.vaultsync.ui")) {
            for (Path source : Tree.sources(bundle)) {
                // A long sentence goes over several lines.
                said.append(read(source).replaceAll("\"\\s*\\+\\s*\"", ""));
            }
        }
        areQuoted("docs/troubleshooting.md", Pattern.compile("“([^”]+)”"), said.toString());
    }

    @Test
    void germanSentencesOfTheDoctorAreItsOwn() throws IOException {
        String said = String.join("\n", texts("text/messages_de.properties").values())
                + read(Tree.ROOT.resolve(VIEWS + "text/said_de.txt"));
        areQuoted("docs/de/troubleshooting.md", Pattern.compile("„([^“]+)“"), said);
    }

    private static void areQuoted(String document, Pattern quotation, String said) throws IOException {
        List<String> strange = new ArrayList<>();
        int quoted = 0;
        Matcher quote = quotation.matcher(read(Tree.ROOT.resolve(document)));
        while (quote.find()) {
            for (String part : quote.group(1).replaceAll("\\s+", " ").split("…|[0-9]+")) {
                quoted++;
                if (!said.contains(part.strip())) {
                    strange.add(part);
                }
            }
        }
        assertEquals(List.of(), strange);
        assertTrue(quoted > 10, "so many quotations: " + quoted);
    }

    /** As the guide counts: without imports, comments and empty lines. */
    @Test
    void theHostOfTheGuideHasSoManyLines() throws IOException {
        Path notes = Tree.ROOT.resolve("releng/org.vaultsync.notes");
        String guide = read(Tree.ROOT.resolve("docs/host-guide.md"));
        long java = 0;
        for (Path source : Tree.files(notes.resolve("src/main/java"))) {
            java += lines(read(source).replaceAll("(?s)/[*].*?[*]/", "").replaceAll("(?m)^(import .*|\\s*//.*)$", ""));
        }
        long rest = lines(read(notes.resolve("plugin.xml")).replaceAll("(?s)<!--.*?-->", ""))
                + lines(read(notes.resolve("META-INF/MANIFEST.MF")));
        String counted = "%d lines, %d of Java and %d of `plugin.xml` and manifest".formatted(java + rest, java, rest);
        assertTrue(guide.contains(counted), counted);
    }

    private static long lines(String text) {
        return text.lines().filter(line -> !line.isBlank()).count();
    }

    /** They are taken by a test, in light and in dark, and laid into the pages of a site. */
    @Test
    void picturesAreKeptByTheGallery() throws IOException {
        String gallery = read(Tree.ROOT.resolve(
                "releng/org.vaultsync.ui.tests/src/main/java/org/vaultsync/ui/tests/GalleryTest.java"));
        List<String> unknown = new ArrayList<>();
        for (String page : List.of(
                "docs/user-guide.md", "docs/de/user-guide.md", "releng/org.vaultsync.site/src/main/pages/index.html")) {
            List<String> named = pictures(page);
            assertFalse(named.isEmpty(), page + " has no pictures");
            named.stream()
                    .filter(name -> !gallery.contains('"' + name + '"'))
                    .forEach(name -> unknown.add(page + ": " + name));
        }
        assertEquals(List.of(), unknown);
        assertEquals(pictures("docs/user-guide.md"), pictures("docs/de/user-guide.md"));
    }

    private static List<String> pictures(String page) throws IOException {
        return PICTURE.matcher(read(Tree.ROOT.resolve(page)))
                .results()
                .map(picture -> picture.group(1))
                .toList();
    }

    /** What ends in dots is pressed and asks further. */
    @Test
    void buttonsAndMenusAreCalledAsTheViewsCallThem() throws IOException {
        Map<String, String> ofHangar = texts(Tree.ROOT.resolve(
                "bundles/org.vaultsync.hangar/src/main/java/org/vaultsync/hangar/look/words_de.properties"));
        Set<String> english = labels(texts("text/messages.properties").values(), ofHangar.keySet());
        Set<String> german = labels(texts("text/messages_de.properties").values(), ofHangar.values());
        List<String> strange = new ArrayList<>();
        for (String name : List.of("user-guide.md", "troubleshooting.md")) {
            strange.addAll(strangers("docs/" + name, english));
            strange.addAll(strangers("docs/de/" + name, german));
        }
        assertEquals(List.of(), strange);
    }

    private static List<String> strangers(String document, Set<String> labels) throws IOException {
        return Pattern.compile("(?<![*])[*]([^*]*\\S…)[*](?![*])")
                .matcher(read(Tree.ROOT.resolve(document)).replaceAll("\\s+", " "))
                .results()
                .map(label -> label.group(1).replaceFirst(".* › ", ""))
                .filter(label -> !labels.contains(label))
                .map(label -> document + ": " + label)
                .toList();
    }

    private static Set<String> labels(Collection<String> some, Collection<String> others) {
        return Stream.of(some, others)
                .flatMap(Collection::stream)
                .map(text -> text.replace("&", "").replace("...", "…"))
                .collect(Collectors.toSet());
    }

    private static Map<String, String> texts(String ofTheViews) throws IOException {
        return texts(Tree.ROOT.resolve(VIEWS + ofTheViews));
    }

    private static Map<String, String> texts(Path file) throws IOException {
        Properties texts = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            texts.load(in);
        }
        return texts.stringPropertyNames().stream().collect(Collectors.toMap(key -> key, texts::getProperty));
    }
}
