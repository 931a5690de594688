// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.vaultsync.crdt.Applied;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.ReplicaException;
import org.vaultsync.crdt.TextFields;

/** What tests share: GraalJS as the build put it together, loaded once for all of them. */
public final class Lab {
    public static final Path LIB = Path.of("lib");
    private static final GraalReplicaFactory FACTORY =
            new GraalReplicaFactory(GraalJars.in(LIB, "../target/lab.js"), 500_000_000L);

    /** Full volume, as {@code ./dev soak crdt} runs it; a slice otherwise. */
    public static final boolean SOAK = Boolean.getBoolean("soak");

    private Lab() {}

    /** The seeds of a test; {@code -Dfirst=N -Druns=N} names others, so that the full volume can be run in pieces. */
    public static IntStream seeds(int slice, int full) {
        int first = Integer.getInteger("first", 0);
        return IntStream.range(first, first + Integer.getInteger("runs", SOAK ? full : slice));
    }

    public static ReplicaEngine engine() {
        Assertions.assertTrue(Files.exists(LIB.resolve("replica.js")), "the build has put GraalJS into " + LIB);
        return FACTORY.openEngine();
    }

    static ReplicaEngine engine(TextFields textFields) {
        return FACTORY.openEngine(textFields);
    }

    /** The script alone, with what tests added to it. */
    public static Guest guest() throws ReplicaException {
        return FACTORY.openGuest();
    }

    /** The same script on Node; the calling test is skipped where there is none. */
    static Guest node() {
        return NodeGuest.run(Path.of("target/lab.js"));
    }

    /** Replicas whose Yjs runs on Node. */
    static ReplicaEngine engineOnNode() {
        return new GraalReplicaEngine(Lab::node, TextFields.NONE);
    }

    public static Replica item(ReplicaEngine engine, long clientId, byte[]... updates) throws ReplicaException {
        return engine.open(DocumentKind.ITEM, clientId, List.of(updates));
    }

    /** What a process with little memory says, whose class is on the path of the tests. */
    public static String inLittleMemory(String heap, Class<?> main, String... arguments) throws IOException {
        List<String> java = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
        java.addAll(List.of(arguments));
        Process process = new ProcessBuilder(java)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Real items, one JSON a line; the test is skipped where they are not at hand. */
    public static List<String> items(int count) throws IOException {
        Path file = Path.of("../../..").toAbsolutePath().normalize().resolve("shared/data/units.ndjson.gz");
        Assumptions.assumeTrue(Files.exists(file), "there are no real items in " + file);
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            return lines.lines().limit(count).toList();
        }
    }

    /** The JSON of an item document whose content is the given object. */
    public static String document(String content) {
        return "{\"attachments\":{},\"content\":" + content + ",\"meta\":{},\"refs\":{}}";
    }

    public static String content(Replica replica) throws ReplicaException {
        return replica.json("/content").orElseThrow();
    }

    /** Changes the content on a fork of the present state, as another editor would. */
    public static byte[] edit(Replica replica, String content) throws Exception {
        return replica.edit(replica.json(), document(content));
    }

    /** Brings two replicas together by what each lacks. */
    public static void exchange(Replica one, Replica other) throws Exception {
        byte[] a = one.state();
        byte[] b = other.state();
        Applied atOther = other.apply(a);
        Applied atOne = one.apply(b);
        one.apply(atOther.impliedDeletes());
        other.apply(atOne.impliedDeletes());
    }

    /** As JSON, without what the script needs. */
    static String text(Json value) {
        return switch (value) {
            case Json.JsonObject object ->
                object.members().entrySet().stream()
                        .map(member -> text(new Json.Text(member.getKey())) + ":" + text(member.getValue()))
                        .collect(Collectors.joining(",", "{", "}"));
            case Json.JsonArray array ->
                array.elements().stream().map(Lab::text).collect(Collectors.joining(",", "[", "]"));
            case Json.Number number -> number.wire();
            case Json.Text text -> {
                StringBuilder quoted = new StringBuilder("\"");
                text.value().chars().forEach(unit -> quoted.append(String.format("\\u%04x", unit)));
                yield quoted.append('"').toString();
            }
            case Json.Word word -> word.name().toLowerCase(Locale.ROOT);
        };
    }
}
