// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.vaultsync.Badge;
import org.vaultsync.Fingerprint;
import org.vaultsync.IceServer;
import org.vaultsync.Invite;
import org.vaultsync.LinkByHand.Reply;
import org.vaultsync.Member;
import org.vaultsync.Neighbour;
import org.vaultsync.OpenRoomAddress;
import org.vaultsync.Reach;
import org.vaultsync.Room;
import org.vaultsync.RoomId;
import org.vaultsync.ServerChecks.Answer;
import org.vaultsync.SyncListener;
import org.vaultsync.SyncPolicy.Taking;
import org.vaultsync.Transfers.Progress;
import org.vaultsync.signaling.OwnServer;
import org.vaultsync.transport.lan.LanTransport;
import org.vaultsync.transport.webrtc.WebRtcTransport;
import org.vaultsync.vault.Attachment;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;

/**
 * A device of a {@link Lab}, whole but for its host: takes orders on its standard input and tells what happens on its
 * standard output.
 */
final class LabDevice implements SyncListener {
    private final MemoryVault vault;
    private final LocalVaultSync sync;
    private final WebRtcTransport webRtc = new WebRtcTransport(System::getProperty, Clock.systemUTC());
    private volatile int quietUntil; // only how many items there are is told, when they are so many; 0 for all
    private volatile int awaitedHeld = Integer.MAX_VALUE; // how many items all members of a room shall have on disk
    private final Map<String, String> reach = new HashMap<>(); // by member's name; guarded by this

    private LabDevice(Path home) throws IOException {
        vault = new MemoryVault(Files.createDirectories(home.resolve("files")));
        vault.afterPut(this::tellContents);
        sync = new LocalVaultSync(home, TestDevice.REPLICAS, Clock.systemUTC());
        sync.addListener(this);
        sync.addTransport(new LanTransport(System::getProperty));
        if (Boolean.getBoolean("webrtc")) {
            sync.addTransport(webRtc);
            sync.setOpenRooms(webRtc);
        }
        sync.setSignalingHost(new OwnServer(System::getProperty));
        sync.setVault(vault);
    }

    public static void main(String[] arguments) throws Exception {
        Logger.getLogger("").setLevel(Level.WARNING);
        new LabDevice(Path.of(arguments[1])).run(arguments[0]);
        System.exit(0);
    }

