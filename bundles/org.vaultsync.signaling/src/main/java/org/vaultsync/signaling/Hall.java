// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Everybody who is connected, and what is counted of them. Server thread only. */
final class Hall {
    /** What waits may be more than the limit by one part of this many, and what one message brings. */
    private static final int LOOKS = 16;

    private final ServerSettings settings;
    private final Callers callers;
    private final Topics topics = new Topics();
    private final Cuts cuts = new Cuts();
    private final Set<Client> clients = new HashSet<>();
    private long received;
    private long delivered;
    private long deliveredBytes;
    private long sentSinceLooked;

    Hall(ServerSettings settings) {
        this.settings = settings;
        callers = new Callers(settings.limits());
    }

    ServerSettings settings() {
        return settings;
    }

    Limits limits() {
        return settings.limits();
    }

    Callers callers() {
        return callers;
    }

    Topics topics() {
        return topics;
    }

    Cuts cuts() {
        return cuts;
    }

    void came(Client client) {
        clients.add(client);
    }

    void left(Client client) {
        clients.remove(client);
    }

    void heard() {
        received++;
    }

    void told(int receivers, long bytes) {
        delivered += receivers;
        deliveredBytes += bytes;
    }

    /**
     * So many bytes are on their way to a client. What waits for all of them is added up now and then, and not at once: in the
     * middle of telling many, nobody may go.
     */
    void sent(Client client, long bytes) {
        sentSinceLooked += bytes;
        if (sentSinceLooked > limits().backlogBytesInAll() / LOOKS) {
            sentSinceLooked = 0;
            client.later(this::lookWhatWaits);
        }
    }

    /** Cuts off the slowest of the address for whose clients most waits, until little enough does. */
    private void lookWhatWaits() {
        long tooMuch = waiting() - limits().backlogBytesInAll();
        if (tooMuch <= 0) {
            return;
        }
        Map<String, List<Client>> slowest = clients.stream()
                .filter(client -> client.waiting() > 0)
                .sorted(Comparator.comparingLong(Client::waiting))
                .collect(Collectors.groupingBy(Client::address, Collectors.toCollection(ArrayList::new)));
        while (tooMuch > 0 && !slowest.isEmpty()) {
            List<Client> most = slowest.values().stream()
                    .max(Comparator.comparingLong(
                            all -> all.stream().mapToLong(Client::waiting).sum()))
                    .orElseThrow();
            Client client = most.removeLast();
            tooMuch -= client.waiting();
            client.cutForAll();
            slowest.values().removeIf(List::isEmpty);
        }
    }

    private long waiting() {
        return clients.stream().mapToLong(Client::waiting).sum();
    }

    /** Says goodbye to everybody. */
    void dismiss() {
        List.copyOf(clients).forEach(Client::dismiss);
    }

    /** For people and for whatever watches over servers. */
    String health() {
        return "ok: " + callers.clients() + " clients, " + topics.count() + " topics\n";
    }

    /** In the text format of Prometheus. */
    String metrics() {
        StringBuilder text = new StringBuilder();
        metric(text, "clients", "gauge", callers.clients());
        metric(text, "topics", "gauge", topics.count());
        metric(text, "messages_received_total", "counter", received);
        metric(text, "messages_delivered_total", "counter", delivered);
        metric(text, "bytes_delivered_total", "counter", deliveredBytes);
        metric(text, "waiting_bytes", "gauge", waiting());
        text.append("# TYPE vaultsync_signaling_cut_off_total counter\n");
        for (Cuts.Why why : Cuts.Why.values()) {
            text.append("vaultsync_signaling_cut_off_total{why=\"")
                    .append(why.name().toLowerCase(Locale.ROOT))
                    .append("\"} ")
                    .append(cuts.count(why))
                    .append('\n');
        }
        return text.toString();
    }

    private static void metric(StringBuilder text, String name, String type, long value) {
        text.append("# TYPE vaultsync_signaling_").append(name).append(' ').append(type);
        text.append("\nvaultsync_signaling_")
                .append(name)
                .append(' ')
                .append(value)
                .append('\n');
    }
}
