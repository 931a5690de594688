// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.sqlite.SQLiteDataSource;
import org.vaultsync.Badge;
import org.vaultsync.Fingerprint;
import org.vaultsync.ItemHistory;
import org.vaultsync.ItemStatus;
import org.vaultsync.Room;
import org.vaultsync.RoomId;
import org.vaultsync.crdt.ReplicaFactory;
import org.vaultsync.crdt.update.Knowledge;
import org.vaultsync.crdt.update.MalformedUpdateException;
import org.vaultsync.crdt.update.PackedUpdate;
import org.vaultsync.transport.Transport;
import org.vaultsync.vault.Revision;

/** One device of a simulation: the real core on a real store. The vault and the files outlive its processes. */
final class SimulatedDevice {
    private static final Instant START = Instant.parse("2026-06-01T12:00:00Z");

    final String name;
    final MemoryVault vault = new MemoryVault();
    private final Path home;
    private final SimulatedTime time;
    private final SimulatedNetwork network;
    private final ReplicaFactory replicas;
    private final Consumer<Throwable> errors;
    private Duration wrongBy = Duration.ZERO;
    private Duration slow = Duration.ZERO;
    private SimulatedMachine machine;
    private LocalVaultSync sync;
    private Transport transport;
    private Fingerprint fingerprint;

    SimulatedDevice(
            String name,
            Path folder,
            SimulatedTime time,
            SimulatedNetwork network,
            ReplicaFactory replicas,
            Consumer<Throwable> errors) {
        this.name = name;
        this.home = folder.resolve(name);
        this.time = time;
        this.network = network;
        this.replicas = replicas;
        this.errors = errors;
    }

    void start() {
        startWithoutVault();
        vaultComes();
        if (!time.until(() -> sync.self().isPresent(), Duration.ofMinutes(1))) {
            throw new AssertionError(name + " does not start: " + sync.problem());
        }
        fingerprint = sync.self().orElseThrow().fingerprint();
    }

    /** Begins to start. */
    void startWithoutVault() {
        machine = new SimulatedMachine(name, time, this::now, errors);
        machine.slowHost(slow);
        sync = new LocalVaultSync(home, replicas, machine);
        transport = network.at(name, machine);
        sync.addTransport(transport);
    }

    void vaultComes() {
        sync.setVault(vault);
    }

    void vaultGoes() {
        sync.unsetVault(vault);
    }

    boolean isUp() {
        return sync != null;
    }

    LocalVaultSync sync() {
        return sync;
    }

    ItemHistory history() {
        return new LocalItemHistory(sync);
    }

    /** The room as this device has it; empty if it is in no such room. */
    Optional<Room> room(RoomId id) {
        return sync.rooms().stream().filter(room -> room.id().equals(id)).findFirst();
    }

    Fingerprint fingerprint() {
        return fingerprint;
    }

    /** Shuts down in order. */
    void stop() {
        LocalVaultSync stopping = sync;
        sync = null;
        stopping.unsetVault(vault);
        stopping.stop();
        machine.die();
    }

    /** As kill -9, or a power cut: what is not on disk is gone. */
    void crash(boolean silently) {
        LocalVaultSync dying = sync;
        sync = null;
        machine.die();
        network.drop(name, silently);
        dying.unsetVault(vault);
        dying.stop();
    }

    void slowHost(Duration longest) {
        slow = longest;
        if (machine != null) {
            machine.slowHost(longest);
        }
    }

    /** The clock is set, forwards or backwards. */
    void setClock(Duration wrong) {
        wrongBy = wrong;
    }

    /** What its clock says. */
    Instant now() {
        return START.plusNanos(time.now()).plus(wrongBy);
    }

    boolean shares(String item) {
        return sync.status(item).badge() != Badge.NOT_SHARED;
    }

    boolean shares(String item, RoomId room) {
        return sync.status(item).room().equals(Optional.of(room));
    }

    ItemStatus status(String item) {
        return sync.status(item);
    }

