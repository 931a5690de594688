// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.vaultsync.ui.text.Said.Sentence;

/** What sync says to people is known in German, and nothing else is. */
class SaidTest {
    private static final List<Path> WHO_SPEAKS = List.of(
            Path.of("../org.vaultsync.api/src/main"),
            Path.of("../org.vaultsync.core/src/main"),
            Path.of("../org.vaultsync.crdt/src/main"),
            Path.of("../org.vaultsync.transport.lan/src/main"),
            Path.of("../org.vaultsync.transport.webrtc/src/main"),
            Path.of("../org.vaultsync.signaling/src/main/java/org/vaultsync/signaling/SignalingServer.java"),
            Path.of("src/main/java/org/vaultsync/ui/keyring"));

    /** What looks like a sentence and is said to nobody: names of things, faults of programmers, what logs and SQL hold. */
    private static final Pattern NOT_FOR_PEOPLE =
            Pattern.compile("Invite to|Identity of|Rendezvous at|Yjs (gave|failed).*"
                    + "|Operation not permitted|A device|Its clock is|the one of this device\\.");

    private static final Pattern COMMENTS = Pattern.compile("/\\*.*?\\*/|(?m)^\\s*//.*?$", Pattern.DOTALL);
    private static final Pattern TEXT_BLOCKS = Pattern.compile("\"\"\".*?\"\"\"", Pattern.DOTALL);
    private static final Pattern JOINTS = Pattern.compile("\"\\s*\\+\\s*\"");
    private static final Pattern LITERALS = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

    private final Said german = new Said("de");
    private final List<Sentence> known = Said.read("de");

    @Test
    void aSentenceIsSaidInTheLanguageOfThePersonWithWhatItQuotes() {
        assertEquals("Die Datenbank ist heil.", german.of("The database is whole."));
        assertEquals(
                "3 geteilte Einträge werden auf diesem Gerät nicht mehr synchronisiert.",
                german.of("3 shared items have stopped syncing on this device."));
        assertEquals(
                "Verbunden über das LAN unter 10.0.0.1:1, von hier angewählt.",
                german.of("Linked over the LAN at 10.0.0.1:1, dialled from here."));
        assertEquals(
                "Verbunden über WebRTC, weitergeleitet unter 10.0.0.1:1, hin und zurück 48 ms.",
                german.of("Linked over WebRTC, relayed at 10.0.0.1:1, 48 ms there and back."));
        assertEquals(
                "Diese Einladung ist abgelaufen. Bitten Sie um eine neue.",
                german.of("This invite has expired. Ask for a new one."));
        assertEquals(
                "Abgewiesen: Unter 192.168.1.4:8765 antwortet niemand: Dort lauscht nichts.",
                german.of("Turned away: Nobody answers at 192.168.1.4:8765: nothing listens there."));
        assertEquals(
                "„Attic“ ist nicht zu erreichen. Unter 10.0.0.1:1 antwortet niemand.\nDie Datenbank ist heil.",
                german.of("“Attic” cannot be reached. Nobody answers at 10.0.0.1:1.\nThe database is whole."));
    }

    @Test
    void whatIsNotKnownStaysAsItWasSaid() {
        String strange = "A later version says this. It's {new}.";
        assertEquals(strange, german.of(strange));
        assertEquals(strange, new Said("xx").of(strange));
        assertEquals("", german.of(""));
        assertEquals(
                "Abgewiesen: java.io.IOException: {0} 'quoted'",
                german.of("Turned away: java.io.IOException: {0} 'quoted'"));
    }

    @Test
    void everySentenceThatIsSaidToPeopleIsKnown() throws IOException {
        Set<String> unknown = new TreeSet<>();
        for (String literal : literals()) {
            Said.BETWEEN_SENTENCES
                    .splitAsStream(literal)
                    .map(String::strip)
                    .filter(SaidTest::looksLikeASentence)
                    .filter(part -> !NOT_FOR_PEOPLE.matcher(part).matches())
                    .filter(part -> known.stream()
                            .noneMatch(sentence -> sentence.english().contains(part)))
                    .forEach(unknown::add);
        }
        assertEquals(Set.of(), unknown, "not translated in said_de.txt");
    }

    @Test
    void noSentenceIsKnownThatNobodySays() throws IOException {
        String said = String.join("\n", literals());
        Set<String> unsaid = new TreeSet<>();
        known.stream()
                .flatMap(sentence -> Pattern.compile("\\{\\d}|[.,:;()“”\"]").splitAsStream(sentence.english()))
                .map(String::strip)
                .filter(part -> part.indexOf(' ') > 0 && !said.contains(part))
                .forEach(unsaid::add);
        assertEquals(Set.of(), unsaid, "translated in said_de.txt, and not in the code");
    }

    @Test
    void aSentenceIsThereOnceAndIsFilledWithTheSame() {
        assertTrue(known.size() > 100);
        Set<String> english = new TreeSet<>();
        for (Sentence sentence : known) {
            assertTrue(english.add(sentence.english()), sentence.english());
            assertEquals(gaps(sentence.english()), gaps(sentence.translated()), sentence.english());
        }
    }

    private static Set<String> gaps(String text) {
        return Said.GAP.matcher(text).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Begins as one does, or ends as one; in SQL and logs words are written otherwise. */
    private static boolean looksLikeASentence(String text) {
        return text.matches("[A-Z][a-z']* [a-z].*") || text.endsWith(".") && text.matches(".*[a-z] .*[a-z] .*[a-z]\\.");
    }

    /** The texts in the code, with those joined that stand in several lines. */
    private static List<String> literals() throws IOException {
        List<String> literals = new ArrayList<>();
        for (Path bundle : WHO_SPEAKS) {
            try (Stream<Path> files = Files.walk(bundle)) {
                for (Path file :
                        files.filter(one -> one.toString().endsWith(".java")).toList()) {
                    String code = Files.readString(file);
                    for (Pattern left : Arrays.asList(COMMENTS, TEXT_BLOCKS)) {
                        code = left.matcher(code).replaceAll("");
                    }
                    LITERALS.matcher(JOINTS.matcher(code).replaceAll(""))
                            .results()
                            .map(literal -> literal.group(1).replace("\\\"", "\""))
                            .forEach(literals::add);
                }
            }
        }
        return literals;
    }
}
