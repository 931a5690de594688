// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.OpenRoom;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.InvalidContentException;
import org.vaultsync.crdt.protocol.Awareness;
import org.vaultsync.crdt.protocol.SyncMessage;
import org.vaultsync.crdt.update.ByteReader;
import org.vaultsync.crdt.update.ByteWriter;
import org.vaultsync.crdt.update.MalformedUpdateException;
import org.vaultsync.crdt.update.StateVector;
import org.vaultsync.crdt.update.Update;
import org.vaultsync.crdt.update.Updates;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.OpenRooms.Channel;

/**
 * Who else is in an open room, and what is said there: the messages of y-webrtc, and between devices of ours pieces of one
 * that is too long for a channel. Belongs to the room's thread.
 */
final class OpenPeers {
    /** The document that is spoken of, and who is told. */
    interface Document {
        StateVector held();

        /** All that somebody lacks, and all deletes. */
        byte[] lacking(StateVector held);

        /** The number of the last change of the document. */
        long number();

        /**
         * An update came, which has passed no gate.
         *
         * @return whether something of it rests on what is missing here
         * @throws MalformedUpdateException if no honest sender makes such an update
         */
        boolean received(OpenPeer from, byte[] update) throws MalformedUpdateException;

        /** Another device says how items lie in the room. */
        void heard(DocumentKind kind);

        /** Who is there, or what they say of themselves, changed. */
        void peersChanged();

        /** Somebody was sent more than before. */
        void sent();
    }

    private static final Logger LOG = LoggerFactory.getLogger(OpenPeers.class);
    private static final int SYNC = 0;
    private static final int AWARENESS = 1;
    private static final int QUERY_AWARENESS = 3;
    private static final String PROFILE = "profile";
    private static final int PIECE = 100;
    private static final int LAST_PIECE = 101;

    /** Of a message beside what it carries. */
    private static final int HEADER = 64;

    private static final int LONGEST = Update.LONGEST + HEADER;

    /** Of the pieces that wait for the rest of their messages, of all peers together. */
    private static final long MOST_IN_PIECES = 2L * LONGEST;

    private static final Duration TICK = Duration.ofSeconds(5);
    private static final Duration ANSWERED_BY_NOW = Duration.ofSeconds(20);
    private static final int MOST_OPEN = 100;
    private static final int LONGEST_NAME = 64;
    private static final List<String> COLOURS =
            List.of("#30bced", "#6eeb83", "#ffbc42", "#ecd444", "#ee6352", "#9ac2c9", "#8acb88", "#1be7ff");

    private final String room;
    private final long client;
    private final String instance;
    private final Machine machine;
    private final Worker thread;
    private final Document document;
    private final Awareness awareness;
    private final Map<Channel, OpenPeer> peers = new LinkedHashMap<>();
    private String said = "";
    private List<OpenRoom.Peer> told = List.of();

    OpenPeers(String room, long client, String instance, Machine machine, Worker thread, Document document) {
        this.room = room;
        this.client = client;
        this.instance = instance;
        this.machine = machine;
        this.thread = thread;
        this.document = document;
        this.awareness = new Awareness(client, steady());
        tick();
    }

    // Who is there

    /** Those who take part. */
    Collection<OpenPeer> present() {
        return peers.values().stream().filter(peer -> !peer.isIgnored()).toList();
    }

    /** Whether somebody is there, and all that those who are there have is here, but for those who do not answer. */
    boolean haveSaidAll() {
        return present().stream().anyMatch(OpenPeer::hasSaidAll)
                && present().stream().allMatch(peer -> peer.hasSaidAll() || peer.late);
    }

    /** All who have a channel, in the order of {@link #described()}. */
    Collection<OpenPeer> all() {
        return List.copyOf(peers.values());
    }

    List<OpenRoom.Peer> described() {
        return peers.values().stream()
                .map(peer -> new OpenRoom.Peer(
                        peer.channel.peer(),
                        state(peer).map(OpenPeers::name).orElse(""),
                        peer.isBrowser(),
                        peer.channel.path(),
                        peer.channel.roundTrip(),
                        peer.meter.last(),
                        peer.note(),
                        peer.since))
                .toList();
    }

    private static String name(JsonNode state) {
        String name = state.path("user").path("name").asText(state.path("name").asText(""));
        return name.codePoints()
                .filter(point -> !Character.isISOControl(point))
                .limit(LONGEST_NAME)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip();
    }

