// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.look;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WordsTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Pattern ASKED =
            Pattern.compile("Words\\.of\\(\\s*((?:\"(?:[^\"\\\\]|\\\\.)*\"\\s*\\+?\\s*)+)[,)]");
    private static final Pattern PART = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern PLACE = Pattern.compile("%[,.0-9]*[a-z%]");

    @Test
    void everythingIsSaidInGermanToo() throws IOException {
        Properties german = german();
        List<String> missing = new ArrayList<>();
        TreeSet<String> asked = new TreeSet<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                Matcher calls = ASKED.matcher(Files.readString(file));
                while (calls.find()) {
                    String english = PART.matcher(calls.group(1))
                            .results()
                            .map(part -> part.group(1).translateEscapes())
                            .collect(Collectors.joining());
                    asked.add(english);
                    if (!german.containsKey(english) && !english.equals("New ")) {
                        missing.add(file.getFileName() + ": " + english);
                    }
                }
            }
        }
        assertTrue(asked.size() > 100, asked.size() + " sentences found");
        assertEquals(List.of(), missing);
    }

    @Test
    void germanSentencesHaveTheSamePlacesForValues() throws IOException {
        german().forEach((english, german) ->
                assertEquals(places((String) english), places((String) german), (String) english));
    }

    @Test
    void theManifestsSayEverythingInGermanToo() throws IOException {
        assertEquals(
                read(Path.of("plugin.properties")).stringPropertyNames(),
                read(Path.of("plugin_de.properties")).stringPropertyNames());
    }

    private static List<String> places(String sentence) {
        return PLACE.matcher(sentence)
                .results()
                .map(found -> found.group())
                .sorted()
                .toList();
    }

    private static Properties german() throws IOException {
        return read(SOURCES.resolve("org/vaultsync/hangar/look/words_de.properties"));
    }

    private static Properties read(Path file) throws IOException {
        Properties texts = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            texts.load(in);
        }
        return texts;
    }
}
