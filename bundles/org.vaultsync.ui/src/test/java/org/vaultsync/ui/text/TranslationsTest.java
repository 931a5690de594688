// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.Reader;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every text is there in every language, and is filled in with the same things. */
class TranslationsTest {
    private static final Path TEXTS = Path.of("src/main/java/org/vaultsync/ui/text");
    private static final String SAID = "src/main/java/org/vaultsync/ui/text/said_de.txt";

    @Test
    void everyTextThatTheCodeAsksForIsThereAndNoOther() throws IOException {
        Set<String> asked = Arrays.stream(Messages.class.getFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()) && !Modifier.isFinal(field.getModifiers()))
                .map(field -> field.getName())
                .collect(Collectors.toCollection(TreeSet::new));
        assertFalse(asked.isEmpty());
        assertEquals(asked, read(TEXTS.resolve("messages.properties")).keySet());
    }

    @Test
    void everyTextOfTheManifestsIsThere() throws IOException {
        Set<String> asked = Pattern.compile("[\"\\s>]%([a-z.]+)")
                .matcher(Files.readString(Path.of("plugin.xml")) + Files.readString(Path.of("META-INF/MANIFEST.MF")))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertFalse(asked.isEmpty());
        assertEquals(asked, read(Path.of("plugin.properties")).keySet());
    }

    @ParameterizedTest
    @ValueSource(strings = {"src/main/java/org/vaultsync/ui/text/messages", "plugin"})
    void germanIsComplete(String file) throws IOException {
        Map<String, String> english = read(Path.of(file + ".properties"));
        Map<String, String> german = read(Path.of(file + "_de.properties"));
        assertEquals(english.keySet(), german.keySet());
        english.forEach((key, text) -> {
            assertEquals(placeholders(text), placeholders(german.get(key)), key);
            assertEquals(hasMnemonic(text), hasMnemonic(german.get(key)), key);
        });
    }

    /** What is done to everybody is called so, and not by another word as well. */
    @ParameterizedTest
    @ValueSource(strings = {"src/main/java/org/vaultsync/ui/text/messages.properties", "plugin.properties", SAID})
    void everybodyIsCalledEverybody(String file) throws IOException {
        assertEquals(
                List.of(),
                Files.readAllLines(Path.of(file)).stream()
                        .filter(line -> line.matches("(?i).*\\bfor &?all\\b.*"))
                        .toList());
    }

    /** All of them stand in the context menu of an item. */
    @ParameterizedTest
    @ValueSource(strings = {"plugin", "plugin_de"})
    void eachEntryForAnItemHasAMnemonicOfItsOwn(String file) throws IOException {
        Map<String, String> letters = new TreeMap<>();
        read(Path.of(file + ".properties")).forEach((key, text) -> {
            if (key.startsWith("menu.")) {
                assertTrue(hasMnemonic(text), key);
                String letter = text.substring(text.indexOf('&') + 1, text.indexOf('&') + 2);
                assertNull(letters.put(letter.toLowerCase(Locale.ROOT), text), text);
            }
        });
        assertFalse(letters.isEmpty());
    }

    /** The platform reads these files as Latin 1, so that any other character has to be escaped. */
    @Test
    void allFilesAreAscii() throws IOException {
        try (Stream<Path> files = Stream.concat(Files.list(TEXTS), Files.list(Path.of(".")))) {
            for (Path file : (Iterable<Path>) files.filter(one -> one.toString().endsWith(".properties"))::iterator) {
                String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                assertTrue(text.chars().allMatch(character -> character < 128), file.toString());
            }
        }
    }

    private static Set<String> placeholders(String text) {
        return Pattern.compile("\\{\\d}")
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean hasMnemonic(String text) {
        return text.indexOf('&') >= 0;
    }

    private static Map<String, String> read(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            properties.load(in);
        }
        Map<String, String> texts = new TreeMap<>();
        properties.forEach((key, text) -> texts.put(key.toString(), text.toString()));
        return texts;
    }
}
