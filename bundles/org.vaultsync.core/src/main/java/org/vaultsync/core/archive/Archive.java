// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.archive;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.vaultsync.Fingerprint;
import org.vaultsync.RoomArchives.Contents;
import org.vaultsync.RoomArchives.Course;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.core.identity.Sha256;

/**
 * The file of a room: a zip with the entries {@code record/<n>}, {@code document/<id>} and {@code attachment/<sha256>},
 * and with a manifest, which names each with its SHA-256. Not thread-safe; blocks.
 */
public final class Archive implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String FORMAT = "vault-sync room";
    private static final int VERSION = 1;
    private static final String MANIFEST = "manifest.json";
    private static final int LARGEST_MANIFEST = 64 << 20;
    private static final int LARGEST_ENTRY = 64 << 20;
    private static final String RECORD = "record/";
    private static final String DOCUMENT = "document/";
    private static final String ATTACHMENT = "attachment/";

    private final ZipFile zip;
    private final RoomId room;
    private final String name;
    private final Map<String, String> entries; // SHA-256 by name
    private final Map<Fingerprint, List<String>> addresses;
    private final Steps steps;

    private Archive(
            ZipFile zip,
            RoomId room,
            String name,
            Map<String, String> entries,
            Map<Fingerprint, List<String>> addresses,
            Course course) {
        this.addresses = addresses;
        this.zip = zip;
        this.room = room;
        this.name = name;
        this.entries = entries;
        steps = new Steps(
                course, entries.size() + documents().size() + attachments().size());
    }

    /**
     * Opens a file and looks whether all of it is sound.
     *
     * @param course of looking at it, and of what {@link #steps} counts
     * @throws SyncException if it is no such file, damaged, or of a newer version
     */
    public static Archive open(Path file, Course course) throws SyncException {
        try {
            ZipFile zip = new ZipFile(file.toFile());
            try {
                return read(zip, course);
            } catch (SyncException | IOException | RuntimeException unusable) {
                zip.close();
                throw unusable;
            }
        } catch (ZipException noZip) {
            throw new SyncException("This file is not an export of a room, or it is damaged.", noZip);
        } catch (IOException unreadable) {
            throw new SyncException("The file cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }

    private static Archive read(ZipFile zip, Course course) throws SyncException, IOException {
        ZipEntry entry = zip.getEntry(MANIFEST);
        if (entry == null) {
            throw new SyncException("This file is not an export of a room.");
        }
        JsonNode manifest;
        try (InputStream in = zip.getInputStream(entry)) {
            manifest = JSON.readTree(in.readNBytes(LARGEST_MANIFEST));
        } catch (JsonProcessingException malformed) {
            throw damaged(malformed);
        }
        if (!manifest.path("format").asText().equals(FORMAT)) {
            throw new SyncException("This file is not an export of a room.");
        }
        if (manifest.path("version").asInt() > VERSION) {
            throw new SyncException("This export was made by a newer version. Update this application to import it.");
        }
        Map<String, String> entries = new LinkedHashMap<>();
        manifest.path("entries")
                .properties()
                .forEach(named -> entries.put(named.getKey(), named.getValue().asText()));
        Archive archive;
        try {
            archive = new Archive(
                    zip,
                    new RoomId(manifest.path("room").asText()),
                    manifest.path("name").asText(),
                    entries,
                    addresses(manifest.path("addresses")),
                    course);
        } catch (IllegalArgumentException malformed) {
            throw damaged(malformed);
        }
        archive.check();
        return archive;
    }

    private static Map<Fingerprint, List<String>> addresses(JsonNode manifest) {
        Map<Fingerprint, List<String>> addresses = new LinkedHashMap<>();
        manifest.properties().forEach(member -> {
            List<String> of = new ArrayList<>();
            member.getValue().forEach(address -> of.add(address.asText()));
            addresses.put(new Fingerprint(member.getKey()), of);
        });
        return addresses;
    }

    private static SyncException damaged(Exception why) {
        return new SyncException("This export is damaged, and nothing was taken from it. Use another copy of it.", why);
    }

    private void check() throws SyncException {
        for (Map.Entry<String, String> entry : entries.entrySet()) {
            steps.next();
            try {
                MessageDigest sha = Sha256.begin();
                try (InputStream in = open(entry.getKey());
                        OutputStream hashing = new DigestOutputStream(OutputStream.nullOutputStream(), sha)) {
                    in.transferTo(hashing);
                }
                String digest = HexFormat.of().formatHex(sha.digest());
                boolean named =
                        !entry.getKey().startsWith(ATTACHMENT) || entry.getKey().equals(ATTACHMENT + digest);
                if (!digest.equals(entry.getValue()) || !named) {
                    throw new IOException(entry.getKey() + " is not what it was");
                }
            } catch (IOException | RuntimeException broken) {
                throw damaged(broken);
            }
        }
    }

    private InputStream open(String entry) throws IOException {
        ZipEntry found = zip.getEntry(entry);
        if (found == null) {
            throw new IOException(entry + " is missing");
        }
        return zip.getInputStream(found);
    }

    /** One step for each document and each file of an item that is taken. */
    public Steps steps() {
        return steps;
    }

    public Contents contents() {
        return new Contents(
                room, name, names(DOCUMENT).size(), names(ATTACHMENT).size());
    }

    private List<String> names(String kind) {
        return entries.keySet().stream()
                .filter(entry -> entry.startsWith(kind))
                .map(entry -> entry.substring(kind.length()))
                .toList();
    }

    public List<byte[]> records() throws IOException {
        List<byte[]> records = new ArrayList<>();
        for (String number : names(RECORD)) {
            records.add(bytes(RECORD + number));
        }
        return records;
    }

    /** Where members could be dialled. */
    public Map<Fingerprint, List<String>> addresses() {
        return addresses;
    }

    /** The ids of the documents. */
    public List<String> documents() {
        return names(DOCUMENT);
    }

    /** A document as one update. */
    public byte[] document(String id) throws IOException {
        return bytes(DOCUMENT + id);
    }

    private byte[] bytes(String entry) throws IOException {
        try (InputStream in = open(entry)) {
            byte[] bytes = in.readNBytes(LARGEST_ENTRY);
            if (in.read() >= 0) {
                throw new IOException(entry + " is too large");
            }
            return bytes;
        }
    }

    /** The hashes of the files of items. */
    public List<String> attachments() {
        return names(ATTACHMENT);
    }

    public InputStream attachment(String sha256) throws IOException {
        return open(ATTACHMENT + sha256);
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    /** Writes a file. It has its name only once it is finished. */
    public static final class Writer implements AutoCloseable {
        private final Path file;
        private final Path unfinished;
        private final FileChannel channel;
        private final ZipOutputStream zip;
        private final ObjectNode manifest = JSON.createObjectNode();
        private final ObjectNode entries = JSON.createObjectNode();
        private final ObjectNode addresses = JSON.createObjectNode();
        private int records;
        private int documents;
        private int attachments;

        public Writer(Path file, RoomId room, String name, Fingerprint device, Instant now) throws IOException {
            this.file = file.toAbsolutePath();
            unfinished = this.file.resolveSibling(file.getFileName() + ".part");
            channel = FileChannel.open(
                    unfinished,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING);
            zip = new ZipOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)));
            manifest.put("format", FORMAT)
                    .put("version", VERSION)
                    .put("room", room.hex())
                    .put("name", name)
                    .put("device", device.hex())
                    .put("made", now.toString());
        }

        public void record(byte[] bytes) throws IOException {
            add(RECORD + records++, new ByteArrayInputStream(bytes));
        }

        /** Where a member can be dialled. */
        public void addresses(Fingerprint member, List<String> known) {
            known.forEach(addresses.putArray(member.hex())::add);
        }

        public void document(String id, byte[] update) throws IOException {
            add(DOCUMENT + id, new ByteArrayInputStream(update));
            documents++;
        }

        /** @return whether it has this hash; if not, the manifest does not name it, and nobody takes it */
        public boolean attachment(String sha256, InputStream bytes) throws IOException {
            add(ATTACHMENT + sha256, bytes);
            boolean sound = entries.path(ATTACHMENT + sha256).asText().equals(sha256);
            if (sound) {
                attachments++;
            } else {
                entries.remove(ATTACHMENT + sha256);
            }
            return sound;
        }

        private void add(String entry, InputStream bytes) throws IOException {
            MessageDigest sha = Sha256.begin();
            zip.putNextEntry(new ZipEntry(entry));
            bytes.transferTo(new DigestOutputStream(zip, sha));
            zip.closeEntry();
            entries.put(entry, HexFormat.of().formatHex(sha.digest()));
        }

        /** The file is whole. */
        public Contents finish() throws IOException {
            manifest.set("addresses", addresses);
            manifest.set("entries", entries);
            zip.putNextEntry(new ZipEntry(MANIFEST));
            zip.write(JSON.writeValueAsBytes(manifest));
            zip.finish();
            zip.flush();
            channel.force(true); // else what is reported to be whole may be empty after a power cut
            zip.close();
            try {
                Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (AtomicMoveNotSupportedException elsewhere) {
                Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
            }
            return new Contents(
                    new RoomId(manifest.path("room").asText()),
                    manifest.path("name").asText(),
                    documents,
                    attachments);
        }

        /** Takes an unfinished file away. */
        @Override
        public void close() throws IOException {
            try {
                zip.close();
            } finally {
                Files.deleteIfExists(unfinished);
            }
        }
    }
}