    /** What a peer says of itself. */
    private Optional<JsonNode> state(OpenPeer peer) {
        Map<Long, String> states = awareness.states();
        Optional<String> ofInstance = peer.channel.instance();
        if (ofInstance.isPresent()) {
            return states.entrySet().stream()
                    .filter(entry -> entry.getKey() != client)
                    .map(entry -> ItemJson.said(entry.getValue()))
                    .filter(state ->
                            state.path("vaultsync").path("instance").asText("").equals(ofInstance.get()))
                    .findFirst();
        }
        return peer.client.isPresent()
                ? Optional.ofNullable(states.get(peer.client.getAsLong())).map(ItemJson::said)
                : Optional.empty();
    }

    /** What the writer under this id calls itself: y-webrtc has one id for both. Empty text if it is not there. */
    String nameOf(long writer) {
        return Optional.ofNullable(awareness.states().get(writer))
                .map(state -> name(ItemJson.said(state)))
                .orElse("");
    }

    /** What a peer has open: item to field. */
    Map<String, String> openAt(OpenPeer peer) {
        Map<String, String> open = new HashMap<>();
        state(peer)
                .ifPresent(state -> state.path("vaultsync")
                        .path("open")
                        .properties()
                        .forEach(entry -> {
                            if (open.size() < MOST_OPEN && entry.getValue().isTextual()) {
                                open.put(entry.getKey(), entry.getValue().textValue());
                            }
                        }));
        return open;
    }

    /**
     * Tells who this is, what is open here, item to field, and how items lie in the room, once that is known: the document
     * says it only when something is in it.
     */
    void say(String name, Map<String, String> open, Optional<DocumentKind> kind) {
        ObjectNode state = ItemJson.JSON.createObjectNode();
        state.putObject("user").put("name", name).put("color", COLOURS.get((int) (client % COLOURS.size())));
        ObjectNode ours = state.putObject("vaultsync").put("instance", instance);
        ObjectNode items = ours.putObject("open");
        new TreeMap<>(open).forEach(items::put);
        kind.ifPresent(known -> ours.put(PROFILE, known.roots().getFirst()));
        if (!state.toString().equals(said)) {
            said = state.toString();
            try {
                tell(awareness.say(Optional.of(said), steady()), Optional.empty());
            } catch (InvalidContentException neverOfOurs) {
                throw new IllegalStateException(neverOfOurs);
            }
        }
    }

    private void tell(Awareness.Change change, Optional<OpenPeer> from) {
        if (!change.clients().isEmpty()) {
            byte[] message = aware(change.clients());
            present().stream()
                    .filter(peer -> from.filter(source -> source == peer).isEmpty())
                    .forEach(peer -> peer.send(message));
        }
        if (change.isVisible()) {
            document.peersChanged();
        }
    }

    private byte[] aware(Collection<Long> clients) {
        ByteWriter out = new ByteWriter();
        out.varUint(AWARENESS);
        out.varBytes(awareness.encode(clients));
        return out.toByteArray();
    }

    /** For what is renewed and becomes old: a time that no setting of the clock moves. */
    private Instant steady() {
        return Instant.EPOCH.plusNanos(machine.nanos());
    }

    private void tick() {
        thread.after(TICK, () -> {
            tick(); // first: what goes wrong once is not to end it
            tell(awareness.tick(steady()), Optional.empty());
            peers.values().forEach(this::lookAt);
            tellMeasured();
        });
    }

    private void tellMeasured() {
        List<OpenRoom.Peer> now = described();
        if (!now.equals(told)) {
            told = now;
            document.peersChanged();
        }
    }

    private void lookAt(OpenPeer peer) {
        peer.meter.measure(machine.nanos());
        peer.late |= isOverdue(peer);
    }

    /** Whether an answer is not to be expected any more: a browser loses in silence what is too large for a message. */
    private boolean isOverdue(OpenPeer peer) {
        return peer.asked.isPresent() && machine.nanos() - peer.asked.getAsLong() > ANSWERED_BY_NOW.toNanos();
    }

    // Channels

