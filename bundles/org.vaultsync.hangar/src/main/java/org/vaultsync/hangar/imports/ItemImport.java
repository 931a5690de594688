// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.imports;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import org.vaultsync.hangar.item.ItemType;
import org.vaultsync.hangar.json.Json;
import org.vaultsync.hangar.json.JsonProblem;
import org.vaultsync.hangar.look.Words;
import org.vaultsync.hangar.vault.FolderVault;
import org.vaultsync.hangar.vault.VaultException;
import org.vaultsync.vault.Attachment;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

/**
 * Brings the items of a file into a vault: a {@code .json} file with an object or a list of objects, or a file with an
 * object on each line; compressed by gzip or not. A bad line is refused and named, and the others go on.
 */
public final class ItemImport {
    private static final int LARGEST_JSON = 256 * 1024 * 1024;
    private static final int GZIP_FIRST = 0x1f;
    private static final int GZIP_SECOND = 0x8b;

    /** What to do with an item whose id the vault has already. */
    public enum Existing {
        SKIP,
        REPLACE,
        NEW_ID
    }

    /** Is told how far it is, and says whether to go on. Called on the thread of the import. */
    public interface Progress {
        boolean isCancelled();

        /** This many more bytes of the file have been read. */
        void read(long bytes);
    }

    private final FolderVault vault;
    private final Optional<String> type;
    private final Existing existing;
    private final Progress progress;
    private final List<Report.Refusal> refused = new ArrayList<>();
    private int created;
    private int replaced;
    private int skipped;

    /** @param type of all items; empty to go by their content */
    public ItemImport(FolderVault vault, Optional<String> type, Existing existing, Progress progress) {
        this.vault = vault;
        this.type = type;
        this.existing = existing;
        this.progress = progress;
    }

    /** Blocks until all is imported, the person cancels, or the file or the vault fails. */
    public Report run(Path file) {
        Optional<String> broken = Optional.empty();
        try (InputStream in = plain(new Counting(Files.newInputStream(file), progress))) {
            String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
            if (name.replaceAll("\\.gz$", "").endsWith(".json")) {
                whole(in);
            } else {
                lines(in);
            }
        } catch (VaultException full) {
            broken = Optional.of(full.getMessage());
        } catch (IOException unreadable) {
            broken = Optional.of(Words.of("The file could not be read to its end: %s", unreadable.getMessage()));
        }
        return new Report(created, replaced, skipped, refused, progress.isCancelled(), broken);
    }

    private static InputStream plain(InputStream file) throws IOException {
        BufferedInputStream in = new BufferedInputStream(file, 1 << 16);
        in.mark(2);
        boolean zipped = in.read() == GZIP_FIRST && in.read() == GZIP_SECOND;
        in.reset();
        return zipped ? new BufferedInputStream(new GZIPInputStream(in), 1 << 16) : in;
    }

    private void whole(InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(LARGEST_JSON + 1);
        if (bytes.length > LARGEST_JSON) {
            throw new IOException(Words.of("it is larger than 256 MB. Put one item on a line and name it .ndjson."));
        }
        JsonNode read;
        try {
            read = Json.tree(bytes);
        } catch (JsonProblem malformed) {
            refused.add(new Report.Refusal(
                    malformed.line(), Words.of("column %d: %s", malformed.column(), malformed.getMessage())));
            return;
        }
        if (!read.isArray()) {
            take(1, Json.line(read));
            return;
        }
        for (int i = 0; i < read.size() && !progress.isCancelled(); i++) {
            take(i + 1L, Json.line(read.get(i)));
        }
    }

    private void lines(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        long number = 1;
        boolean tooLong = false;
        for (int b = in.read(); !progress.isCancelled(); b = in.read()) {
            if (b >= 0 && b != '\n') {
                tooLong |= line.size() > 4L * Json.LONGEST;
                if (!tooLong) {
                    line.write(b);
                }
                continue;
            }
            if (tooLong) {
                refused.add(new Report.Refusal(number, Words.of("The line is far too long for an item.")));
            } else {
                takeLine(number, line.toByteArray());
            }
            if (b < 0) {
                return;
            }
            line.reset();
            tooLong = false;
            number++;
        }
    }

