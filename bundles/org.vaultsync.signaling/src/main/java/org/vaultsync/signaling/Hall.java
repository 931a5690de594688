// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Everybody who is connected, and what is counted of them. Server thread only. */
final class Hall {
    private final ServerSettings settings;
    private final Callers callers;
    private final Topics topics = new Topics();
    private final Cuts cuts = new Cuts();
    private final Set<Client> clients = new HashSet<>();
    private long received;
    private long delivered;
    private long deliveredBytes;

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
