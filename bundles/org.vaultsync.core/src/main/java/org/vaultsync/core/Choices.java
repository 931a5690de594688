// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.IceServer;
import org.vaultsync.Listening;
import org.vaultsync.Meeting;
import org.vaultsync.core.store.Store;
import org.vaultsync.core.store.Tables;

/** What a person has chosen about how this device is reached and joined. Thread-safe. */
final class Choices {
    private static final Logger LOG = LoggerFactory.getLogger(Choices.class);
    private static final String ASKS = "asks.first";
    private static final String LISTENING = "listening";
    private static final String SIGNALING = "signaling.port";
    private static final String NONE = "none";
    private static final String MEETING = "meeting";

    private static final String LOOK_AGAIN = "look.again.seconds";
    private static final Duration USUAL_PAUSE = Duration.ofMinutes(1);

    private static final String TRANSPORTS_OFF = "transports.off";

    private static final String RELAY_ONLY = "relays only";

    private final Store store;
    private volatile boolean asks;
    private volatile Optional<Listening> listening;
    private volatile String signaling; // a port, NONE, or nothing where nobody has chosen
    private volatile Optional<Meeting> meeting;
    private volatile Duration lookAgain;
    private volatile Set<String> transportsOff;

    Choices(Store store) {
        this.store = store;
        asks = store.read(database -> Tables.setting(database, ASKS)).equals(Optional.of("yes"));
        listening = store.read(database -> Tables.setting(database, LISTENING)).flatMap(Choices::parse);
        meeting = store.read(database -> Tables.setting(database, MEETING)).flatMap(Choices::parseMeeting);
        lookAgain = store.read(database -> Tables.setting(database, LOOK_AGAIN))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                .orElse(USUAL_PAUSE);
        signaling = store.read(database -> Tables.setting(database, SIGNALING)).orElse("");
        transportsOff = store.read(database -> Tables.setting(database, TRANSPORTS_OFF))
                .filter(kinds -> !kinds.isEmpty())
                .map(kinds -> Set.of(kinds.split(" ")))
                .orElse(Set.of());
    }

    /** The port for a signaling server of this device; empty inside for none, outside where nobody has chosen. */
    Optional<Optional<Integer>> signaling() {
        String chosen = signaling;
        return switch (chosen) {
            case "" -> Optional.empty();
            case NONE -> Optional.of(Optional.empty());
            default -> Optional.of(Optional.of(Integer.valueOf(chosen)));
        };
    }

    CompletionStage<Void> signaling(Optional<Integer> port) {
        signaling = port.map(String::valueOf).orElse(NONE);
        return store.write(Tables.putSetting(SIGNALING, signaling));
    }

    boolean asks() {
        return asks;
    }

    CompletionStage<Void> ask(boolean first) {
        asks = first;
        return store.write(Tables.putSetting(ASKS, first ? "yes" : "no"));
    }

    Optional<Listening> listening() {
        return listening;
    }

    CompletionStage<Void> listen(Optional<Listening> how) {
        listening = how;
        return store.write(Tables.putSetting(LISTENING, how.map(Choices::text).orElse("")));
    }

    Optional<Meeting> meeting() {
        return meeting;
    }

    CompletionStage<Void> meet(Optional<Meeting> how) {
        meeting = how;
        return store.write(Tables.putSetting(MEETING, how.map(Choices::text).orElse("")));
    }

    Duration lookAgain() {
        return lookAgain;
    }

    CompletionStage<Void> lookAgain(Duration pause) {
        lookAgain = pause;
        return store.write(Tables.putSetting(LOOK_AGAIN, Long.toString(pause.toSeconds())));
    }

    Set<String> transportsOff() {
        return transportsOff;
    }

    CompletionStage<Void> switchOff(Set<String> transports) {
        transportsOff = Set.copyOf(transports);
        return store.write(Tables.putSetting(TRANSPORTS_OFF, String.join(" ", new TreeSet<>(transports))));
    }

    /** A line for each server, signaling servers first, after one that says whether only relays may be used. */
    private static String text(Meeting how) {
        return Stream.of(
                        Stream.of(how.relayOnly() ? RELAY_ONLY : "any way"),
                        how.signaling().stream(),
                        how.ice().stream().map(IceServer::line))
                .flatMap(lines -> lines)
                .collect(Collectors.joining("\n"));
    }

    private static Optional<Meeting> parseMeeting(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            List<String> lines = text.lines().toList();
            return Optional.of(new Meeting(
                    lines.stream().filter(Meeting::isSignaling).toList(),
                    lines.stream()
                            .skip(1)
                            .filter(line -> !Meeting.isSignaling(line))
                            .map(IceServer::parse)
                            .toList(),
                    lines.getFirst().equals(RELAY_ONLY)));
        } catch (IllegalArgumentException unreadable) {
            LOG.warn("the stored way to meet cannot be read, the usual one holds: {}", unreadable.getMessage());
            return Optional.empty();
        }
    }

    private static String text(Listening how) {
        return String.join(
                "\n",
                how.discovery() ? "on" : "off",
                Integer.toString(how.port()),
                String.join(",", how.bind()),
                Integer.toString(how.connectionsPerAddress()),
                Integer.toString(how.attemptsPerMinute()),
                Long.toString(how.handshake().toSeconds()));
    }

    private static Optional<Listening> parse(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            String[] lines = text.split("\n", -1);
            return Optional.of(new Listening(
                    lines[0].equals("on"),
                    Integer.parseInt(lines[1]),
                    lines[2].isEmpty() ? List.of() : Arrays.asList(lines[2].split(",", -1)),
                    Integer.parseInt(lines[3]),
                    Integer.parseInt(lines[4]),
                    Duration.ofSeconds(Long.parseLong(lines[5]))));
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException unreadable) {
            LOG.warn("the stored way to listen cannot be read, the usual one holds: {}", unreadable.getMessage());
            return Optional.empty();
        }
    }
}
