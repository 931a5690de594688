// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vaultsync.Badge;
import org.vaultsync.Diagnosis;
import org.vaultsync.Finding;
import org.vaultsync.Fingerprint;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.Trouble;
import org.vaultsync.Trouble.Kind;
import org.vaultsync.core.identity.Knocks;
import org.vaultsync.core.wire.DocumentName;
import org.vaultsync.core.wire.Frames.Stream;
import org.vaultsync.core.wire.Message.Acknowledge;
import org.vaultsync.core.wire.Message.AskAttachment;
import org.vaultsync.core.wire.Message.AttachmentPiece;
import org.vaultsync.core.wire.Message.BucketDigests;
import org.vaultsync.core.wire.Message.BucketEntries;
import org.vaultsync.core.wire.Message.Entry;
import org.vaultsync.core.wire.Message.Envelope;
import org.vaultsync.core.wire.Message.Hello;
import org.vaultsync.core.wire.Message.OpenRoom;
import org.vaultsync.core.wire.Message.Refuse;
import org.vaultsync.core.wire.Message.RoomDigest;
import org.vaultsync.core.wire.Message.Step1;
import org.vaultsync.core.wire.Message.Step2;
import org.vaultsync.transport.Door;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Transport;
import org.vaultsync.transport.TroubleException;
import org.vaultsync.transport.lan.LanTransport;
import org.vaultsync.vault.Vault;

/** What goes wrong around a device, brought about: it is told as what it is, and sync goes on with what works. */
class TroublesTest {
    @TempDir
    private Path folder;

