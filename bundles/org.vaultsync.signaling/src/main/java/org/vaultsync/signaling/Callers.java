// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** What each address uses of the server, and may. Server thread only. */
final class Callers {
    private static final int COST_OF_CONNECTING = 10;
    /** A topic counts once, and once more for each so many characters: those of y-webrtc and ours are far shorter. */
    private static final int LONG_TOPIC = 256;

    /** One address. */
    final class Caller {
        private final String address;
        private final Bucket messages;
        private final Bucket bytes;
        private int clients;
        private int topics;

        private Caller(String address, long now) {
            this.address = address;
            messages = new Bucket(limits.messagesPerSecond(), now);
            bytes = new Bucket(limits.deliveredBytesPerSecond(), now);
        }

        String address() {
            return address;
        }

        boolean maySend(long now) {
            return messages.spend(1, now);
        }

        boolean mayCause(long delivered, long now) {
            return bytes.spend(delivered, now);
        }

        boolean subscribe(String topic) {
            if (topics + cost(topic) > limits.topicsPerAddress()) {
                return false;
            }
            topics += cost(topic);
            return true;
        }

        void unsubscribe(String topic) {
            topics -= cost(topic);
        }

        private static int cost(String topic) {
            return 1 + topic.length() / LONG_TOPIC;
        }

        /** One of its clients is gone. */
        void left() {
            clients--;
            all--;
        }
    }

    private final Limits limits;
    private final Map<String, Caller> callers = new HashMap<>();
    private int all;

    Callers(Limits limits) {
        this.limits = limits;
    }

    /**
     * One more client of an address.
     *
     * @return null if it is one too many
     */
    Caller enter(String address, Cuts cuts, long now) {
        Caller caller = callers.computeIfAbsent(address, first -> new Caller(address, now));
        Cuts.Why refused = all >= limits.clients()
                ? Cuts.Why.FULL
                : caller.clients >= limits.clientsPerAddress()
                        ? Cuts.Why.TOO_MANY_CLIENTS
                        : caller.messages.spend(COST_OF_CONNECTING, now) ? null : Cuts.Why.TOO_MANY_MESSAGES;
        if (refused != null) {
            cuts.add(refused, "");
            return null;
        }
        caller.clients++;
        all++;
        return caller;
    }

    int clients() {
        return all;
    }

    /** Forgets the addresses that have nothing and owe nothing. */
    void forget(long now) {
        callers.values().removeIf(caller -> caller.clients == 0 && caller.messages.full(now) && caller.bytes.full(now));
    }

    /**
     * Whom a proxy says that it asks for: the last entry of the last line, which it has added itself. What is before that anybody
     * may have written.
     */
    static String forwarded(List<String> lines) {
        String all = lines.isEmpty() ? "unknown" : lines.getLast();
        String last = all.substring(all.lastIndexOf(',') + 1).strip();
        InetAddress numeric = NetUtil.createInetAddressFromIpAddressString(last);
        return numeric == null ? last : key(numeric);
    }

    /** What counts as one address: whoever has one of IPv6 has its whole /64 network. */
    static String key(InetAddress address) {
        return address instanceof Inet6Address
                ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), 8))
                : address.getHostAddress();
    }
}