    /** What is on this device's disk of the documents of a room, by document, whether it runs or not. */
    Map<String, Knowledge> onDisk(RoomId room) throws SQLException {
        Map<String, List<byte[]>> pieces = new TreeMap<>();
        try (Connection database = open();
                PreparedStatement query =
                        // What waits may rest on what was compacted since, and has a higher number now.
                        database.prepareStatement("SELECT document, bytes, packed FROM piece WHERE room = ?"
                                + " ORDER BY integrated DESC, number")) {
            query.setString(1, room.hex());
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    byte[] bytes = row.getBytes(2);
                    pieces.computeIfAbsent(row.getString(1), id -> new ArrayList<>())
                            .add(row.getInt(3) == 0 ? bytes : PackedUpdate.unpack(bytes));
                }
            }
        } catch (MalformedUpdateException e) {
            throw new AssertionError(name, e);
        }
        Map<String, Knowledge> known = new TreeMap<>();
        pieces.forEach((document, updates) -> {
            try {
                known.put(document, Knowledge.of(updates));
            } catch (MalformedUpdateException e) {
                throw new AssertionError(name + ": document " + document, e);
            }
        });
        return known;
    }

    /** Whether sync has taken in what the vault held as this revision, as far as it is on disk. */
    boolean knows(Revision revision) {
        try (Connection database = open();
                PreparedStatement query = database.prepareStatement("SELECT 1 FROM revision WHERE name = ?")) {
            query.setString(1, revision.name());
            try (ResultSet row = query.executeQuery()) {
                return row.next();
            }
        } catch (SQLException e) {
            throw new AssertionError(name, e);
        }
    }

    /** The documents of an item, as this device knows. */
    List<String> documentsOf(String item) throws SQLException {
        List<String> documents = new ArrayList<>();
        try (Connection database = open();
                PreparedStatement query = database.prepareStatement("SELECT id FROM document WHERE item = ?")) {
            query.setString(1, item);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    documents.add(row.getString(1));
                }
            }
        }
        return documents;
    }

    /** Those of one room. */
    List<String> documentsOf(String item, RoomId room) throws SQLException {
        List<String> documents = documentsOf(item);
        documents.retainAll(digests(room).keySet());
        return documents;
    }

    /** The documents of which nothing but the name is on this device's disk. */
    List<String> emptyOnDisk() throws SQLException {
        List<String> documents = new ArrayList<>();
        try (Connection database = open();
                PreparedStatement query = database.prepareStatement(
                        "SELECT id FROM document WHERE id NOT IN (SELECT document FROM piece)");
                ResultSet row = query.executeQuery()) {
            while (row.next()) {
                documents.add(row.getString(1));
            }
        }
        return documents;
    }

    /** Whether this device takes no part in the item's sync in a room, for whatever reason, as far as it is on disk. */
    boolean hasStopped(String item, RoomId room) throws SQLException {
        try (Connection database = open();
                PreparedStatement query =
                        database.prepareStatement("SELECT max(left) FROM document WHERE item = ? AND room = ?")) {
            query.setString(1, item);
            query.setString(2, room.hex());
            try (ResultSet row = query.executeQuery()) {
                return row.next() && row.getInt(1) == 1;
            }
        }
    }

    /** The digests that are stored beside the documents of a room. */
    Map<String, String> digests(RoomId room) throws SQLException {
        Map<String, String> digests = new TreeMap<>();
        try (Connection database = open();
                PreparedStatement query = database.prepareStatement("SELECT id, digest FROM document WHERE room = ?")) {
            query.setString(1, room.hex());
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    digests.put(row.getString(1), HexFormat.of().formatHex(row.getBytes(2)));
                }
            }
        }
        return digests;
    }

    private Connection open() throws SQLException {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + home.resolve("sync.db"));
        return source.getConnection();
    }

    Optional<org.vaultsync.vault.Stored> holds(String item) {
        return vault.get(item);
    }

    @Override
    public String toString() {
        return name;
    }
}
