// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Listening;
import org.vaultsync.core.store.Store;
import org.vaultsync.core.store.Tables;

/** What a person has chosen about how this device is reached and joined. Thread-safe. */
final class Choices {
    private static final Logger LOG = LoggerFactory.getLogger(Choices.class);
    private static final String ASKS = "asks.first";
    private static final String LISTENING = "listening";
    private static final String SIGNALING = "signaling.port";
    private static final String NONE = "none";

    private final Store store;
    private volatile boolean asks;
    private volatile Optional<Listening> listening;
    private volatile String signaling; // a port, NONE, or nothing where nobody has chosen

    Choices(Store store) {
        this.store = store;
        asks = store.read(database -> Tables.setting(database, ASKS)).equals(Optional.of("yes"));
        listening = store.read(database -> Tables.setting(database, LISTENING)).flatMap(Choices::parse);
        signaling = store.read(database -> Tables.setting(database, SIGNALING)).orElse("");
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