    /** Somebody came. */
    void came(Channel channel) {
        OpenPeer peer = new OpenPeer(
                channel,
                machine.clock().instant(),
                machine.nanos(),
                machine.worker("vaultsync open " + channel.peer()));
        peers.put(channel, peer);
        LOG.info("room {}: {} came", room, peer);
        channel.start(new Link.Receiver() {
            @Override
            public void received(byte[] message) {
                peer.meter.received(message.length);
                peer.unread.acquireUninterruptibly();
                thread.execute(() -> {
                    peer.unread.release();
                    OpenPeers.this.received(peer, message);
                });
            }

            @Override
            public void closed(String reason) {
                thread.execute(() -> gone(peer, reason));
            }
        });
        ask(peer);
        peer.send(aware(awareness.states().keySet()));
        document.peersChanged();
    }

    private void gone(OpenPeer peer, String reason) {
        if (peers.remove(peer.channel, peer)) {
            LOG.info("room {}: {} is gone: {}", room, peer, reason);
            peer.end();
            if (peer.client.isPresent()) {
                tell(awareness.remove(Set.of(peer.client.getAsLong()), steady()), Optional.empty());
            }
            document.peersChanged();
        }
    }

    /** Says that this device goes, and closes all channels. */
    void leave() {
        if (!peers.isEmpty()) {
            byte[] message = aware(awareness.remove(Set.of(client), steady()).removed());
            present().forEach(peer -> peer.send(message));
            said = "";
        }
        for (OpenPeer peer : List.copyOf(peers.values())) {
            peers.remove(peer.channel);
            peer.close();
        }
        document.peersChanged();
    }

    // Messages

    private void received(OpenPeer peer, byte[] message) {
        if (peer.isIgnored() || peers.get(peer.channel) != peer) {
            return;
        }
        try {
            handle(peer, message);
        } catch (MalformedUpdateException broken) {
            LOG.warn("room {}: {} is ignored: {}", room, peer, broken.getMessage());
            peer.offence = Optional.of(String.valueOf(broken.getMessage()));
            document.peersChanged();
        }
    }

    private void handle(OpenPeer peer, byte[] message) throws MalformedUpdateException {
        ByteReader in = new ByteReader(message);
        long type = in.varUint();
        if (type == SYNC) {
            sync(peer, SyncMessage.read(in));
        } else if (type == AWARENESS) {
            aware(peer, in.varBytes());
        } else if (type == QUERY_AWARENESS) {
            peer.send(aware(awareness.states().keySet()));
        } else if (!peer.isBrowser() && (type == PIECE || type == LAST_PIECE)) {
            piece(peer, message, type == LAST_PIECE);
        }
        // What else there is is of others: y-webrtc has messages for its own browser windows.
    }

    private void piece(OpenPeer peer, byte[] message, boolean last) throws MalformedUpdateException {
        if (peer.pieces.size() + message.length > LONGEST) {
            throw new MalformedUpdateException("a message in pieces that is longer than " + LONGEST + " bytes");
        }
        peer.pieces.write(message, 1, message.length - 1);
        if (last) {
            byte[] whole = peer.pieces.toByteArray();
            peer.pieces = new ByteArrayOutputStream();
            if (whole.length > 0 && whole[0] < PIECE) {
                handle(peer, whole);
            }
        } else if (peers.values().stream().mapToLong(each -> each.pieces.size()).sum() > MOST_IN_PIECES) {
            dropLongest();
        }
    }

    /** Of those who do not come to an end, the one that has said most goes, and may come again. */
    private void dropLongest() {
        OpenPeer longest = Collections.max(peers.values(), Comparator.comparingInt(each -> each.pieces.size()));
        String why = "%d bytes of it wait for the rest of a message, and with those of others more than %d"
                .formatted(longest.pieces.size(), MOST_IN_PIECES);
        LOG.warn("room {}: closed the channel to {}: {}", room, longest, why);
        longest.channel.close();
        gone(longest, why);
    }

    private void aware(OpenPeer peer, byte[] states) throws MalformedUpdateException {
        Awareness.Change change = awareness.apply(states, steady());
        tell(change, Optional.of(peer));
        Stream.concat(change.added().stream(), change.changed().stream()).forEach(this::hearOf);
        if (peer.isBrowser() && peer.client.isEmpty()) {
            // A client of y-protocols names itself first, but may pass on what it has just heard before it does.
            ByteReader in = new ByteReader(states);
            peer.client = in.varUint() > 0
                    ? LongStream.of(in.varUint())
                            .filter(first -> !isKnownOtherwise(first))
                            .findFirst()
                    : OptionalLong.empty();
            document.peersChanged();
        }
    }

