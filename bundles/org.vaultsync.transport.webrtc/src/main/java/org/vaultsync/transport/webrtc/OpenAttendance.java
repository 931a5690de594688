// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Meeting;
import org.vaultsync.transport.OpenRooms;

/**
 * This device in one open room, as y-webrtc does it: it announces itself, whoever hears that makes an offer, and
 * signals go from one to the other until a channel is open. Confined to the engine's thread.
 *
 * <p>When two make each other an offer at once, y-webrtc lets the larger token win, but then each side of two winners sends
 * on a channel that the other does not look at. So this device never wins over a browser; of two of ours the one with
 * the larger name does.
 */
final class OpenAttendance implements OpenRooms.Attendance, Signaling.Subscriber {
    private static final Logger log = LoggerFactory.getLogger(OpenAttendance.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MOST_NOTICES = 1_000;
    private static final int MOST_HEARD = 32;
    private static final int MOST_SCOLDED = 20;
    private static final int MOST_MET_AT_ONCE = 100;
    private static final Duration BETWEEN_MEETINGS = Duration.ofSeconds(1);
    private static final Duration BETWEEN_ANSWERS = Duration.ofSeconds(1);
    private static final Duration ANSWERED_BY_NOW = Duration.ofSeconds(8);
    private static final Duration BETWEEN_RESTARTS = Duration.ofSeconds(2);
    private static final int VERSION = 1;
    /** Smaller than any that y-webrtc makes. */
    private static final long LOSING_TOKEN = 0;
    /** Larger than any. With a smaller one y-webrtc takes no second offer, as it has a token from its first signal on. */
    private static final long WINNING_TOKEN = 1L << 53;

    /**
     * Who published something, and at which server.
     *
     * @param instance empty for a page
     * @param anew how often it has begun anew to look for ways to those it has none to
     */
    private record Sender(URI server, String name, Optional<String> instance, long anew) {
        boolean isPage() {
            return instance.isEmpty();
        }
    }

    /** Somebody in the room, from the first signal on. */
    private final class Peer implements Connection.Owner {
        final String name;
        final URI server;
        final Connection connection;
        Optional<OpenChannel> channel = Optional.empty();
        private volatile OpenChannel receiving; // the same, for native threads
        private final boolean page; // that knows y-webrtc and nothing else
        private final Set<Sdp> heard = new LinkedHashSet<>(); // offers and answers, also those before it began anew
        private boolean insists;
        private long anew; // as it said last
        private boolean restarted; // just now, since it announced itself
        private boolean announcedAgain; // since then

        Peer(Sender from, boolean initiator) throws IOException {
            name = from.name();
            server = from.server();
            page = from.isPage();
            anew = from.anew();
            connection = engine.connect(meeting, this);
            // Messages may come before the engine hears that the channel is open.
            receiving = new OpenChannel(engine, connection, name, from.instance(), initiator);
            engine.after(PATIENCE, () -> {
                if (channel.isEmpty()) {
                    connection.close("it took too long");
                }
            });
        }

        /**
         * Whether an offer or an answer is new. It comes once by each address of a server, and by the second one perhaps only
         * after what followed it has come by the first: taken then, an offer that lost, or is out of date, would end what has been
         * linked since, and an old answer would stand for that to a later offer.
         */
        boolean isFirst(Sdp description) {
            boolean added = heard.add(description);
            if (heard.size() > MOST_HEARD) {
                heard.remove(heard.iterator().next());
            }
            return added;
        }

        /**
         * It announces itself, though it is linked: a page that was away from the server has not heard the last offer. An
         * announcement comes once by each address of a server, so a second one counts only if there is still no answer after a
         * while.
         */
        void announced() {
            if (!page || channel.isEmpty() || !connection.isOffering()) {
                return;
            }
            if (restarted) {
                announcedAgain = true;
                return;
            }
            restarted = true;
            connection.restart();
            engine.after(BETWEEN_RESTARTS, () -> {
                restarted = false;
                if (announcedAgain) {
                    announcedAgain = false;
                    announced();
                }
            });
        }

        @Override
        public void described(boolean offer, Sdp sdp) {
            signal(this, Json.described(offer, sdp), offer);
        }

        @Override
        public void found(Candidate candidate) {
            signal(this, Json.found(candidate), false);
        }

        @Override
        public void opened() {
            log.info("open room: a peer is linked");
            OpenChannel opened = receiving;
            channel = Optional.of(opened);
            insists = true;
            unreached.reached(name);
            visitor.came(opened);
        }

        /** A page does not look for another way by itself when its network changes. */
        @Override
        public void silent() {
            if (page) {
                connection.restart();
            }
        }

        @Override
        public void received(byte[] message) {
            receiving.received(message);
        }

        @Override
        public void closed(String why) {
            log.debug("open room: a peer has gone: {}", why);
            receiving.ended(why);
            if (channel.isEmpty()) {
                receiving.drop();
            }
            if (!peers.remove(name, this) || left) {
                return;
            }
            if (channel.isPresent()) {
                announce();
            } else {
                failed(this);
            }
        }
    }

    private final Engine engine;
    private final Signaling signaling;
    private final Meeting meeting;
    private final OpenRooms.Place place;
    private final OpenRooms.Visitor visitor;
    private List<URI> addresses; // changed on the engine's thread
    private final Optional<RoomKey> key;
    private final String self = UUID.randomUUID().toString();
    private final int mostPeers;
    /** Each connection leaves some native memory behind, and whoever knows the room can have one made. */
    private final Allowance meetings = new Allowance(MOST_MET_AT_ONCE, BETWEEN_MEETINGS, System.nanoTime());

    private final Map<String, Peer> peers = new HashMap<>();
    private final Unreached unreached;
    private long anew; // how often all of them were tried again at once
    private final Set<String> noticed = new HashSet<>();
    private final Set<String> scolded = new HashSet<>(); // who was logged for a malformed signal
    private volatile List<OpenRooms.Server> servers;
    private long answered = System.nanoTime() - BETWEEN_ANSWERS.toNanos();
    private final NetworkWatch networks;
    private final Runnable moved = this::moved; // the same whenever it is named
    private boolean left;

    /**
     * @param mostPeers so many are looked for, and twice as many taken whose offers come
     * @param firstPause until somebody is tried again to whom no way was found
     */
    OpenAttendance(
            Engine engine,
            Signaling signaling,
            NetworkWatch networks,
            Meeting meeting,
            OpenRooms.Place place,
            OpenRooms.Visitor visitor,
            int mostPeers,
            Duration firstPause) {
        unreached = new Unreached(firstPause);
        this.engine = engine;
        this.signaling = signaling;
        this.networks = networks;
        this.meeting = meeting;
        this.place = place;
        this.visitor = visitor;
        this.mostPeers = mostPeers;
        addresses = checked(place.servers());
        key = place.password().map(password -> new RoomKey(password, place.name()));
        servers = addresses.stream()
                .map(each -> new OpenRooms.Server(each.toString(), false, Optional.empty()))
                .toList();
        engine.execute(() -> {
            addresses.forEach(each -> signaling.add(each, this));
            networks.add(moved);
        });
    }

    private static List<URI> checked(List<String> servers) {
        return servers.stream().map(Meeting::checked).distinct().toList();
    }

    @Override
    public boolean lookAt(List<String> servers) {
        List<URI> others = checked(servers);
        engine.execute(() -> {
            if (!left) {
                List<URI> before = addresses;
                addresses = others;
                before.stream().filter(each -> !others.contains(each)).forEach(each -> signaling.remove(each, this));
                others.stream().filter(each -> !before.contains(each)).forEach(each -> signaling.add(each, this));
                look();
            }
        });
        return true;
    }

    @Override
    public Set<String> topics(long day) {
        return Set.of(place.name());
    }

    @Override
    public void reached(URI server) {
        look();
        // What was said while the server was lost did not get there.
        linked().filter(peer -> peer.server.equals(server) && peer.connection.isOffering())
                .forEach(peer -> peer.connection.restart());
        announce(server);
    }

    @Override
    public void answered(URI server) {
        look();
    }

    @Override
    public void lost(URI server) {
        look();
    }

    /** Whoever is linked stays so over the networks that there are now, with the channel that there is. */
    private void moved() {
        lookAgain();
        linked().forEach(peer -> peer.connection.restart());
    }

    @Override
    public void again() {
        engine.execute(() -> {
            if (!left) {
                lookAgain();
            }
        });
    }

    private void lookAgain() {
        signaling.again();
        anew++;
        List<Unreached.Waiting> waiting = unreached.forget();
        announce();
        waiting.forEach(this::take);
    }

    /**
     * No way to it was found. Each try leaves native memory behind, and it announces itself as often as this device does, so
     * the next try is put off.
     */
    private void failed(Peer peer) {
        Duration pause = unreached.failed(peer.name, peer.anew, System.nanoTime());
        if (unreached.tries(peer.name) > 1) {
            visitor.notice(OpenRooms.Notice.NO_WAY);
        }
        engine.after(pause, () -> {
            if (!left && !peers.containsKey(peer.name) && !unreached.isPausing(peer.name, System.nanoTime())) {
                unreached.take(peer.name).ifPresentOrElse(this::take, this::announce);
            }
        });
    }

    /** An offer of a page that could not be taken when it came. The page goes on waiting for the answer, and makes no other one. */
    private void take(Unreached.Waiting waiting) {
        try {
            offered(new Sender(waiting.server(), waiting.from(), Optional.empty(), 0), waiting.offer());
            Optional.ofNullable(peers.get(waiting.from()))
                    .ifPresent(peer -> waiting.ways().forEach(peer.connection::add));
        } catch (IOException cannot) {
            log.warn("open room: {}", cannot.getMessage());
        }
    }

    private Stream<Peer> linked() {
        return List.copyOf(peers.values()).stream().filter(peer -> peer.channel.isPresent());
    }

    private void look() {
        servers = addresses.stream()
                .map(each -> new OpenRooms.Server(each.toString(), signaling.isReached(each), signaling.problem(each)))
                .toList();
        visitor.serversChanged();
    }

    private void announce() {
        addresses.forEach(this::announce);
    }

    private void announce(URI server) {
        if (!left && peers.size() < mostPeers) {
            publish(server, Json.object("announce").put("from", self));
        }
    }

    private void signal(Peer peer, ObjectNode signal, boolean offer) {
        ObjectNode message = Json.object("signal").put("to", peer.name).put("from", self);
        if (offer) {
            message.put("token", peer.insists ? WINNING_TOKEN : LOSING_TOKEN);
        }
        message.set("signal", signal);
        publish(peer.server, message);
    }

    private void publish(URI server, ObjectNode message) {
        message.putObject("vaultsync")
                .put("version", VERSION)
                .put("instance", place.instance())
                .put("anew", anew);
        signaling.publish(
                server,
                place.name(),
                key.<JsonNode>map(one -> TextNode.valueOf(one.encrypt(message))).orElse(message));
    }

    @Override
    public void received(URI server, String topic, ObjectNode published) {
        if (left) {
            return;
        }
        Optional<JsonNode> message = opened(published.path("data"));
        if (message.isEmpty()) {
            answer(server);
            return;
        }
        JsonNode said = message.get();
        String from = Json.text(said, "from");
        if (from.equals(self)) {
            lookWhoAnswers(published.path("clients").asInt());
            return;
        }
        if (from.isEmpty() || from.length() > 128) {
            return;
        }
        Sender sender = new Sender(
                server,
                from,
                Optional.of(Json.text(said.path("vaultsync"), "instance"))
                        .filter(text -> !text.isEmpty() && text.length() <= 64),
                said.path("vaultsync").path("anew").asLong());
        unreached.heard(from, sender.anew());
        Optional.ofNullable(peers.get(from)).ifPresent(peer -> peer.anew = sender.anew());
        try {
            switch (Json.text(said, "type")) {
                case "announce" -> announced(sender);
                case "signal" -> {
                    if (Json.text(said, "to").equals(self)) {
                        signaled(sender, said.path("signal"));
                    }
                }
                default -> log.debug("open room: a message of a type that is not known");
            }
        } catch (IllegalArgumentException malformed) {
            if (scolded.size() < MOST_SCOLDED && scolded.add(from)) {
                log.warn("open room: malformed signals of one peer are passed over: {}", malformed.getMessage());
            }
        } catch (IOException cannot) {
            log.warn("open room: {}", cannot.getMessage());
        }
    }

    /** What was published, in clear; tells the visitor of those that cannot be read. */
    private Optional<JsonNode> opened(JsonNode data) {
        if (key.isEmpty()) {
            if (data.isTextual()) {
                notice(OpenRooms.Notice.THEY_ENCRYPT, "");
                return Optional.empty();
            }
            return Optional.of(data);
        }
        if (!data.isTextual()) {
            notice(OpenRooms.Notice.THEY_DO_NOT_ENCRYPT, Json.text(data, "from"));
            return Optional.empty();
        }
        Optional<JsonNode> message = key.get().decrypt(data.textValue());
        if (message.isEmpty()) {
            notice(OpenRooms.Notice.OTHER_PASSWORD, "");
        }
        return message;
    }

    /** Whoever cannot read this device either is to hear of it: in y-webrtc only those announce themselves who come. */
    private void answer(URI server) {
        if (System.nanoTime() - answered >= BETWEEN_ANSWERS.toNanos()) {
            answered = System.nanoTime();
            announce(server);
        }
    }

    /** A server says with each message how many look at the room; a browser with another password says nothing. */
    private void lookWhoAnswers(int clients) {
        if (clients > 1) {
            engine.after(ANSWERED_BY_NOW, () -> {
                if (!left && peers.isEmpty() && noticed.isEmpty() && unreached.isEmpty()) {
                    notice(OpenRooms.Notice.NO_ANSWER, "");
                }
            });
        }
    }

    private void notice(OpenRooms.Notice notice, String peer) {
        if (noticed.size() < MOST_NOTICES && noticed.add(notice + " " + peer)) {
            visitor.notice(notice);
        }
    }

    private void announced(Sender from) throws IOException {
        Peer known = peers.get(from.name());
        if (known != null) {
            known.announced();
            return;
        }
        if (unreached.isPausing(from.name(), System.nanoTime()) || isFull(mostPeers)) {
            return;
        }
        meet(from, true).connection.offer(label());
    }

    /** Says so, if there are so many that no more are taken, or too many have come of late. */
    private boolean isFull(int most) {
        if (peers.size() < most && meetings.take(System.nanoTime())) {
            return false;
        }
        visitor.notice(OpenRooms.Notice.FULL);
        return true;
    }

    private Peer meet(Sender from, boolean initiator) throws IOException {
        Peer peer = new Peer(from, initiator);
        peers.put(from.name(), peer);
        return peer;
    }

    private static String label() {
        byte[] bytes = new byte[20];
        ThreadLocalRandom.current().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private void signaled(Sender from, JsonNode signal) throws IOException {
        Optional<Peer> known = Optional.ofNullable(peers.get(from.name()));
        switch (Json.text(signal, "type")) {
            case "offer" -> offered(from, Json.sdp(signal));
            case "answer" -> {
                Sdp answer = Json.sdp(signal);
                if (known.isPresent()) {
                    answered(from, known.get(), answer);
                }
            }
            case "candidate" ->
                Json.candidate(signal)
                        .ifPresent(way -> known.ifPresentOrElse(
                                peer -> peer.connection.add(way), () -> unreached.keep(from.name(), way)));
            default -> log.debug("open room: a signal of a type that is not known");
        }
    }

    private void answered(Sender from, Peer known, Sdp answer) throws IOException {
        if (!known.isFirst(answer)) {
            return;
        }
        if (known.channel.isEmpty() || known.connection.isWith(answer)) {
            known.connection.answered(answer);
            return;
        }
        if (isFull(Integer.MAX_VALUE)) {
            return;
        }
        // It had given up before the offer came, which it took for the first. It does not look at announcements now.
        Peer fresh = replace(known, from, true);
        fresh.insists = true;
        fresh.connection.offer(label());
    }

    private void offered(Sender from, Sdp offer) throws IOException {
        Optional<Peer> known = Optional.ofNullable(peers.get(from.name()));
        if (known.isPresent()) {
            if (!known.get().isFirst(offer)) {
                return;
            }
            Connection connection = known.get().connection;
            if (connection.isOffering() && !from.isPage() && self.compareTo(from.name()) > 0) {
                return;
            }
            if (connection.isWith(offer)) {
                connection.accept(offer);
                return;
            }
            if (isFull(Integer.MAX_VALUE)) {
                return;
            }
            replace(known.get(), from, false).connection.accept(offer);
            return;
        }
        // A device of ours has waited before it made the offer, and does not wait for the answer for long.
        if (from.isPage() && unreached.isPausing(from.name(), System.nanoTime())) {
            unreached.keep(new Unreached.Waiting(from.server(), from.name(), offer, new ArrayList<>()));
            return;
        }
        if (isFull(2 * mostPeers)) {
            return;
        }
        Peer fresh = meet(from, false);
        fresh.isFirst(offer);
        fresh.connection.accept(offer);
    }

    /** What was heard of the one before may come again. */
    private Peer replace(Peer old, Sender from, boolean initiator) throws IOException {
        peers.remove(old.name);
        old.connection.close("the other side began anew");
        if (old.channel.isEmpty()) {
            unreached.failed(old.name, from.anew(), System.nanoTime());
        }
        Peer fresh = meet(from, initiator);
        fresh.heard.addAll(old.heard);
        return fresh;
    }

    @Override
    public List<OpenRooms.Server> servers() {
        return servers;
    }

    @Override
    public void close() {
        engine.execute(() -> {
            if (!left) {
                left = true;
                addresses.forEach(each -> signaling.remove(each, this));
                networks.remove(moved);
                for (Peer peer : new ArrayList<>(peers.values())) {
                    peer.channel.ifPresentOrElse(OpenChannel::close, () -> peer.connection.close("the room was left"));
                }
            }
        });
    }
}
