// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.imports;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.hangar.imports.ItemImport.Existing;
import org.vaultsync.hangar.json.Json;
import org.vaultsync.hangar.vault.FolderVault;
import org.vaultsync.hangar.vault.Workspace;

class ItemImportTest {
    @TempDir
    Path home;

    private final AtomicLong read = new AtomicLong();
    private FolderVault vault;
    private long most = Long.MAX_VALUE;

    @BeforeEach
    void openVault() {
        vault = new FolderVault(new Workspace(home.resolve("vault"), List.of()));
        vault.ids();
    }

    private Report imported(Path file, Existing existing) {
        return new ItemImport(vault, Optional.empty(), existing, new ItemImport.Progress() {
                    @Override
                    public boolean isCancelled() {
                        // Asked at each byte.
                        return most < Long.MAX_VALUE && vault.cards().size() >= most;
                    }

                    @Override
                    public void read(long bytes) {
                        read.addAndGet(bytes);
                    }
                })
                .run(file);
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(home.resolve(name), text);
    }

    @Test
    void goodLinesComeInAndBadOnesAreNamed() throws Exception {
        Path file = file("mixed.ndjson", """
                {"id":"u1","chassis":"Wren","model":"A"}
                {"id":"u2","chassis":
                [1]

                {"id":"p1","callsign":"Sparrow","name":"Orla"}
                {"id":"f1","units":["u1"]}
                {"what":"is this"}
                """ + "{\"chassis\":1,\"a\":".repeat(200) + "\n");
        Report report = imported(file, Existing.SKIP);
        assertEquals(3, report.created());
        assertEquals(
                List.of(2L, 3L, 7L, 8L),
                report.refused().stream().map(Report.Refusal::line).toList());
        assertTrue(
                report.refused().get(3).why().contains("too deep"),
                report.refused().toString());
        assertEquals("Wren A", vault.card("u1").orElseThrow().name());
        assertEquals("pilot", vault.card("p1").orElseThrow().type());
        assertEquals(List.of("u1"), vault.get("f1").orElseThrow().item().references());
        assertEquals(Files.size(file), read.get());
    }

    @Test
    void aCompressedListIsReadToo() throws Exception {
        Path file = home.resolve("list.json.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("[{\"id\":1,\"tonnage\":5},{\"id\":2,\"tonnage\":6}]".getBytes(StandardCharsets.UTF_8));
        }
        assertEquals(2, imported(file, Existing.SKIP).created());
        assertTrue(vault.card("1").isPresent());
    }

    @Test
    void whatIsHereIsLeftReplacedOrPutBeside() throws Exception {
        imported(file("a.json", "{\"id\":\"u\",\"tonnage\":5}"), Existing.SKIP);
        Path other = file("b.json", "{\"id\":\"u\",\"tonnage\":6}");
        assertEquals(1, imported(other, Existing.SKIP).skipped());
        assertEquals(1, imported(other, Existing.NEW_ID).created());
        assertEquals(2, vault.cards().size());
        assertEquals(1, imported(other, Existing.REPLACE).replaced());
        assertEquals(
                "{\"id\":\"u\",\"tonnage\":6}",
                vault.get("u").orElseThrow().item().content());
        assertEquals(1, imported(other, Existing.REPLACE).skipped());
    }

    @Test
    void aTornFileGivesWhatItHasAndSaysSo() throws Exception {
        int lines = 300;
        Path file = home.resolve("torn.ndjson.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < lines; i++) {
                String line = "{\"id\":\"u" + i + "\",\"tonnage\":" + i * 7919 % 1000 + "}\n";
                out.write(line.getBytes(StandardCharsets.UTF_8));
            }
        }
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        Report report = imported(file, Existing.SKIP);
        String why = report.broken().orElseThrow();
        assertTrue(why.startsWith("The file could not be read to its end: "), why);
        assertFalse(report.cancelled());
        assertEquals(List.of(), report.refused());
        int came = report.created();
        assertTrue(came > 0 && came < lines, came + " came");
        for (int i = 0; i < came; i++) {
            assertTrue(vault.get("u" + i).isPresent(), "u" + i);
        }
        Files.write(file, whole);
        Report again = imported(file, Existing.SKIP);
        assertEquals(Optional.empty(), again.broken());
        assertEquals(came, again.skipped());
        assertEquals(lines - came, again.created());
    }

    @Test
    void cancelKeepsWhatCameBefore() throws Exception {
        most = 2;
        Report report = imported(
                file("many.ndjson", "{\"tonnage\":1}\n{\"tonnage\":2}\n{\"tonnage\":3}\n{\"tonnage\":4}\n"),
                Existing.SKIP);
        assertTrue(report.cancelled());
        assertEquals(2, report.created());
    }

    @Test
    void theRealUnitsComeInUnchanged() throws Exception {
        Path units = realUnits();
        Report report = imported(units, Existing.SKIP);
        assertEquals(List.of(), report.refused());
        assertEquals(1000, report.created());
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(units))) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                var content = Json.object(line);
                String id = content.get("id").asText();
                assertTrue(
                        Json.same(
                                content,
                                Json.object(vault.get(id).orElseThrow().item().content())),
                        id);
            }
        }
    }

    /** Where VAULTSYNC_UNITS says, else beside the project. */
    private static Path realUnits() {
        String named = System.getenv("VAULTSYNC_UNITS");
        Path units = Path.of(named == null ? "../../../shared/data/units.ndjson.gz" : named);
        if (named == null) {
            assumeTrue(Files.isReadable(units), "no real units here");
        }
        assertTrue(Files.isReadable(units), "VAULTSYNC_UNITS names " + units + ", which cannot be read");
        return units;
    }
}