    private void hearOf(long one) {
        String root = ItemJson.said(awareness.states().getOrDefault(one, "{}"))
                .path("vaultsync")
                .path(PROFILE)
                .asText("");
        DocumentKind.ofRoom(Set.of(root)).ifPresent(document::heard);
    }

    /** Whether a client is this device, another one of ours, or another page. */
    private boolean isKnownOtherwise(long one) {
        String state = awareness.states().getOrDefault(one, "{}");
        return one == client
                || ItemJson.said(state).path("vaultsync").has("instance")
                || peers.values().stream().anyMatch(peer -> peer.client.equals(OptionalLong.of(one)));
    }

    private void sync(OpenPeer peer, SyncMessage message) throws MalformedUpdateException {
        switch (message) {
            case SyncMessage.Step1(StateVector held) -> {
                peer.live = true;
                send(peer, document.lacking(held), true);
                nothingMore(peer);
            }
            case SyncMessage.Step2(byte[] update) -> {
                peer.asked = OptionalLong.empty();
                peer.late = false;
                take(peer, update);
                if (!peer.answered) {
                    peer.answered = true;
                    document.peersChanged();
                }
            }
            case SyncMessage.Changed(byte[] update) -> take(peer, update);
        }
    }

    private void take(OpenPeer peer, byte[] update) throws MalformedUpdateException {
        boolean missing = document.received(peer, update);
        if (missing && (peer.asked.isEmpty() || isOverdue(peer))) {
            ask(peer);
        }
    }

    private void ask(OpenPeer peer) {
        peer.asked = OptionalLong.of(machine.nanos());
        peer.send(message(new SyncMessage.Step1(document.held())));
    }

    /** Something new is on disk: to everybody but the one who brought it. */
    void spread(byte[] update, Optional<OpenPeer> from) {
        for (OpenPeer peer : present()) {
            if (peer.live) {
                if (from.filter(source -> source == peer).isEmpty()) {
                    send(peer, update, false);
                }
                nothingMore(peer);
            }
        }
    }

    /** Notes, once all that is queued for a peer is out, that it was sent everything there is now. */
    private void nothingMore(OpenPeer peer) {
        long number = document.number();
        peer.afterwards(() -> thread.execute(() -> {
            if (number > peer.sent) {
                peer.sent = number;
                document.sent();
            }
        }));
    }

    /** Sends an update in as many messages as it takes. */
    private void send(OpenPeer peer, byte[] update, boolean answer) {
        byte[] whole = message(answer ? new SyncMessage.Step2(update) : new SyncMessage.Changed(update));
        if (whole.length <= Channel.MAX_MESSAGE) {
            peer.send(whole);
        } else if (peer.isBrowser()) {
            if (answer) {
                // It counts as synced when this has come, so the others come first.
                parts(peer, update).forEach(peer::send);
                peer.send(message(new SyncMessage.Step2(Updates.empty())));
            } else {
                parts(peer, update).forEach(peer::send);
            }
        } else {
            sendPieces(peer, whole);
        }
    }

    private List<byte[]> parts(OpenPeer peer, byte[] update) {
        List<byte[]> fit = new ArrayList<>();
        try {
            for (byte[] part : Updates.split(update, Channel.MAX_MESSAGE - 2 * HEADER)) {
                byte[] message = message(new SyncMessage.Changed(part));
                if (message.length <= Channel.MAX_MESSAGE) {
                    fit.add(message);
                } else {
                    peer.lacks = true;
                    document.peersChanged();
                }
            }
        } catch (MalformedUpdateException neverPastTheGate) {
            throw new IllegalStateException(neverPastTheGate);
        }
        return fit;
    }

    private static void sendPieces(OpenPeer peer, byte[] whole) {
        int most = Channel.MAX_MESSAGE - 1;
        for (int from = 0; from < whole.length; from += most) {
            int to = Math.min(whole.length, from + most);
            ByteArrayOutputStream piece = new ByteArrayOutputStream(to - from + 1);
            piece.write(to == whole.length ? LAST_PIECE : PIECE);
            piece.write(whole, from, to - from);
            peer.send(piece.toByteArray());
        }
    }

    private static byte[] message(SyncMessage sync) {
        byte[] encoded = sync.encode();
        byte[] message = new byte[encoded.length + 1];
        message[0] = SYNC;
        System.arraycopy(encoded, 0, message, 1, encoded.length);
        return message;
    }
}
