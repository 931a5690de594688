// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.vaultsync.trials.Pair.SOON;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.robot.driver.HostDriver;

/** A disk that is full, a vault that cannot be written, items that are none: said where the person looks, nothing lost. */
class TroubleIT {
    private static final String ANVIL = "Anvil AV-3";
    private static final String HERON = "Heron HN-4";

    @TempDir
    static Path folder;

    private static Installation hangar;

    @BeforeAll
    static void install() throws IOException {
        hangar = Installation.withSync(Built.in(Path.of(System.getProperty("root"))), folder.resolve("hangar"));
    }

    @Test
    void onAFullDiskNothingIsLostAndAllGoesOnOnceThereIsRoom() throws IOException {
        Path workspaces = folder.resolve("full");
        try (SmallDisk disk = SmallDisk.at(workspaces.resolve("a"));
                Pair pair = Pair.start(hangar, workspaces)) {
            HostDriver a = pair.a;
            HostDriver b = pair.b;
            pair.join(pair.share(ANVIL, "Friday evening"));
            b.waitRow(ANVIL, SOON);
            b.open(ANVIL);
            a.waitText("1 of 1 has your last change", SOON);

            disk.fill();
            a.type("Year", "3071");
            a.save();
            a.waitDialog("Not saved", SOON);
            a.waitText("the disk is full. Nothing is lost; make room, then try again.", SOON);
            a.click("OK");
            assertEquals("3071", a.get("Year"));
            b.type("Model", "AV-7");
            b.save();
            b.waitText("0 of 1 have your last change", SOON);
            a.view("org.vaultsync.ui.peers");
            a.waitText("The disk is full, so changes cannot be stored for sync.", SOON);
            assertTrue(a.process().isAlive());

            disk.makeRoom();
            a.open(ANVIL);
            a.save();
            b.waitField("Year", "3071", SOON);
            a.waitField("Model", "AV-7", SOON);
            a.waitText("1 of 1 has ", SOON);
            b.waitText("1 of 1 has ", SOON);
            a.view("org.vaultsync.ui.peers");
            a.send("wait-no-text", "changes cannot be stored for sync", SOON.toMillis());
            pair.quit();
        }
    }

    @Test
    void aVaultThatCannotBeWrittenIsSaidInTheNavigatorAndWhenSaving() throws IOException {
        Path workspace = folder.resolve("readonly");
        try (SmallDisk disk = SmallDisk.at(workspace.resolve("vault"))) {
            // A vault that is new is filled with the sample only if its folder is.
            try (HostDriver host = hangar.start(folder.resolve("model"))) {
                host.waitRow(ANVIL, SOON);
                host.quit();
            }
            copy(folder.resolve("model/vault"), workspace.resolve("vault"));
            disk.forbidWriting();
            try (HostDriver host = hangar.start(workspace)) {
                host.waitText("cannot be written", SOON);
                host.open(ANVIL);
                host.type("Year", "3071");
                host.save();
                host.waitDialog("Not saved", SOON);
                host.click("OK");
                assertEquals("3071", host.get("Year"));
                disk.allowWriting();
                host.save();
                host.open(HERON);
                host.open(ANVIL);
                assertEquals("3071", host.get("Year"));
                assertTrue(host.send("vault-get", "sample-unit-anvil").get(1).contains("3071"));

                disk.forbidWriting();
                whatCannotBeSavedAnyMoreStaysInTheEditor(host);
                disk.allowWriting();
                host.open(ANVIL);
                host.save();
                host.waitText(ANVIL, SOON);
                host.send("wait-no-text", "*" + ANVIL, SOON.toMillis());
                host.send("wait-no-text", "could not be saved", SOON.toMillis());
                assertTrue(host.send("vault-get", "sample-unit-anvil").get(1).contains("3072"));
                host.quit();
            }
        }
    }

    private static void whatCannotBeSavedAnyMoreStaysInTheEditor(HostDriver host) {
        host.type("Year", "3072");
        host.save();
        host.waitDialog("Not saved", SOON);
        host.waitText("\"" + ANVIL + "\" could not be saved: ", SOON);
        host.click("OK");
        host.waitMessage("\"" + ANVIL + "\" could not be saved: ", SOON);
        assertEquals("3072", host.get("Year"));
        host.waitText("*" + ANVIL, SOON);
        assertTrue(host.send("vault-get", "sample-unit-anvil").get(1).contains("3071"));
        host.open(HERON);
        host.waitText("Heron", SOON);
    }

    @Test
    void aFileInThePlaceOfTheVaultIsSaidAndLeftAlone() throws IOException {
        Path workspace = Files.createDirectories(folder.resolve("file"));
        Path file = Files.writeString(workspace.resolve("vault"), "my notes");
        try (HostDriver host = hangar.start(workspace)) {
            host.waitText("cannot be written", SOON);
            host.command("org.vaultsync.hangar.new", "org.vaultsync.hangar.new.type=unit");
            host.waitDialog("New unit", SOON);
            host.click("OK");
            host.quit();
        }
        assertEquals("my notes", Files.readString(file));
    }

    @Test
    void whatIsNoItemIsRefusedAtTheImportAndTheRestIsTaken() throws IOException {
        Path file = folder.resolve("units.ndjson");
        Files.write(
                file,
                List.of(
                        "[1, 2]",
                        "{\"name\": \"Deep\", \"a\": " + "{\"a\":".repeat(200) + "1" + "}".repeat(200) + "}",
                        "{\"name\": \"Large\", \"a\": \"" + "x".repeat(10_000_000) + "\"}",
                        "{\"name\": \"Bell\\u0007tower\", \"tonnage\": 20}",
                        "{\"name\": \"Good\", \"tonnage\": 30}"));
        try (HostDriver host = hangar.start(folder.resolve("import"))) {
            host.command("org.vaultsync.hangar.import");
            host.waitDialog("Import Items", SOON);
            host.type("File", file.toString());
            host.choose("Type", "Units");
            host.click("Finish");
            host.waitDialog("Import Report", SOON);
            String said = String.join("\n", host.texts());
            for (String line : List.of("1", "2", "3")) {
                assertTrue(said.matches("(?s).*\\b" + line + " \\| .*"), said);
            }
            assertTrue(
                    said.contains("this is a list") && said.contains("too deep") && said.contains("too large"), said);
            host.click("Close");
            host.waitRow("Good", SOON);
            host.waitRow("Bell tower", SOON);
            host.quit();
        }
    }

    /** The focus is where the person looked last; what they typed is in the editor. */
    @Test
    void savingWorksFromEveryView() throws IOException {
        try (HostDriver host = hangar.start(folder.resolve("focus"))) {
            int year = 3071;
            for (String view : List.of("org.vaultsync.hangar.navigator", "org.vaultsync.ui.peers")) {
                host.open(ANVIL);
                host.type("Year", Integer.toString(++year));
                host.view(view);
                host.command("org.eclipse.ui.file.save");
                String content = host.send("vault-get", "sample-unit-anvil").get(1);
                assertTrue(content.contains(Integer.toString(year)), content);
            }
            host.quit();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }
}
