// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eclipse.osgi.util.NLS;

/**
 * What sync says, in the language of the person. Sync says it in English, because its sentences go into its log and its database, and
 * come from other devices and other versions, too. So each is known here by its wording, with gaps for what differs. What is not known
 * stays as it was said.
 */
public final class Said {
    static final Pattern BETWEEN_SENTENCES = Pattern.compile("(?<=[.!?]) (?=[\\p{Lu}“])");
    static final Pattern GAP = Pattern.compile("\\{\\d}");

    private static final Said HERE = new Said(Locale.getDefault().getLanguage());

    private final List<Sentence> known;

    /** @param language two letters */
    Said(String language) {
        known = read(language);
    }

    /** @param start what it begins with, for a quick look whether it can be that one */
    record Sentence(String english, String translated, String start, Pattern wording) {
        static Sentence of(String english, String translated) {
            Pattern wording = Pattern.compile(GAP.splitAsStream(english + "\n")
                    .map(text -> Pattern.quote(text.replace("\n", "")))
                    .collect(Collectors.joining("(.+?)")));
            return new Sentence(english, translated, GAP.split(english)[0], wording);
        }
    }

    /** One sentence or several, which may quote others. */
    public static String in(String english) {
        return HERE.of(english);
    }

    String of(String english) {
        return english.lines()
                .map(line -> BETWEEN_SENTENCES
                        .splitAsStream(line)
                        .map(this::sentence)
                        .collect(Collectors.joining(" ")))
                .collect(Collectors.joining("\n"));
    }

    private String sentence(String english) {
        for (Sentence one : known) {
            if (!english.startsWith(one.start())) {
                continue; // a pattern takes far longer, and there are hundreds
            }
            Matcher said = one.wording().matcher(english);
            if (said.matches()) {
                return NLS.bind(
                        one.translated(),
                        IntStream.rangeClosed(1, said.groupCount())
                                .mapToObj(gap -> of(said.group(gap)))
                                .toArray());
            }
        }
        return english;
    }

    /** Pairs of lines, the English one first; none for a language that nobody has translated them to. */
    static List<Sentence> read(String language) {
        try (InputStream in = Said.class.getResourceAsStream("said_" + language + ".txt")) {
            if (in == null) {
                return List.of();
            }
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
            List<Sentence> sentences = new ArrayList<>();
            for (int i = 0; i + 1 < lines.size(); i += 2) {
                sentences.add(Sentence.of(lines.get(i), lines.get(i + 1)));
            }
            return sentences;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
