// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.robot.driver.HostDriver;

/** Hangar and sync as whoever speaks German sees them. What is the platform's stays in English, which has no German here. */
class GermanIT {
    private static final Path ROOT = Path.of(System.getProperty("root"));
    private static final Path PICTURES = ROOT.resolve("releng/org.vaultsync.trials/target/pictures");
    private static final Path TEXTS =
            ROOT.resolve("bundles/org.vaultsync.ui/src/main/java/org/vaultsync/ui/text/messages");

    private static final Pattern CELLS = Pattern.compile(" \\| ");
    private static final Pattern GAP = Pattern.compile("\\{\\d}");

    @TempDir
    Path folder;

    private final Set<String> english = new TreeSet<>();

    @Test
    void noTextOfSyncIsLeftInEnglish() throws IOException {
        Files.createDirectories(PICTURES);
        Installation hangar = Installation.withSync(Built.in(ROOT), folder.resolve("hangar"));
        try (HostDriver host = hangar.start(folder.resolve("workspace"), "-Dosgi.nl=de")) {
            host.view("org.vaultsync.ui.peers");
            host.waitText("Mit jemandem teilen", Pair.SOON);
            look(host, "peers-empty");
            host.open("Anvil AV-3");
            host.click("Nicht geteilt");
            host.waitDialog("Raum", Pair.SOON);
            look(host, "room");
            host.type("Name:", "Freitagabend");
            host.click("Anlegen");
            host.waitDialog("Einladung", Pair.SOON);
            host.send("wait-enabled", "Einladung kopieren", Pair.SOON.toMillis());
            look(host, "invite");
            host.click("Close");
            host.waitText("Noch niemand sonst", Pair.SOON);
            look(host, "peers");
            for (String page : List.of("", ".key", ".network", ".types")) {
                host.command(
                        "org.eclipse.ui.window.preferences", "preferencePageId=org.vaultsync.ui.preferences" + page);
                host.waitDialog("Preferences", Pair.SOON);
                look(host, "preferences" + page.replace('.', '-'));
                host.click("Cancel");
            }
            host.command("org.vaultsync.ui.diagnose");
            host.waitText("Auf diesem Gerät ist alles in Ordnung.", Pair.SOON);
            look(host, "diagnosis");
            host.click("Close");
            host.command("org.vaultsync.ui.history");
            host.waitText("Geteilt", Pair.SOON);
            look(host, "history");
            host.click("Close");
            host.command("org.vaultsync.ui.showConflicts");
            host.waitText("Hier ist nichts zu entscheiden.", Pair.SOON);
            host.command("org.vaultsync.ui.showLog");
            host.waitText("Dieses Gerät", Pair.SOON);
            look(host, "log");
            host.quit();
        }
        assertEquals(Set.of(), english);
    }

    private void look(HostDriver host, String name) throws IOException {
        host.screenshot(PICTURES.resolve("german-" + name + ".png"));
        // The whole text, its lines, and in a list the cells of a row.
        Set<String> left = host.texts().stream()
                .flatMap(text -> Stream.concat(Stream.of(text), text.lines().flatMap(CELLS::splitAsStream)))
                .map(String::strip)
                .collect(Collectors.toSet());
        Properties german = texts("_de");
        texts("").forEach((key, text) -> {
            Predicate<String> isIt = shown((String) text).asMatchPredicate();
            if (!text.equals(german.get(key)) && left.stream().anyMatch(isIt)) {
                english.add(name + ": " + key);
            }
        });
    }

    /** A text as it is read, with anything in its gaps. */
    private static Pattern shown(String text) {
        String plain =
                text.replace("''", "'").replace("&&", "\0").replace("&", "").replace("\0", "&");
        return Pattern.compile(
                GAP.splitAsStream(plain + "\0")
                        .map(part -> Pattern.quote(part.replace("\0", "")))
                        .collect(Collectors.joining(".+")),
                Pattern.DOTALL);
    }

    private static Properties texts(String language) throws IOException {
        Properties texts = new Properties();
        try (Reader in = Files.newBufferedReader(TEXTS.resolveSibling("messages" + language + ".properties"))) {
            texts.load(in);
        }
        return texts;
    }
}
