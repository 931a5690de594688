// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.vaultsync.core.room.Jsons;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.ReplicaException;
import org.vaultsync.crdt.RoomItems;
import org.vaultsync.crdt.RoomItems.RoomItem;
import org.vaultsync.crdt.protocol.Awareness;
import org.vaultsync.crdt.protocol.SyncMessage;
import org.vaultsync.crdt.update.ByteReader;
import org.vaultsync.crdt.update.ByteWriter;
import org.vaultsync.crdt.update.MalformedUpdateException;
import org.vaultsync.crdt.update.Update;
import org.vaultsync.crdt.update.Updates;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.OpenRooms;
import org.vaultsync.transport.OpenRooms.Channel;

/** A page that is in an open room as y-webrtc is: real Yjs, y-webrtc's messages and no others, and it sends everything on. */
final class WebPage implements OpenRooms.Visitor, AutoCloseable {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
    private final ReplicaEngine engine = TestDevice.REPLICAS.openEngine();
    private final Awareness awareness;
    private final Set<Channel> channels = new LinkedHashSet<>(); // thread only
    private final List<byte[]> updates = new ArrayList<>(); // thread only
    private final OpenRooms.Attendance attendance;
    private Replica replica; // thread only
    final List<byte[]> received = new CopyOnWriteArrayList<>();
    final List<OpenRooms.Notice> notices = new CopyOnWriteArrayList<>();

    WebPage(OpenRooms rooms, String name, DocumentKind kind, String... password) throws Exception {
        long client = TestDevice.REPLICAS.freshClientId();
        awareness = new Awareness(client, NOON);
        awareness.say(Optional.of("{\"user\":{\"name\":\"A page\"}}"), NOON);
        run(() -> replica = engine.open(kind, client, List.of()));
        attendance = rooms.join(
                new OpenRooms.Place(name, Arrays.stream(password).findFirst(), List.of("ws://hub"), ""),
                Optional.empty(),
                this);
    }

    private <T> T run(Callable<T> task) throws Exception {
        return thread.submit(task).get(60, TimeUnit.SECONDS);
    }

    void put(String id, String content) throws Exception {
        run(() -> {
            RoomItem note = new RoomItem(id, "note", "Note " + id, content);
            spread(new RoomItems(replica).put(item(id), note, NOON));
            return null;
        });
    }

    /** Puts something under an id that is no item. */
    void putPlain(String id, String json) throws Exception {
        run(() -> {
            spread(replica.edit("{\"items\":{}}", "{\"items\":{\"" + id + "\":" + json + "}}"));
            return null;
        });
    }

    void remove(String id) throws Exception {
        run(() -> {
            spread(new RoomItems(replica).remove(id));
            return null;
        });
    }

    private Optional<RoomItem> item(String id) throws ReplicaException {
        boolean whole = replica.kind() == DocumentKind.VAULT_ITEMS;
        String at = "/" + replica.kind().roots().getFirst() + "/" + id;
        Optional<String> content = replica.json(at + (whole ? "/data" : "/content"));
        String meta = whole ? at : at + "/meta";
        return content.isEmpty()
                ? Optional.empty()
                : Optional.of(new RoomItem(id, text(meta + "/type"), text(meta + "/name"), content.get()));
    }

    private String text(String pointer) throws ReplicaException {
        return Jsons.text(replica.json(pointer).orElse("\"\""));
    }

    String content(String id) {
        try {
            return run(() -> item(id).map(RoomItem::content).orElse(""));
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** Sends bytes that are no message, or none that is allowed. */
    void say(byte[] message) throws Exception {
        run(() -> {
            for (Channel channel : channels) {
                send(channel, message);
            }
            return null;
        });
    }

    Map<Long, String> states() throws Exception {
        return run(() -> Map.copyOf(awareness.states()));
    }

    private void spread(byte[] update) {
        updates.add(update);
        for (Channel channel : channels) {
            send(channel, sync(new SyncMessage.Changed(update)));
        }
    }

    /** What the other has hung up on is told by {@code closed}, which comes a little later. */
    private static void send(Channel channel, byte[] message) {
        try {
            channel.send(message);
        } catch (IOException hungUp) {
            // As for a page: it goes to those who are there.
        }
    }

    private static byte[] sync(SyncMessage message) {
        byte[] encoded = message.encode();
        byte[] all = new byte[encoded.length + 1];
        System.arraycopy(encoded, 0, all, 1, encoded.length);
        return all;
    }

    private byte[] aware() {
        ByteWriter out = new ByteWriter();
        out.varUint(1);
        out.varBytes(awareness.encode(awareness.states().keySet()));
        return out.toByteArray();
    }

    @Override
    public void came(Channel channel) {
        channel.start(new Link.Receiver() {
            @Override
            public void received(byte[] message) {
                received.add(message);
                thread.execute(() -> {
                    try {
                        handle(channel, message);
                    } catch (Exception failed) {
                        throw new IllegalStateException(failed);
                    }
                });
            }

            @Override
            public void closed(String reason) {
                thread.execute(() -> channels.remove(channel));
            }
        });
        thread.execute(() -> {
            channels.add(channel);
            try {
                send(
                        channel,
                        sync(new SyncMessage.Step1(
                                Update.decode(replica.state()).stateVector())));
                send(channel, aware());
            } catch (Exception failed) {
                throw new IllegalStateException(failed);
            }
        });
    }

    private void handle(Channel channel, byte[] message) throws Exception {
        if (message[0] == 1) {
            awareness.apply(new ByteReader(Arrays.copyOfRange(message, 1, message.length)).varBytes(), NOON);
            return;
        }
        switch (SyncMessage.decode(Arrays.copyOfRange(message, 1, message.length))) {
            case SyncMessage.Step1 step ->
                send(
                        channel,
                        sync(new SyncMessage.Step2(
                                updates.isEmpty()
                                        ? Updates.empty()
                                        : Updates.diff(Updates.merge(updates), step.held()))));
            case SyncMessage.Step2 step -> apply(step.update());
            case SyncMessage.Changed changed -> apply(changed.update());
        }
    }

    private void apply(byte[] update) throws Exception {
        byte[] before = replica.state();
        replica.apply(update);
        updates.add(update);
        if (!Arrays.equals(before, replica.state())) {
            for (Channel channel : channels) {
                send(channel, sync(new SyncMessage.Changed(update)));
            }
        }
    }

    /** What came in sync messages, in one piece. */
    byte[] merged() throws MalformedUpdateException {
        List<byte[]> all = new ArrayList<>();
        for (byte[] message : received) {
            if (message[0] == 0) {
                switch (SyncMessage.decode(Arrays.copyOfRange(message, 1, message.length))) {
                    case SyncMessage.Step1 step -> {}
                    case SyncMessage.Step2 step -> all.add(step.update());
                    case SyncMessage.Changed changed -> all.add(changed.update());
                }
            }
        }
        return Updates.merge(all);
    }

    @Override
    public void notice(OpenRooms.Notice notice) {
        notices.add(notice);
    }

    @Override
    public void serversChanged() {}

    @Override
    public void close() {
        attendance.close();
        thread.shutdown();
    }
}