    private static Diagnosis diagnosis(LocalVaultSync sync) throws Exception {
        return new LocalDiagnostics(sync, "1.2.3").check().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static Trouble of(Kind kind, LocalVaultSync sync) {
        return sync.troubles().stream()
                .filter(trouble -> trouble.kind() == kind)
                .findFirst()
                .orElseThrow(() -> new AssertionError(kind + " is not among " + sync.troubles()));
    }

    private static void isDiagnosed(Trouble trouble, LocalVaultSync sync) throws Exception {
        List<Finding> findings = diagnosis(sync).findings();
        assertTrue(
                findings.stream()
                        .anyMatch(finding -> finding.trouble().equals(Optional.of(trouble))
                                && finding.weight() != Finding.Weight.FINE
                                && !finding.advice().isEmpty()),
                findings.toString());
    }

    @Test
    void aPortThatIsTakenIsToldAndAnotherOneUsed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                TestDevice ben = new TestDevice(folder.resolve("ben"), "Ben", new MemoryVault())) {
            LocalVaultSync anna = new LocalVaultSync(folder.resolve("anna"), TestDevice.REPLICAS, Clock.systemUTC());
            anna.addTransport(new LanTransport(Map.of(
                    "vaultsync.lan.port", "" + taken.getLocalPort(),
                    "vaultsync.lan.bind", "127.0.0.1",
                    "vaultsync.lan.discovery", "off")::get));
            RoomId room = anna.createRoom("Friday").toCompletableFuture().get(60, TimeUnit.SECONDS);
            ben.join(anna.invite(room).toCompletableFuture().get(60, TimeUnit.SECONDS));
            TestDevice.until("linked all the same", ben::isLinked);
            Trouble told = of(Kind.PORT_TAKEN, anna);
            String used = told.details().getLast();
            assertEquals("" + taken.getLocalPort(), told.details().getFirst());
            assertTrue(anna.self().orElseThrow().addresses().contains("127.0.0.1:" + used), used);
            assertEquals(Optional.empty(), anna.problem());
            isDiagnosed(told, anna);
            anna.stop();
        }
    }

    @Test
    void aTransportWhoseAddressComesLaterListensThen() throws Exception {
        AtomicBoolean there = new AtomicBoolean();
        Transport real = new LanTransport(Map.of(
                "vaultsync.lan.port", "0",
                "vaultsync.lan.bind", "127.0.0.1",
                "vaultsync.lan.discovery", "off")::get);
        AtomicInteger tries = new AtomicInteger();
        LocalVaultSync anna = new LocalVaultSync(folder.resolve("anna"), TestDevice.REPLICAS, Clock.systemUTC());
        anna.addTransport(new Transport() {
            @Override
            public String kind() {
                return real.kind();
            }

            @Override
            public Endpoint open(Identity self, Door door) throws IOException {
                tries.incrementAndGet();
                if (!there.get()) {
                    throw new IOException("This machine has no such address now.");
                }
                return real.open(self, door);
            }
        });
        anna.createRoom("Friday").toCompletableFuture().get(60, TimeUnit.SECONDS);
        TestDevice.until("told", () -> anna.problem().isPresent());
        TestDevice.until("tried again", () -> tries.get() > 1);
        there.set(true);
        TestDevice.until("it listens", () -> anna.problem().isEmpty());
        assertEquals(1, anna.self().orElseThrow().addresses().size());
        assertEquals(
                1,
                new LocalSyncLog(anna)
                        .entries(50).toCompletableFuture().get(30, TimeUnit.SECONDS).stream()
                                .filter(entry -> entry.toString().contains("cannot be reached over the LAN"))
                                .count());
        anna.stop();
    }

    @Test
    void aDatabaseThatIsDamagedIsSetAsideAndToldUntilTheNextStart() throws Exception {
        Path home = folder.resolve("anna");
        Files.createDirectories(home);
        Files.writeString(home.resolve("sync.db"), "this is no database at all, but long enough ".repeat(50));
        try (TestDevice anna = new TestDevice(home, "Anna", new MemoryVault())) {
            Trouble told = of(Kind.STORE_SET_ASIDE, anna.sync);
            assertTrue(Files.exists(home.resolve(told.details().getFirst())), told.toString());
            assertEquals(Optional.empty(), anna.sync.problem());
            isDiagnosed(told, anna.sync);
            anna.create("u1", "{}");
            anna.share(anna.createRoom("Friday"), "u1");
            anna.untilBadge("u1", Badge.PENDING);
        }
        try (TestDevice anna = new TestDevice(home, "Anna", new MemoryVault())) {
            assertEquals(List.of(), anna.sync.troubles());
        }
    }

    @Test
    void aFolderThatCannotBeWrittenIsTold() throws Exception {
        Files.writeString(folder.resolve("file"), "");
        LocalVaultSync sync = new LocalVaultSync(folder.resolve("file/home"), TestDevice.REPLICAS, Clock.systemUTC());
        TestDevice.until("told", () -> !sync.troubles().isEmpty());
        Trouble told = of(Kind.FOLDER_UNWRITABLE, sync);
        assertEquals(List.of(folder.resolve("file/home").toString()), told.details());
        assertEquals(Optional.of(told.sentence()), sync.problem());
        isDiagnosed(told, sync);
        sync.stop();
    }

    @Test
    void aWorkspaceThatIsInUseIsTold() throws Exception {
        try (TestDevice first = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault())) {
            assertEquals(List.of(), first.sync.troubles());
            Process other = new ProcessBuilder(
                            System.getProperty("java.home") + "/bin/java",
                            "-cp",
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                            Second.class.getName(),
                            folder.resolve("anna").toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertEquals("WORKSPACE_IN_USE", new String(other.getInputStream().readAllBytes()).strip());
        }
    }

    /** Takes the folder in a process of its own. */
    static final class Second {
        private Second() {}

        public static void main(String[] arguments) throws Exception {
            try (Home home = Home.take(Path.of(arguments[0]))) {
                System.out.println(home);
            } catch (TroubleException told) {
                System.out.println(TroubleException.of(told).kind());
            }
        }
    }

    @Test
    void aClockThatIsOffByHoursIsTold() throws Exception {
        Clock late = Clock.offset(Clock.systemUTC(), Duration.ofHours(-5));
        try (TestDevice anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault());
                TestDevice ben = new TestDevice(folder.resolve("ben"), "Ben", new MemoryVault(), late)) {
            RoomId room = anna.createRoom("Friday");
            ben.join(anna.invite(room));
            ben.create("u1", "{\"a\":1}");
            ben.share(room, "u1");
            anna.untilContent("u1", "{\"a\":1}");
            Trouble told = diagnosis(anna.sync).findings().stream()
                    .flatMap(finding -> finding.trouble().stream())
                    .findFirst()
                    .orElseThrow();
            assertEquals(Kind.CLOCK_BEHIND, told.kind());
            assertEquals(5, Math.round(Long.parseLong(told.details().getFirst()) / 3600.0));
        }
    }

    @Test
    void aVaultThatCannotBeWrittenIsToldAndWhatOthersChangeComesLater() throws Exception {
        MemoryVault readOnly = new MemoryVault();
        try (TestDevice anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault());
                TestDevice ben = new TestDevice(folder.resolve("ben"), "Ben", readOnly)) {
            RoomId room = anna.createRoom("Friday");
            ben.join(anna.invite(room));
            ben.sync.unsetVault(readOnly);
            ben.sync.setVault(new ReadOnly(readOnly).vault());
            anna.create("u1", "{\"a\":1}");
            anna.share(room, "u1");
            ben.untilBadge("u1", Badge.ERROR);
            Trouble told = of(Kind.VAULT_UNWRITABLE, ben.sync);
            assertEquals(List.of("The disk is write-protected."), told.details());
            isDiagnosed(told, ben.sync);
            assertTrue(ben.isLinked());
        }
    }

    /** What a statement does to the database of a device that is running. */
    static void sql(Path home, String statement) throws SQLException {
        try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("sync.db"));
                Statement run = database.createStatement()) {
            run.execute("PRAGMA busy_timeout = 5000");
            run.execute(statement);
        }
    }

    static final String NOTHING_COMES_IN =
            "CREATE TRIGGER torn BEFORE INSERT ON piece BEGIN SELECT RAISE(ABORT, 'a page is torn'); END";

    private static final String NO_ITEM_COMES_IN = "CREATE TRIGGER torn BEFORE INSERT ON piece"
            + " WHEN NEW.document <> 'index' BEGIN SELECT RAISE(ABORT, 'a page is torn'); END";

    @Test
    void anEditThatCouldNotBeStoredIsMadeAgainWithTheNextOne() throws Exception {
        Path home = folder.resolve("anna");
        try (TestDevice anna = new TestDevice(home, "Anna", new MemoryVault());
                TestDevice ben = new TestDevice(folder.resolve("ben"), "Ben", new MemoryVault())) {
            RoomId room = anna.createRoom("Friday");
            ben.join(anna.invite(room));
            anna.create("u1", "{\"a\":1,\"b\":1,\"c\":1,\"d\":1}");
            anna.share(room, "u1");
            ben.untilContent("u1", "{\"a\":1,\"b\":1,\"c\":1,\"d\":1}");
            anna.untilBadge("u1", Badge.SYNCED);

            sql(home, NOTHING_COMES_IN);
            anna.vault.save("u1", json -> json.replace("\"a\":1", "\"a\":99"));
            anna.untilBadge("u1", Badge.ERROR);
            anna.vault.save("u1", json -> json.replace("\"d\":1", "\"d\":66"));
            sql(home, "DROP TRIGGER torn");
            anna.vault.save("u1", json -> json.replace("\"b\":1", "\"b\":77"));

            anna.untilContent("u1", "{\"a\":99,\"b\":77,\"c\":1,\"d\":66}");
            ben.untilContent("u1", "{\"a\":99,\"b\":77,\"c\":1,\"d\":66}");
            anna.untilBadge("u1", Badge.SYNCED);
            ben.vault.save("u1", json -> json.replace("\"c\":1", "\"c\":55"));
            anna.untilContent("u1", "{\"a\":99,\"b\":77,\"c\":55,\"d\":66}");
        }
    }

    @Test
    void anEditThatCouldNotBeStoredIsNotWrittenOverByWhatOthersChange() throws Exception {
        Path home = folder.resolve("anna");
        try (TestDevice anna = new TestDevice(home, "Anna", new MemoryVault());
                TestDevice ben = new TestDevice(folder.resolve("ben"), "Ben", new MemoryVault())) {
            RoomId room = anna.createRoom("Friday");
            ben.join(anna.invite(room));
            anna.create("u1", "{\"a\":1,\"b\":1}");
            anna.share(room, "u1");
            ben.untilContent("u1", "{\"a\":1,\"b\":1}");
            anna.untilBadge("u1", Badge.SYNCED);

            sql(home, NOTHING_COMES_IN);
            anna.vault.save("u1", json -> json.replace("\"a\":1", "\"a\":99"));
            anna.untilBadge("u1", Badge.ERROR);
            sql(home, "DROP TRIGGER torn");
            ben.vault.save("u1", json -> json.replace("\"b\":1", "\"b\":55"));

            anna.untilContent("u1", "{\"a\":99,\"b\":55}");
            ben.untilContent("u1", "{\"a\":99,\"b\":55}");
        }
    }

    /** Else the others hear of an item with nothing in it, and whatever is written into it here never comes to them. */
    @ParameterizedTest
    @ValueSource(strings = {NOTHING_COMES_IN, NO_ITEM_COMES_IN})
    void anItemThatCouldNotBeStoredWhenItWasSharedIsNotShared(String torn) throws Exception {
        Path home = folder.resolve("anna");
        try (TestDevice anna = new TestDevice(home, "Anna", new MemoryVault());
                TestDevice ben = new TestDevice(folder.resolve("ben"), "Ben", new MemoryVault())) {
            RoomId room = anna.createRoom("Friday");
            ben.join(anna.invite(room));
            anna.create("u1", "{\"a\":1,\"b\":1}");
            sql(home, torn);
            Throwable told = assertThrows(ExecutionException.class, () -> anna.share(room, "u1"))
                    .getCause();
            assertTrue(told instanceof SyncException, told::toString);
            assertTrue(told.getMessage().contains("could not be stored"), told::getMessage);
            anna.untilBadge("u1", Badge.NOT_SHARED);
            sql(home, "DROP TRIGGER torn");
            anna.vault.save("u1", json -> json.replace("\"a\":1", "\"a\":2"));

            anna.share(room, "u1");
            ben.untilContent("u1", "{\"a\":2,\"b\":1}");
            anna.untilBadge("u1", Badge.SYNCED);
            ben.vault.save("u1", json -> json.replace("\"b\":1", "\"b\":55"));
            anna.untilContent("u1", "{\"a\":2,\"b\":55}");
            assertEquals(
                    List.of("Anna", "Ben"),
                    new LocalItemHistory(anna.sync)
                            .versions("u1").toCompletableFuture().get(60, TimeUnit.SECONDS).reversed().stream()
                                    .flatMap(version -> version.writers().stream())
                                    .toList());
        }
    }

    @Test
    void anItemWhoseChangeWasSetAsideShowsAnErrorForGood() throws Exception {
        Path home = folder.resolve("ben");
        TestDevice ben = new TestDevice(home, "Ben", new MemoryVault());
        try (TestDevice anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault())) {
            RoomId room = anna.createRoom("Friday");
            ben.join(anna.invite(room));
            anna.create("u1", "{\"a\":1}");
            anna.share(room, "u1");
            ben.untilContent("u1", "{\"a\":1}");
            ben.close();
            sql(
                    home,
                    "INSERT INTO quarantine (room, document, hash, bytes) SELECT room, id, 'ab', x'00' FROM document"
                            + " WHERE item = 'u1'");
            ben = new TestDevice(home, "Ben", ben.vault);
            ben.untilBadge("u1", Badge.ERROR);
            anna.vault.save("u1", json -> "{\"a\":2}");
            ben.untilContent("u1", "{\"a\":2}");
            ben.vault.save("u1", json -> "{\"a\":3}");
            anna.untilContent("u1", "{\"a\":3}");
            anna.untilBadge("u1", Badge.SYNCED);
            ben.untilBadge("u1", Badge.ERROR);
            assertTrue(ben.sync.status("u1").problem().orElseThrow().contains("set aside"));
        } finally {
            ben.close();
        }
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void whatCannotBeReadOnceHoldsUpNoAnswer() throws Exception {
        Path home = folder.resolve("anna");
        Rogue member = new Rogue(folder.resolve("member.key"));
        RoomId room;
        byte[] annaKey;
        TestDevice anna = new TestDevice(home, "Anna", new MemoryVault());
        try {
            room = anna.createRoom("Friday");
            annaKey = member.join(anna.invite(room));
            anna.create("u1", "{\"a\":1}");
            anna.share(room, "u1");
            anna.sync.stop(List.of("u1")).toCompletableFuture().get(30, TimeUnit.SECONDS);
        } finally {
            anna.close();
        }
        // Of an item that is not synced here, nothing has been read since the start.
        anna = new TestDevice(home, "Anna", anna.vault);
        try (Rogue.Talk talk = member.talk(
                        Rogue.port(anna.invite(room)), Knocks.under(member.pairSecret(annaKey)), "TLSv1.3")
                .granting()) {
            DocumentName document =
                    new DocumentName(room, documentsOf(talk, room).getFirst());
            Envelope nothing = new Envelope(document, Fingerprint.of(annaKey), Instant.EPOCH, new byte[] {0, 0});
            sql(home, "ALTER TABLE piece RENAME TO lost");
            talk.send(nothing);
            assertEquals(1, talk.await(Refuse.class).number());
            sql(home, "ALTER TABLE lost RENAME TO piece");
            talk.send(nothing);
            while (talk.await(Acknowledge.class).number() < 2) {
                // of the one that was refused
            }
        } finally {
            anna.close();
        }
    }

    private static List<String> documentsOf(Rogue.Talk talk, RoomId room) throws Exception {
        talk.await(Hello.class);
        talk.send(new Hello(1, "member", "Member", List.of()));
        talk.send(talk.await(OpenRoom.class));
        talk.send(new RoomDigest(room, new byte[16]));
        talk.await(BucketDigests.class);
        talk.send(new BucketDigests(room, Collections.nCopies(256, new byte[16])));
        return talk.await(BucketEntries.class).entries().stream()
                .map(Entry::docId)
                .filter(id -> !id.equals("index"))
                .toList();
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void whatWaitsForAnEditThatCannotBeStoredIsAnsweredWithoutIt() throws Exception {
        Path home = folder.resolve("anna");
        Rogue member = new Rogue(folder.resolve("member.key"));
        try (TestDevice anna = new TestDevice(home, "Anna", new MemoryVault())) {
            RoomId room = anna.createRoom("Friday");
            byte[] annaKey = member.join(anna.invite(room));
            anna.create("u1", "{\"a\":1,\"text\":\"" + "x".repeat(2_500_000) + "\"}");
            anna.share(room, "u1");
            try (Rogue.Talk talk = member.talk(
                            Rogue.port(anna.invite(room)), Knocks.under(member.pairSecret(annaKey)), "TLSv1.3")
                    .granting()) {
                DocumentName document =
                        new DocumentName(room, documentsOf(talk, room).getFirst());
                Step1 question = new Step1(document, new byte[] {0});
                talk.send(question);
                talk.await(Step2.class);
                talk.send(new Acknowledge(Stream.BULK, 1));
                anna.untilBadge("u1", Badge.SYNCED);
                sql(home, NOTHING_COMES_IN);
                try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("sync.db"));
                        Statement other = database.createStatement()) {
                    other.execute("BEGIN IMMEDIATE");
                    anna.vault.save("u1", json -> json.replace("\"a\":1", "\"a\":2"));
                    anna.untilBadge("u1", Badge.SYNCING);
                    // More than is sent before some of it is acknowledged.
                    for (int i = 0; i < 7; i++) {
                        talk.send(question);
                    }
                    talk.send(new AskAttachment(room, "ab".repeat(32), 0));
                    talk.await(AttachmentPiece.class);
                    other.execute("ROLLBACK");
                }
                for (int i = 0; i < 7; i++) {
                    talk.await(Step2.class);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"put", "get"})
    void aHostThatAnswersWithNothingIsToldAndAskedAgainLater(String question) throws Exception {
        MemoryVault vault = new MemoryVault();
        AtomicBoolean nothing = new AtomicBoolean(true);
        Vault host = (Vault) Proxy.newProxyInstance(
                Vault.class.getClassLoader(), new Class<?>[] {Vault.class}, (proxy, method, arguments) -> {
                    boolean nothingComes = nothing.get() && method.getName().equals(question);
                    return nothingComes ? null : method.invoke(vault, arguments);
                });
        try (TestDevice anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault());
                TestDevice ben = new TestDevice(folder.resolve("ben"), "Ben", vault)) {
            RoomId room = anna.createRoom("Friday");
            ben.join(anna.invite(room));
            anna.create("u1", "{\"a\":1}");
            anna.share(room, "u1");
            ben.untilContent("u1", "{\"a\":1}");
            ben.sync.unsetVault(vault);
            ben.sync.setVault(host);
            if (question.equals("put")) {
                anna.vault.save("u1", json -> "{\"a\":2}");
            }
            ben.untilBadge("u1", Badge.ERROR);
            nothing.set(false);
            anna.vault.save("u1", json -> "{\"a\":3}");
            ben.untilContent("u1", "{\"a\":3}");
            ben.untilBadge("u1", Badge.SYNCED);
            ben.sync.unsetVault(host);
        }
    }

    /** A vault that lets itself be read and no more, as one on a write-protected disk. */
    private record ReadOnly(Vault all) {
        Vault vault() {
            return (Vault) Proxy.newProxyInstance(
                    ReadOnly.class.getClassLoader(), new Class<?>[] {Vault.class}, (proxy, method, arguments) -> {
                        switch (method.getName()) {
                            case "trouble" -> {
                                return Optional.of("The disk is write-protected.");
                            }
                            case "put", "remove", "putAttachment" ->
                                throw new UncheckedIOException(new IOException("The disk is write-protected."));
                            default -> {
                                return method.invoke(all, arguments);
                            }
                        }
                    });
        }
    }
}