    private void takeLine(long number, byte[] bytes) throws IOException {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            refused.add(new Report.Refusal(number, Words.of("The line is not UTF-8 text.")));
            return;
        }
        if (number == 1 && text.startsWith("\ufeff")) {
            text = text.substring(1);
        }
        if (!text.isBlank()) {
            take(number, text.strip());
        }
    }

    private void take(long number, String text) throws IOException {
        try {
            store(item(Json.object(text)));
        } catch (JsonProblem unfit) {
            refused.add(new Report.Refusal(
                    number,
                    unfit.column() > 1
                            ? Words.of("column %d: %s", unfit.column(), unfit.getMessage())
                            : unfit.getMessage()));
        } catch (IllegalArgumentException noItem) {
            refused.add(new Report.Refusal(number, noItem.getMessage()));
        }
    }

    private Item item(ObjectNode read) {
        boolean wrapped = read.path("content").isObject() && read.path("type").isTextual();
        ObjectNode content = wrapped ? (ObjectNode) read.get("content") : read;
        String is = type.or(() -> wrapped ? Optional.of(read.path("type").asText()) : type(content))
                .orElseThrow(() -> new IllegalArgumentException(Words.of(
                        "This is neither a unit nor a pilot nor a force, so far as can be told. Choose a type.")));
        JsonNode idNode = read.path("id");
        String id = idNode.isTextual() || idNode.isIntegralNumber() ? idNode.asText() : "";
        return new Item(
                id.isEmpty() ? UUID.randomUUID().toString() : id,
                is,
                name(wrapped ? read : content, id.isEmpty() ? "Imported " + is : id),
                Json.line(content));
    }

    private static Optional<String> type(ObjectNode content) {
        String named = content.path("type").asText().toLowerCase(Locale.ROOT);
        if (ItemType.known().stream().anyMatch(known -> known.type().equals(named))) {
            return Optional.of(named);
        }
        if (content.has("unitType") || content.has("chassis") || content.has("tonnage")) {
            return Optional.of(ItemType.UNIT);
        }
        if (content.path("units").isArray() || content.path("pilots").isArray()) {
            return Optional.of(ItemType.FORCE);
        }
        if (content.has("callsign") || content.has("gunnery") || content.has("piloting")) {
            return Optional.of(ItemType.PILOT);
        }
        return Optional.empty();
    }

    private static String name(ObjectNode node, String otherwise) {
        if (node.path("name").isTextual() && !node.path("name").asText().isBlank()) {
            return node.path("name").asText();
        }
        String design =
                (node.path("chassis").asText() + " " + node.path("model").asText()).strip();
        return design.isEmpty() ? otherwise : design;
    }

    private void store(Item item) throws IOException {
        if (vault.card(item.id()).isEmpty()) {
            vault.save(item, Revision.NONE);
            created++;
            return;
        }
        switch (existing) {
            case SKIP -> skipped++;
            case NEW_ID -> {
                vault.save(
                        new Item(UUID.randomUUID().toString(), item.type(), item.name(), item.content()),
                        Revision.NONE);
                created++;
            }
            case REPLACE -> replace(item);
        }
    }

    private void replace(Item item) throws IOException {
        Optional<Stored> there = vault.open(item.id());
        if (there.isEmpty()) {
            vault.save(item, Revision.NONE);
            created++;
            return;
        }
        if (isSame(item, there.get().item())) {
            skipped++;
            return;
        }
        List<Attachment> pictures = there.get().item().attachments();
        vault.save(
                new Item(item.id(), item.type(), item.name(), item.content(), pictures, List.of()),
                there.get().revision());
        replaced++;
    }

    private static boolean isSame(Item item, Item there) {
        try {
            return item.name().equals(there.name())
                    && item.type().equals(there.type())
                    && Json.same(Json.object(item.content()), Json.object(there.content()));
        } catch (JsonProblem damaged) {
            return false;
        }
    }

    /** Tells how much of the file has been read, compressed or not. */
    private static final class Counting extends FilterInputStream {
        private final Progress progress;

        Counting(InputStream in, Progress progress) {
            super(in);
            this.progress = progress;
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            if (b >= 0) {
                progress.read(1);
            }
            return b;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = super.read(bytes, offset, length);
            if (count > 0) {
                progress.read(count);
            }
            return count;
        }
    }
}
