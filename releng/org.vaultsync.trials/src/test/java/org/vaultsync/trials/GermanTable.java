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
import org.vaultsync.robot.driver.HostDriver;

/** Hangar and sync as whoever speaks German sees them. What is the platform's stays in English, which has no German here. */
final class GermanTable extends Script {
    private static final Pattern CELLS = Pattern.compile(" \\| ");
    private static final Pattern GAP = Pattern.compile("\\{\\d}");

    private final Set<String> english = new TreeSet<>();
    private final HostDriver host;

    private GermanTable(Scene scene) throws IOException {
        super(scene, "german");
        host = scene.start("workspace", "-Dosgi.nl=de");
    }

    public static void main(String[] arguments) throws Exception {
        Built built = Built.in(Path.of(arguments[0]));
        run(arguments, Installation.withSync(built, Path.of(arguments[1], "hangar")), GermanTable::new);
    }

    @Override
    List<HostDriver> hosts() {
        return List.of(host);
    }

    @Override
    void play() throws IOException {
        host.view("org.vaultsync.ui.peers");
        host.waitText("Mit jemandem teilen", Pair.SOON);
        look("peers-empty");
        host.open("Anvil AV-3");
        host.click("Nicht geteilt");
        host.waitDialog("Raum", Pair.SOON);
        look("room");
        host.type("Name:", "Freitagabend");
        host.click("Anlegen");
        host.waitDialog("Einladung", Pair.SOON);
        host.send("wait-enabled", "Einladung kopieren", Pair.SOON.toMillis());
        look("invite");
        host.click("Close");
        host.waitText("Noch niemand sonst", Pair.SOON);
        look("peers");
        for (String page : List.of("", ".key", ".network", ".types")) {
            host.command("org.eclipse.ui.window.preferences", "preferencePageId=org.vaultsync.ui.preferences" + page);
            host.waitDialog("Preferences", Pair.SOON);
            look("preferences" + page.replace('.', '-'));
            host.click("Cancel");
        }
        host.command("org.vaultsync.ui.diagnose");
        host.waitText("Auf diesem Gerät ist alles in Ordnung.", Pair.SOON);
        look("diagnosis");
        host.click("Close");
        host.command("org.vaultsync.ui.history");
        host.waitText("Geteilt", Pair.SOON);
        look("history");
        host.click("Close");
        host.command("org.vaultsync.ui.showConflicts");
        host.waitText("Hier ist nichts zu entscheiden.", Pair.SOON);
        host.command("org.vaultsync.ui.showLog");
        host.waitText("Dieses Gerät", Pair.SOON);
        look("log");
        host.quit();
        assertEquals(Set.of(), english);
        seen("no text of sync in English");
    }

    @Override
    public void close() throws IOException {
        host.close();
    }

    private void look(String name) throws IOException {
        picture(name, host);
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

    private Properties texts(String language) throws IOException {
        Path file = scene.root()
                .resolve("bundles/org.vaultsync.ui/src/main/java/org/vaultsync/ui/text/messages" + language
                        + ".properties");
        Properties texts = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            texts.load(in);
        }
        return texts;
    }
}
