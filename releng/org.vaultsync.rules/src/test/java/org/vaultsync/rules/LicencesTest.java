// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** THIRD-PARTY.md names all that we ship and nothing else, under licences that go with ours. */
class LicencesTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (?!what |---)(.*?) \\| (.*?) \\| (.*?) \\|$");
    private static final Pattern ARTIFACT =
            Pattern.compile("<groupId>([^<]+)</groupId>\\s*<artifactId>([^<]+)</artifactId>\\s*<version>");

    /** What goes with EPL-2.0 in one distribution. GPL only where its exception lets others link to it, or as a choice. */
    private static final Pattern LICENCE = Pattern.compile(
            "UPL-1[.]0|MIT|MPL-1[.]1|Unicode-3[.]0|0BSD|BSD-[23]-Clause|BSD|ISC|W3C"
                    + "|Apache-2[.]0|EPL-2[.]0|Bouncy Castle Licence|public domain|GPL-2[.]0 with Classpath exception|LGPL-2[.]1");

    private record Row(String what, String from, String licence) {
        /** Whether it speaks of an artifact: by its group, or by the group and the artifact, of which several may be listed. */
        boolean names(String group, String artifact) {
            for (String part : from.split("[,;] *")) {
                String[] names = part.split(":");
                if (names[0].startsWith(".")) {
                    names[0] = group.endsWith(names[0]) && from.startsWith("org.graalvm") ? group : names[0];
                }
                if (names[0].equals(group) && (names.length == 1 || named(names[1], artifact))
                        || names.length == 1 && named(names[0], artifact) && from.startsWith(group + ":")) {
                    return true;
                }
            }
            return false;
        }

        private static boolean named(String name, String artifact) {
            return name.endsWith("-") ? artifact.startsWith(name) : artifact.equals(name);
        }
    }

    private static List<Row> rows() {
        return rows(Tree.text(Tree.ROOT.resolve("THIRD-PARTY.md")));
    }

    private static List<Row> rows(String text) {
        return ROW.matcher(text)
                .results()
                .map(row -> new Row(row.group(1), row.group(2), row.group(3)))
                .toList();
    }

    private static Set<MatchResult> shipped() {
        Set<MatchResult> shipped = new LinkedHashSet<>();
        String target = Tree.text(Tree.ROOT.resolve("target-platform/vault-sync.target"));
        String withoutTests = target.replaceFirst("(?s)<location [^>]*label=\"Tests\".*?</location>", "");
        assertTrue(withoutTests.length() < target.length(), "what tests take stands apart");
        ARTIFACT.matcher(withoutTests).results().forEach(shipped::add);
        for (String copied : List.of("pom.xml", "bundles/org.vaultsync.crdt/pom.xml")) {
            String pom = Tree.text(Tree.ROOT.resolve(copied));
            ARTIFACT.matcher(pom.substring(pom.indexOf("<artifactItems>"), pom.indexOf("</artifactItems>")))
                    .results()
                    .forEach(shipped::add);
        }
        return shipped;
    }

    @Test
    void everythingThatWeShipIsNamed() {
        List<Row> rows = rows();
        List<String> missing = new ArrayList<>();
        Set<MatchResult> shipped = shipped();
        for (MatchResult artifact : shipped) {
            if (rows.stream().noneMatch(row -> row.names(artifact.group(1), artifact.group(2)))) {
                missing.add(artifact.group(1) + ":" + artifact.group(2));
            }
        }
        Matcher script = Pattern.compile("\"dependencies\": \\{(.*?)\\}", Pattern.DOTALL)
                .matcher(Tree.text(Tree.ROOT.resolve("bundles/org.vaultsync.crdt/package.json")));
        assertTrue(script.find());
        Matcher module = Pattern.compile("\"([^\"]+)\": \"").matcher(script.group(1));
        while (module.find()) {
            if (rows.stream().noneMatch(row -> row.from().matches("npm:.*\\b" + module.group(1) + "\\b.*"))) {
                missing.add("npm: " + module.group(1));
            }
        }
        assertEquals(List.of(), missing);
        assertTrue(shipped.size() > 100, "so few artifacts: " + shipped.size());
    }

    @Test
    void nothingIsNamedThatWeDoNotShip() {
        Set<MatchResult> shipped = shipped();
        List<String> stale = rows().stream()
                .filter(row -> !row.from().startsWith("npm:"))
                .filter(row -> shipped.stream().noneMatch(artifact -> row.names(artifact.group(1), artifact.group(2))))
                .map(Row::from)
                .toList();
        assertEquals(List.of(), stale);
    }

    @Test
    void everyLicenceGoesWithOurs() {
        List<String> strange = rows().stream()
                .filter(row -> !LICENCE.matcher(row.licence()).find()
                        || LICENCE.matcher(row.licence())
                                .replaceAll("")
                                .matches("(?s).*\\b(?:A?GPL|LGPL|SSPL|CC-|Commons Clause|Proprietary|BUSL).*"))
                .map(row -> row.what() + ": " + row.licence())
                .toList();
        assertEquals(List.of(), strange);
    }

    /** The archive of the server has this file, too. */
    @Test
    void whatTheSignalingServerTakesOfTheSiteIsNamed() {
        String server = Tree.text(Tree.ROOT.resolve("releng/org.vaultsync.signaling.server/src/server.xml"));
        List<String> taken = Pattern.compile("<include>(?!org[.]vaultsync)(.*?)(?:[.][*]|_[*])[.]jar</include>")
                .matcher(server)
                .results()
                .map(include -> include.group(1))
                .toList();
        String part = Tree.text(Tree.ROOT.resolve("THIRD-PARTY.md")).split("(?m)^## In the signaling server")[1];
        List<String> named = rows(part.split("(?m)^## ")[0]).stream()
                .map(row -> row.from().replaceFirst(".*:(slf4j)-", "$1.").replace(':', '.'))
                .toList();
        assertEquals(taken, named.stream().sorted().toList());
        assertTrue(
                server.contains("<include>LICENSE</include>") && server.contains("<include>THIRD-PARTY.md</include>"));
    }

    @Test
    void everySourceAndScriptSaysItsLicence() throws IOException {
        List<String> silent = new ArrayList<>();
        int said = 0;
        for (var file : Tree.files(Tree.ROOT)) {
            String text = Tree.text(file);
            if (file.toString().matches(".*[.](java|js|mjs|css|cmd)") || text.startsWith("#!")) {
                said++;
                if (text.lines().limit(2).noneMatch(line -> line.contains("SPDX-License-Identifier: EPL-2.0"))) {
                    silent.add(Tree.ROOT.relativize(file).toString());
                }
            }
        }
        assertEquals(List.of(), silent);
        assertTrue(said > 500, "so few sources: " + said);
    }

    @Test
    void everyFeatureSaysWhatItIsAndUnderWhichLicence() throws IOException {
        List<String> silent = new ArrayList<>();
        String site = Tree.text(Tree.ROOT.resolve("releng/org.vaultsync.site/category.xml"));
        int features = 0;
        for (var file : Tree.files(Tree.ROOT.resolve("features"))) {
            if (file.endsWith("feature.xml")) {
                features++;
                String feature = Tree.text(file);
                String id = file.getParent().getFileName().toString();
                if (!feature.matches("(?s).*<description>\\s*\\S.*")
                        || !feature.matches("(?s).*<license url=\"[^\"]+\">\\s*\\S.*")) {
                    silent.add(id);
                }
                if (!site.matches(
                        "(?s).*<feature id=\"" + Pattern.quote(id) + "\" version=\"0.0.0\">\\s*<category .*")) {
                    silent.add(id + " has no category on the update site");
                }
            }
        }
        assertEquals(List.of(), silent);
        assertTrue(features > 4, "so few features: " + features);
    }

    /** In the words of THIRD-PARTY.md, which has a part for each of these features. */
    @Test
    void aFeatureNamesTheLicencesOfWhatIsInIt() {
        String[] parts = Tree.text(Tree.ROOT.resolve("THIRD-PARTY.md")).split("(?m)^## ");
        List<String> missing = new ArrayList<>();
        for (String file : List.of("", "webrtc.", "compiler.", "hangar.")) {
            String id = "org.vaultsync." + file + "feature";
            String feature = Tree.text(Tree.ROOT.resolve("features/" + id + "/feature.xml"));
            String label = feature.replaceFirst("(?s).*?label=\"(.*?)\".*", "$1");
            String named = feature.replaceFirst("(?s).*<license [^>]*>(.*)</license>.*", "$1")
                    .replaceAll("\\s+", " ");
            List<Row> rows = Stream.of(parts)
                    .filter(part -> part.lines()
                            .limit(1)
                            .anyMatch(title -> title.matches(
                                    "(?i).*\\bin (?:the feature [*]" + label + "[*]|" + label + "\\b.*)")))
                    .flatMap(part -> rows(part).stream())
                    .toList();
            assertFalse(rows.isEmpty(), label);
            for (Row row : rows) {
                LICENCE.matcher(row.licence())
                        .results()
                        .map(MatchResult::group)
                        .filter(licence -> !named.contains(licence))
                        .forEach(licence -> missing.add(label + ": " + licence + " of " + row.what()));
            }
        }
        assertEquals(List.of(), missing);
    }
}