    private void run(String name) throws Exception {
        done(sync.nameDevice(name), named -> {});
        say("i am " + sync.self().orElseThrow().fingerprint().hex());
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = orders.readLine()) != null; ) {
            try {
                obey(line.split(" ", 3));
            } catch (Exception refused) {
                say("cannot " + line + ": " + refused.getMessage());
            }
        }
        sync.stop();
    }

    private void obey(String[] order) throws Exception {
        switch (order[0]) {
            case "found" -> done(sync.createRoom("Friday group"), room -> say("room " + room.hex()));
            case "enter" ->
                done(
                        sync.joinOpenRoom(
                                OpenRoomAddress.parse(order[1]),
                                order.length > 2 ? Optional.of(order[2]) : Optional.empty(),
                                Taking.ALL),
                        room -> say("room " + room.hex()));
            case "delete" -> vault.delete(order[1]);
            case "invite" -> done(sync.invite(new RoomId(order[1])), invite -> say("invite " + invite.line()));
            case "join" -> done(sync.join(Invite.parse(order[1])), room -> say("joined " + room.hex()));
            case "create" -> vault.save(new Item(order[1], "note", order[1], order[2]), Revision.NONE);
            case "edit" -> vault.save(order[1], content -> order[2]);
            case "share" -> done(sync.share(new RoomId(order[1]), List.of(order[2])), shared -> say("shared"));
            case "quiet" -> quietUntil = Integer.parseInt(order[1]);
            case "await" -> {
                awaitedHeld = Integer.parseInt(order[1]);
                roomsChanged();
            }
            case "units" -> units(new RoomId(order[1]), Integer.parseInt(order[2]));
            case "file" -> file(order[1], Integer.parseInt(order[2]) << 20);
            case "fetch" -> sync.fetch(order[1]);
            case "progress" ->
                say("progress "
                        + switch (sync.progress(order[1])) {
                            case Progress.Coming coming -> coming.bytes();
                            case Progress.Waiting waiting -> waiting.bytes();
                            case Progress.Nothing nothing -> Long.MAX_VALUE;
                            case Progress.OnDemand none -> 0;
                            case Progress.Failed failed -> 0;
                        });
            case "holds" -> say("holds " + vault.openAttachment(order[1]).isPresent());
            case "addresses" -> say("addresses " + sync.self().orElseThrow().addresses());
            case "gather" -> gather(String.join(" ", Arrays.copyOfRange(order, 1, order.length)));
            case "redial" -> sync.syncNow();
            case "type" ->
                done(
                        sync.setTypedAddresses(new Fingerprint(order[1]), List.of(order[2].split(" "))),
                        typed -> say("typed"));
            case "discoverable" -> sync.discoverable(true);
            case "nearby" -> roomsChanged();
            case "meet" -> {
                Neighbour neighbour = sync.nearby().stream()
                        .filter(each -> each.name().equals(order[1]))
                        .findFirst()
                        .orElseThrow();
                sync.meet(neighbour).whenComplete((encounter, failed) -> {
                    if (failed != null) {
                        say("cannot meet: " + failed.getMessage());
                    }
                });
            }
            case "confirm" -> {
                Optional<RoomId> room = order.length > 1 ? Optional.of(new RoomId(order[1])) : Optional.empty();
                sync.confirm(sync.encounters().getFirst(), room).thenAccept(paired -> say("paired " + paired.hex()));
            }
            case "offer" -> done(sync.offer(new Fingerprint(order[1])), text -> say("offer " + text));
            case "take" ->
                done(
                        sync.take(order[1]),
                        reply -> say(
                                switch (reply) {
                                    case Reply.Answer answer -> "answer " + answer.text();
                                    case Reply.Linked linked -> "took";
                                    case Reply.Useless useless -> "useless " + useless.fault();
                                }));
            case "end" -> sync.end(new Fingerprint(order[1]));
            default -> say("what is " + order[0] + "?");
        }
    }

    private void gather(String server) throws InterruptedException {
        Answer answer = webRtc.gather(IceServer.parse(server));
        say("gathered " + new TreeSet<>(answer.candidates())
                + answer.problem().map(problem -> " " + problem.reason()).orElse(""));
    }

    private void tellContents() {
        if (quietUntil == 0) {
            vault.ids().forEach(id -> say("content " + id + " " + vault.content(id)));
        } else if (vault.ids().size() == quietUntil) {
            say("has " + quietUntil);
        }
    }

    /** Saves and shares so many units, real ones where they are here. */
    private void units(RoomId room, int count) throws Exception {
        List<String> contents = Units.realAreHere() ? Units.real() : Units.made(count, 1);
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add("unit" + i);
            vault.save(new Item("unit" + i, "unit", "Unit " + i, contents.get(i % contents.size())), Revision.NONE);
        }
        done(sync.share(room, ids), shared -> say("shared " + count));
    }

    /** Saves an item with a file of so many bytes by chance. */
    private void file(String item, int size) throws Exception {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        String sha256 =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        vault.putAttachment(sha256, new ByteArrayInputStream(bytes));
        vault.save(
                new Item(
                        item,
                        "note",
                        item,
                        "{}",
                        List.of(new Attachment("key", "file", sha256, size, "application/octet-stream")),
                        List.of()),
                Revision.NONE);
        say("filed " + sha256);
    }

    private static <T> void done(CompletionStage<T> stage, Consumer<T> then) throws Exception {
        then.accept(stage.toCompletableFuture().get(60, TimeUnit.SECONDS));
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    @Override
    public void itemsChanged(Set<String> items) {
        items.forEach(item -> {
            Badge badge = sync.status(item).badge();
            if (badge == Badge.SYNCED) {
                say("synced " + item);
            } else if (badge == Badge.SENT) {
                say("sent " + item);
            } else if (badge == Badge.NOT_SHARED) {
                say("gone " + item);
            }
        });
    }

    /** All that are awaited are on disk, here and at every other member. */
    private boolean isHeldByAll(Room room) {
        return room.items().size() >= awaitedHeld
                && !room.members().isEmpty()
                && room.members().stream().allMatch(member -> member.items() >= awaitedHeld);
    }

    @Override
    public void roomsChanged() {
        List<String> news = new ArrayList<>();
        sync.nearby().forEach(neighbour -> news.add("nearby " + neighbour.name()));
        sync.nearbySignaling().forEach(server -> news.add("server " + server));
        sync.encounters().forEach(encounter -> news.add("code " + encounter.code() + " of " + encounter.name()));
        synchronized (this) {
            for (Room room : sync.rooms()) {
                room.open().ifPresent(open -> {
                    String now = "peers " + open.peers().size() + " " + open.notices();
                    if (!now.equals(reach.put(room.name(), now))) {
                        news.add(now);
                    }
                });
                if (isHeldByAll(room)) {
                    news.add("held " + awaitedHeld);
                    awaitedHeld = Integer.MAX_VALUE;
                }
                for (Member member : room.members()) {
                    String now = switch (member.reach()) {
                        case Reach.Linked linked -> linked.path().startsWith("webrtc") ? "met" : "linked";
                        case Reach.Dialling dialling -> "away";
                        case Reach.Away away -> "away";
                        case Reach.Refused refused -> "refused";
                        case Reach.Paused paused -> "paused";
                    };
                    if (!now.equals(reach.put(member.name(), now))) {
                        news.add(now + " " + member.name()
                                + (member.reach() instanceof Reach.Linked linked ? " " + linked.address() : ""));
                    }
                    String path = member.reach() instanceof Reach.Linked linked ? linked.path() : "none";
                    if (!path.equals(reach.put("path " + member.name(), path))) {
                        news.add("path " + member.name() + " " + path);
                    }
                }
            }
        }
        news.forEach(LabDevice::say);
    }
}
