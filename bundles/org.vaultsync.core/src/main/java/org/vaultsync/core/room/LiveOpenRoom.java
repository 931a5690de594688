// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Badge;
import org.vaultsync.Conflict;
import org.vaultsync.Fingerprint;
import org.vaultsync.ItemStatus;
import org.vaultsync.Meeting;
import org.vaultsync.Offers.Offer;
import org.vaultsync.OpenRoom;
import org.vaultsync.OpenRoom.Notice;
import org.vaultsync.OpenRoom.Profile;
import org.vaultsync.OpenRoomAddress;
import org.vaultsync.Presence.Open;
import org.vaultsync.Room;
import org.vaultsync.Room.Standing;
import org.vaultsync.RoomCode;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.Trouble;
import org.vaultsync.Version;
import org.vaultsync.core.log.Logbook;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.core.store.OpenRoomTable;
import org.vaultsync.core.store.OpenRoomTable.OpenRoomRow;
import org.vaultsync.core.store.Store;
import org.vaultsync.core.store.Store.Write;
import org.vaultsync.core.store.Tables.Piece;
import org.vaultsync.core.vault.HostVault;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.Overwrite;
import org.vaultsync.crdt.ReplicaException;
import org.vaultsync.crdt.ReplicaFactory;
import org.vaultsync.crdt.update.Gate;
import org.vaultsync.crdt.update.MalformedUpdateException;
import org.vaultsync.crdt.update.StateVector;
import org.vaultsync.crdt.update.Update;
import org.vaultsync.crdt.update.Updates;
import org.vaultsync.crdt.update.Verdict;
import org.vaultsync.transport.OpenRooms;
import org.vaultsync.transport.OpenRooms.Attendance;
import org.vaultsync.transport.OpenRooms.Channel;
import org.vaultsync.transport.OpenRooms.Place;
import org.vaultsync.transport.TroubleException;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

/**
 * An open room that this device is in: one document, shared by whoever knows the code, browsers among them. Everything
 * happens on the room's own thread; the methods hand over to it and return at once.
 */
public final class LiveOpenRoom implements AutoCloseable {
    /** What the room asks of those around it, and whom it tells. Called on the room's thread; returns at once. */
    public interface Listener {
        void statusChanged(RoomId room, ItemStatus status, List<Conflict> conflicts);

        /** An item is not in this room, and the vault has answered all that it was asked and told about it. */
        void letGo(RoomId room, String item);

        void roomChanged();

        /** Somebody has other items open than before; none if it is gone. */
        void openedBy(RoomId room, Fingerprint standIn, List<Open> items);

        /** Whether a new item comes into the vault at once. */
        boolean takes(String item, String type);

        /** Whether items of a type never leave this device, nor come to it. */
        boolean isSensitive(String type);

        /** Whether an item that a person wants in this room may be there. */
        boolean shares(Item item);

        /** The name of this device. */
        String deviceName();

        /** The signaling servers that this device knows by itself. */
        List<String> signaling();

        /** The signaling servers that others run on the local network: anybody there could. */
        List<String> nearbySignaling();

        /** How a person wants this device to meet others. */
        Optional<Meeting> meeting();
    }

    private static final Logger LOG = LoggerFactory.getLogger(LiveOpenRoom.class);
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(10);
    private static final Duration OFTEN = Duration.ofMillis(50);
    private static final int STATUSES_AT_ONCE = 100;
    private static final int MOST_SERVERS = 16;

    private final RoomId id;
    private final RoomCode code;
    private final Optional<String> password;
    private final String instance;
    private final Store store;
    private final HostVault host;
    private final Supplier<ReplicaFactory> factory;
    private final Machine machine;
    private final Logbook logbook;
    private final Listener listener;
    private final Worker thread;
    private final Answers answers;
    private OpenRoomRow row; // room thread only, after the constructor
    private Documents documents; // room thread only
    private OpenContent content; // room thread only
    private OpenItems items; // room thread only
    private OpenPeers peers; // room thread only
    private Optional<OpenRooms> transport = Optional.empty(); // room thread only
    private Optional<Attendance> attendance = Optional.empty(); // room thread only
    private List<String> attendedAt = List.of(); // room thread only; servers
    private Optional<Meeting> attendedBy = Optional.empty(); // room thread only; without servers
    private int attended; // room thread only; how often this device has gone there
    private boolean paused; // room thread only
    private Optional<Trouble> trouble = Optional.empty(); // room thread only
    private final Set<Notice> notices = EnumSet.noneOf(Notice.class); // room thread only
    private long number; // room thread only; of the last change of the document
    private final Map<String, Long> changes = new HashMap<>(); // room thread only; the last of each item, in this run
    private final Set<String> toPublish = new LinkedHashSet<>(); // room thread only
    private final Set<String> unsent =
            new HashSet<>(); // room thread only; items that wait for being sent, as last told
    private int others; // room thread only; as last told
    private final Set<Fingerprint> openElsewhere = new HashSet<>(); // room thread only
    private Map<String, String> openedHere = Map.of(); // room thread only
    private boolean itemByItemElsewhere; // room thread only; as another device has said
    private boolean telling; // room thread only
    private volatile Room summary;
    private volatile boolean ended;

    /** @param password nothing where there is none, or where it cannot be read */
    public LiveOpenRoom(
            OpenRoomRow row,
            Optional<String> password,
            String instance,
            Store store,
            HostVault host,
            Supplier<ReplicaFactory> factory,
            Machine machine,
            Logbook logbook,
            Listener listener) {
        this.id = row.id();
        this.row = row;
        this.code = new RoomCode(row.code());
        this.password = password;
        this.instance = instance;
        this.store = store;
        this.host = host;
        this.factory = factory;
        this.machine = machine;
        this.logbook = logbook;
        this.listener = listener;
        this.thread = machine.worker("vaultsync open room " + code);
        this.answers = new Answers(thread, ours -> {
            LOG.error("room {}: an error of this side", code, ours);
            return Answers.wentWrong(ours);
        });
        this.summary = summarize(List.of(), 0);
    }

    public void start() {
        thread.execute(() -> {
            try {
                if (row.password().isPresent() && password.isEmpty()) {
                    trouble = Optional.of(Trouble.other(
                            "The password of this room cannot be read with the key that this device has now, so nothing"
                                    + " is synced in it. Your items are safe in your vault. Leave it, and enter its"
                                    + " code and its password again."));
                } else {
                    open();
                }
            } catch (RuntimeException | Error | ReplicaException | MalformedUpdateException cannot) {
                LOG.error("room {}: cannot be opened", code, cannot);
                items = null;
                trouble = Optional.of(Trouble.other(
                        "This room could not be opened, and nothing is synced in it. Your items are safe in"
                                + " your vault. Restart the application; if that does not help, look at its log. "
                                + Optional.ofNullable(cannot.getMessage()).orElse(cannot.toString())));
            }
            changed();
        });
    }

    private void open() throws ReplicaException, MalformedUpdateException {
        documents = new Documents(
                id,
                store,
                thread,
                factory.get(),
                host::textFields,
                document -> content.profile().orElse(DocumentKind.ITEMS),
                new Documents.Listener() {
                    @Override
                    public void changing(Document document) {
                        number++;
                    }

                    @Override
                    public void implied(Document document, byte[] update) {
                        peers.spread(update, Optional.empty());
                    }

                    @Override
                    public void notStored(Document document) {
                        content.changedAsAWhole();
                        toPublish.addAll(content.ids());
                        LiveOpenRoom.this.changed();
                    }

                    @Override
                    public Write integrated(Document document, String before, List<Piece> updates) {
                        return database -> {};
                    }

                    @Override
                    public void overwritten(Document document, List<Overwrite> overwrites) {
                        items.overwritten(overwrites);
                    }
                });
        content = new OpenContent(documents, machine.clock(), row.profile().map(DocumentKind::valueOf));
        peers = new OpenPeers(code.toString(), documents.client(), instance, machine, thread, new OurDocument());
        items = new OpenItems(id, documents, content, store, host, thread, machine, new AroundItems());
        if (content.isKnown()) {
            content.integrate();
        }
        if (isFieldByField() && isItemByItem(Update.decode(documents.state(document())))) {
            become(DocumentKind.VAULT_ITEMS);
        }
        if (host.isPresent()) {
            items.vaultArrived();
        }
        toPublish.addAll(content.ids());
        toPublish.addAll(items.waiting());
        sayWhoWeAre();
        attend();
    }

    public RoomId id() {
        return id;
    }

    public RoomCode code() {
        return code;
    }

    /** The room as it was a moment ago. */
    public Room summary() {
        return summary;
    }

    // Being there

    /** The way into open rooms has come, or is gone. */
    public void transport(Optional<OpenRooms> present) {
        whileUsable(() -> {
            if (!present.equals(transport)) {
                transport = present;
                attend();
            }
        });
    }

    /** Other servers, or another way to meet, count from now on. Whoever is linked stays, if only the servers are others. */
    public void meetAgain() {
        whileUsable(() -> {
            List<String> places = places();
            if (attendance.isPresent() && ways().equals(attendedBy) && lookAt(places)) {
                attendedAt = places;
                trouble = noServer(places);
                changed();
            } else {
                attend();
            }
        });
    }

    private boolean lookAt(List<String> places) {
        try {
            return places.equals(attendedAt) || attendance.orElseThrow().lookAt(places);
        } catch (IllegalArgumentException noServer) {
            return false; // which is said when the room is entered anew
        }
    }

    private static Optional<Trouble> noServer(List<String> places) {
        return places.isEmpty()
                ? Optional.of(Trouble.other(
                        "No signaling server is known, so nobody can be met. Name one in the preferences."))
                : Optional.empty();
    }

    /** What helps this device through routers, as a person has set it. */
    private Optional<Meeting> ways() {
        return listener.meeting().map(set -> new Meeting(List.of(), set.ice(), set.relayOnly()));
    }

    /** Whoever is not reached is tried again at once. */
    public void lookAgain() {
        whileUsable(() -> attendance.ifPresent(Attendance::again));
    }

    private List<String> places() {
        // A room whose servers are known is looked for nowhere else: a server learns its code.
        List<String> nearby = row.servers().isEmpty() ? listener.nearbySignaling() : List.of();
        return Stream.of(servers(), listener.signaling(), nearby)
                .flatMap(List::stream)
                .distinct()
                .toList();
    }

    private List<String> servers() {
        return Arrays.stream(row.servers().split(" "))
                .filter(each -> !each.isEmpty())
                .toList();
    }

    public void pause(boolean pause) {
        whileUsable(() -> {
            if (paused != pause) {
                paused = pause;
                attend();
            }
        });
    }

    /** Goes there, or leaves, as it is to be now. */
    private void attend() {
        attendance.ifPresent(Attendance::close);
        attendance = Optional.empty();
        attended++;
        notices.clear();
        peers.leave();
        trouble = Optional.empty();
        if (!paused) {
            sayWhoWeAre();
            if (transport.isPresent()) {
                go(transport.get(), attended);
            } else {
                trouble = Optional.of(
                        Trouble.other("Open rooms need WebRTC, which is not installed here or is switched off."));
            }
        }
        changed();
    }

    private void attendNot(int time, Trouble why) {
        thread.execute(() -> {
            if (time == attended) {
                trouble = Optional.of(why);
                changed();
            }
        });
    }

    private void go(OpenRooms there, int time) {
        attendedAt = places();
        attendedBy = ways();
        trouble = noServer(attendedAt);
        if (trouble.isPresent()) {
            return;
        }
        Place place = new Place(code.letters(), password, attendedAt, instance);
        Optional<Meeting> meeting = listener.meeting();
        // Loading the natives takes a while.
        machine.run("vaultsync open room", Duration.ZERO, () -> {
            try {
                Attendance joined = there.join(place, meeting, new AtTheDoor(time));
                thread.execute(() -> {
                    if (time == attended) {
                        attendance = Optional.of(joined);
                        changed();
                    } else {
                        joined.close();
                    }
                });
                if (ended) {
                    joined.close();
                }
            } catch (IOException cannot) {
                attendNot(time, TroubleException.of(cannot));
            } catch (IllegalArgumentException noServer) {
                attendNot(time, Trouble.other(noServer.getMessage()));
            } catch (RuntimeException | Error ours) {
                LOG.error("room {}: cannot be attended", code, ours);
                attendNot(time, Trouble.other(Answers.wentWrong(ours).getMessage()));
            }
        });
    }

    /** What the transport tells, handed to the room's thread. */
    private final class AtTheDoor implements OpenRooms.Visitor {
        private final int time;

        AtTheDoor(int time) {
            this.time = time;
        }

        @Override
        public void came(Channel channel) {
            thread.execute(() -> {
                if (time == attended) {
                    notices.clear(); // it may have been this one, with the right password now
                    peers.came(channel);
                } else {
                    channel.close();
                }
            });
        }

        @Override
        public void notice(OpenRooms.Notice notice) {
            Notice told = switch (notice) {
                case OTHER_PASSWORD -> Notice.OTHER_PASSWORD;
                case THEY_ENCRYPT -> Notice.THEY_HAVE_A_PASSWORD;
                case THEY_DO_NOT_ENCRYPT -> Notice.THEY_HAVE_NO_PASSWORD;
                case NO_ANSWER -> Notice.NO_ANSWER;
                case FULL -> Notice.FULL;
                case NO_WAY -> Notice.NO_WAY;
            };
            thread.execute(() -> {
                if (time == attended && notices.add(told)) {
                    logbook.note(
                            id,
                            switch (told) {
                                case OTHER_PASSWORD -> "Somebody there has another password.";
                                case THEY_HAVE_A_PASSWORD -> "Somebody there has a password, and this device has none.";
                                case THEY_HAVE_NO_PASSWORD ->
                                    "Somebody there has no password, and this device has one.";
                                case NO_ANSWER -> "Somebody there does not answer.";
                                case FULL -> "There are as many peers as this device takes.";
                                case NO_WAY ->
                                    "No way to somebody there is found. It is tried again, less and less often.";
                            });
                    changed();
                }
            });
        }

        @Override
        public void serversChanged() {
            thread.execute(LiveOpenRoom.this::changed);
        }
    }

    // What the person wants

    public CompletionStage<Void> share(Collection<String> some, boolean onlyNew, LiveRoom.Choice choice) {
        return ask(() -> {
            settleProfile();
            return items.share(some, onlyNew, choice);
        });
    }

    /**
     * Who puts the first item into a room that it has joined says how items lie there, once all who are there have said that
     * there is none. A page is taken for the web app's, which reads nothing else than whole items.
     */
    private void settleProfile() {
        if (!content.isKnown() && peers.haveSaidAll()) {
            become(
                    peers.present().stream().anyMatch(OpenPeer::isBrowser)
                            ? DocumentKind.VAULT_ITEMS
                            : DocumentKind.ITEMS);
        }
    }

    /**
     * It is known how items lie in the room, or better than before: of those who took it in different ways all come to the
     * same, since item by item counts more than field by field.
     */
    private void become(DocumentKind kind) {
        Optional<DocumentKind> before = content.profile();
        if (before.isPresent() && kind != DocumentKind.VAULT_ITEMS) {
            return;
        }
        if (before.isEmpty()) {
            content.become(kind);
        } else {
            Map<String, String> lay = new HashMap<>();
            content.ids().forEach(item -> content.json(item).ifPresent(json -> lay.put(item, json)));
            try {
                content.becomeInstead(kind);
            } catch (ReplicaException failed) {
                LOG.error("room {}: its items cannot be read item by item now: {}", code, failed.getMessage());
                return;
            }
            LOG.info("room {}: {} items are laid item by item", code, lay.size());
            Set<String> there = content.ids();
            items.moved(lay);
            items.arrived(there, "");
        }
        // After what was moved, so that it is moved again if it did not come to the disk.
        row = row.of(kind.name());
        store.write(OpenRoomTable.put(row));
        sayWhoWeAre();
        items.goOn();
        changed();
    }

    /** Once what others have is here: what is put there before that would be in its way. */
    private void comeToTheSame() {
        if (itemByItemElsewhere && isFieldByField() && peers.haveSaidAll()) {
            become(DocumentKind.VAULT_ITEMS);
        }
    }

    private boolean isFieldByField() {
        return content.profile().filter(DocumentKind.ITEMS::equals).isPresent();
    }

    private static boolean isItemByItem(Update written) {
        return DocumentKind.ofRoom(written)
                .filter(DocumentKind.VAULT_ITEMS::equals)
                .isPresent();
    }

    public CompletionStage<Void> stop(Collection<String> some) {
        return ask(() -> items.stop(some));
    }

    /** Fails if any of these is shared in this room. */
    public CompletionStage<Void> stopForAll(Collection<String> some) {
        return ask(() -> items.stopForAll(some), () -> CompletableFuture.completedStage(null));
    }

    /** Takes this device out of the sync of all items of a type. */
    public CompletionStage<Void> stopType(String type) {
        return ask(() -> items.stopType(type));
    }

    /** Shares an item unless it is, or was, in the room. */
    public void shareIfNew(Stored stored, Predicate<Item> choice) {
        whileUsable(() -> {
            settleProfile();
            items.shareIfNew(stored, choice);
        });
    }

    public CompletionStage<Set<String>> types() {
        return ask(
                () -> CompletableFuture.completedFuture(items.types()),
                () -> CompletableFuture.completedStage(Set.of()));
    }

    public CompletionStage<List<Offer>> offers() {
        return ask(() -> CompletableFuture.completedFuture(items.offers()));
    }

    public CompletionStage<Void> take(Collection<String> some) {
        return ask(() -> items.take(some));
    }

    public CompletionStage<List<String>> copy(Collection<String> some) {
        return ask(() -> items.copy(some));
    }

    public CompletionStage<Void> settle(Conflict conflict, Optional<String> value) {
        return ask(() -> items.settle(conflict, value));
    }

    public CompletionStage<Void> reopen(Conflict conflict, Optional<String> value) {
        return ask(() -> items.reopen(conflict, value));
    }

    public CompletionStage<List<Version>> versions(String item) {
        return ask(() -> items.versions(item));
    }

    public CompletionStage<List<Version>> deleted() {
        return ask(() -> items.deleted());
    }

    public CompletionStage<Void> restore(Item item) {
        return ask(() -> {
            settleProfile();
            return items.restore(item);
        });
    }

    /** Names the room, for this device alone. */
    public CompletionStage<Void> rename(String name) {
        return ask(() -> {
            row = row.named(name);
            changed();
            return store.write(OpenRoomTable.put(row));
        });
    }

    /** The name of this device changed. */
    public void renamed() {
        whileUsable(this::sayWhoWeAre);
    }

    /** The person has these items open, of any room: item to field. */
    public void opened(Map<String, String> open) {
        whileUsable(() -> {
            openedHere = open;
            sayWhoWeAre();
        });
    }

    private void sayWhoWeAre() {
        peers.say(
                listener.deviceName(),
                openedHere.entrySet().stream()
                        .filter(each -> items.isSynced(each.getKey()))
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)),
                content.profile());
    }

    // What the vault tells

    public void vaultArrived() {
        whileUsable(() -> items.vaultArrived());
    }

    public void saved(Stored stored) {
        whileUsable(() -> items.saved(stored));
    }

    public void deleted(String item, Revision revision) {
        whileUsable(() -> items.deleted(item, revision));
    }

    private void whileUsable(Runnable task) {
        thread.execute(() -> {
            if (items != null) {
                task.run();
            }
        });
    }

    private Document document() {
        return OpenContent.roomIn(documents);
    }

    /** The document as those see it to whom it is sent. */
    private final class OurDocument implements OpenPeers.Document {
        @Override
        public StateVector held() {
            return documents.knowledge(document()).writes();
        }

        @Override
        public byte[] lacking(StateVector held) {
            if (documents.knowledge(document()).writes().clocks().isEmpty()) {
                return Updates.empty();
            }
            try {
                return Updates.diff(documents.state(document()), held);
            } catch (MalformedUpdateException neverPastTheGate) {
                throw new IllegalStateException(neverPastTheGate);
            }
        }

        @Override
        public long number() {
            return number;
        }

        @Override
        public boolean received(OpenPeer from, byte[] update) throws MalformedUpdateException {
            if (documents.isQuarantined(update)) {
                return false;
            }
            return switch (Gate.check(documents.knowledge(document()), update, documents.ownClients())) {
                case Verdict.Accepted(byte[] whole) -> {
                    take(from, whole);
                    yield false;
                }
                case Verdict.Partly(byte[] part, String missing) -> {
                    LOG.debug("room {}: part of an update of {} waits: {}", code, from, missing);
                    if (part.length > 0) {
                        take(from, part);
                    }
                    yield true;
                }
                case Verdict.NothingNew() -> false;
                case Verdict.Refused(String why) -> throw new MalformedUpdateException(why);
            };
        }

        @Override
        public void heard(DocumentKind kind) {
            if (isFieldByField()) {
                itemByItemElsewhere |= kind == DocumentKind.VAULT_ITEMS;
                comeToTheSame();
            } else if (!content.isKnown()) {
                become(kind);
            }
        }

        @Override
        public void peersChanged() {
            if (!content.isKnown() && !items.waiting().isEmpty()) {
                settleProfile();
            }
            comeToTheSame();
            int present = peers.present().size();
            if (present < others) {
                notices.remove(Notice.FULL);
            }
            if (present != others) {
                others = present;
                toPublish.addAll(content.ids());
            }
            changed();
        }

        @Override
        public void sent() {
            toPublish.addAll(unsent);
            changed();
        }
    }

    /** Something new, which passed the gate: stored, passed on, and shown. */
    private void take(OpenPeer from, byte[] update) throws MalformedUpdateException {
        number++;
        Update decoded = Update.decode(update);
        documents
                .add(
                        document(),
                        decoded,
                        false,
                        Optional.empty(),
                        machine.clock().instant())
                .thenRunAsync(() -> peers.spread(update, Optional.of(from)), thread);
        if (!content.isKnown()) {
            DocumentKind.ofRoom(Update.decode(documents.state(document()))).ifPresent(this::become);
        } else if (isFieldByField() && isItemByItem(decoded)) {
            become(DocumentKind.VAULT_ITEMS);
        }
        if (!content.isKnown()) {
            return;
        }
        try {
            Set<String> changed = content.integrate();
            changed.forEach(item -> changes.put(item, number));
            items.arrived(changed, writer(decoded));
        } catch (ReplicaException failed) {
            content.failed(failed);
            LOG.error("room {}: an update cannot be read now: {}", code, failed.getMessage());
        }
        changed();
    }

    /** The name of the one who wrote, if it is one and says who it is. */
    private String writer(Update update) {
        Set<Long> writers = update.reach().clocks().keySet();
        return writers.size() == 1 ? peers.nameOf(writers.iterator().next()) : "";
    }

    private final class AroundItems implements OpenItems.Surroundings {
        @Override
        public void changed(String item) {
            toPublish.add(item);
            LiveOpenRoom.this.changed();
        }

        @Override
        public boolean takes(String item, String type) {
            return listener.takes(item, type);
        }

        @Override
        public boolean isSensitive(String type) {
            return listener.isSensitive(type);
        }

        @Override
        public boolean shares(Item item) {
            return listener.shares(item);
        }

        @Override
        public CompletionStage<Void> add(byte[] update, List<String> edited, Write... also) {
            number++;
            for (String item : edited) {
                changes.put(item, number);
                items.sent(item, false);
            }
            CompletionStage<Void> durable = documents.add(
                    document(), update, true, Optional.empty(), machine.clock().instant(), also);
            durable.thenRunAsync(() -> peers.spread(update, Optional.empty()), thread);
            LiveOpenRoom.this.changed();
            return durable;
        }

        @Override
        public String self() {
            return listener.deviceName();
        }

        @Override
        public String nameOf(long writer) {
            return peers.nameOf(writer);
        }
    }

    // Status

    /** Something is to be told, soon and with what else changes meanwhile. */
    private void changed() {
        if (!telling) {
            telling = true;
            thread.after(OFTEN, () -> {
                telling = false;
                publish();
            });
        }
    }

    private void publish() {
        if (items == null) {
            summary = summarize(List.of(), 0);
            listener.roomChanged();
            return;
        }
        List<String> some = toPublish.stream().limit(STATUSES_AT_ONCE).toList();
        some.forEach(toPublish::remove);
        for (String item : some) {
            try {
                ItemStatus status = status(item);
                // Also of an item that has another trouble, which its badge tells first.
                boolean inConflict = status.badge() != Badge.NOT_SHARED && items.hasConflict(item);
                listener.statusChanged(id, status, inConflict ? items.conflicts(item) : List.of());
                if (status.room().isEmpty() && !items.isAsked(item)) {
                    listener.letGo(id, item);
                }
            } catch (RuntimeException ours) {
                // Of this one nothing is told, the others are to go on.
                LOG.error("room {}: the status of an item cannot be told", code, ours);
            }
        }
        if (!toPublish.isEmpty()) {
            changed();
        }
        List<String> waiting = items.waiting();
        List<String> synced = Stream.concat(content.ids().stream().filter(items::isSynced), waiting.stream())
                .sorted()
                .toList();
        sayWhoWeAre();
        tellWhatIsOpen();
        summary = summarize(synced, content.ids().size() + waiting.size() - synced.size());
        listener.roomChanged();
    }

    private ItemStatus status(String item) {
        boolean waits = items.isWaiting(item);
        if (!items.isSynced(item) && !waits) {
            return ItemStatus.notShared(item);
        }
        long change = changes.getOrDefault(item, 0L);
        List<OpenPeer> present = List.copyOf(peers.present());
        boolean all = present.stream().allMatch(peer -> peer.sent >= change);
        if (!waits && present.stream().anyMatch(peer -> peer.sent >= change)) {
            items.sent(item, true);
        }
        Badge badge;
        if (items.problem(item).isPresent()) {
            badge = Badge.ERROR;
        } else if (waits) {
            badge = Badge.PENDING;
        } else if (items.hasConflict(item)) {
            badge = Badge.CONFLICT;
        } else if (!all || host.isPresent() && !items.isShown(item)) {
            badge = Badge.SYNCING;
        } else {
            badge = items.wasSent(item) ? Badge.SENT : Badge.PENDING;
        }
        if (badge == Badge.SYNCING || badge == Badge.PENDING) {
            unsent.add(item);
        } else {
            unsent.remove(item);
        }
        return new ItemStatus(
                item,
                badge,
                Optional.of(id),
                false,
                List.of(),
                present.size(),
                Optional.empty(),
                items.lastWriter(item),
                items.problem(item),
                false);
    }

    private void tellWhatIsOpen() {
        Set<Fingerprint> before = new HashSet<>(openElsewhere);
        openElsewhere.clear();
        List<OpenRoom.Peer> described = peers.described();
        int next = 0;
        for (OpenPeer peer : peers.all()) {
            OpenRoom.Peer who = described.get(next++);
            List<Open> open = new ArrayList<>();
            Fingerprint standIn = OpenRoom.standIn(id, who.id());
            peers.openAt(peer).forEach((item, field) -> {
                if (items.isSynced(item)) {
                    open.add(new Open(standIn, who.name(), item, items.nameOf(item), field));
                }
            });
            if (!open.isEmpty()) {
                openElsewhere.add(standIn);
                listener.openedBy(id, standIn, open);
            }
        }
        before.stream()
                .filter(gone -> !openElsewhere.contains(gone))
                .forEach(gone -> listener.openedBy(id, gone, List.of()));
    }

    private Room summarize(List<String> synced, int offered) {
        List<OpenRoom.Server> servers = attendance
                .map(there -> there.servers().stream()
                        .map(server -> new OpenRoom.Server(server.address(), server.connected(), server.problem()))
                        .toList())
                .orElse(List.of());
        OpenRoom open = new OpenRoom(
                new OpenRoomAddress(code, places().stream().limit(MOST_SERVERS).toList()),
                row.password().isPresent(),
                row.profile().map(kind -> profile(DocumentKind.valueOf(kind))),
                servers,
                peers == null ? List.of() : peers.described(),
                notices,
                trouble);
        return new Room(id, row.name(), Standing.MEMBER, synced, offered, List.of(), Optional.of(open));
    }

    private static Profile profile(DocumentKind kind) {
        return kind == DocumentKind.VAULT_ITEMS ? Profile.WHOLE_ITEMS : Profile.FIELDS;
    }

    /** The kind of the document of a room with this profile. */
    public static String kind(Profile profile) {
        return (switch (profile) {
                    case FIELDS -> DocumentKind.ITEMS;
                    case WHOLE_ITEMS -> DocumentKind.VAULT_ITEMS;
                })
                .name();
    }

    private <T> CompletionStage<T> ask(Supplier<CompletionStage<T>> question) {
        return ask(
                question,
                () -> CompletableFuture.failedStage(
                        new SyncException(trouble.orElse(Trouble.other("This room is not open.")))));
    }

    /** @param unusable the answer of a room that could not be opened */
    private <T> CompletionStage<T> ask(Supplier<CompletionStage<T>> question, Supplier<CompletionStage<T>> unusable) {
        return answers.of(() -> (items != null ? question : unusable).get());
    }

    /** Says goodbye, ends what is queued, and what waits for the vault's answer, and closes the replica. */
    @Override
    public void close() {
        ended = true;
        CompletableFuture<Void> settled = new CompletableFuture<>();
        thread.execute(() -> {
            attended++;
            if (items == null) {
                settled.complete(null);
                return;
            }
            peers.leave();
            attendance.ifPresent(Attendance::close);
            attendance = Optional.empty();
            items.settled().thenRun(() -> settled.complete(null));
        });
        machine.await(settled, LONGEST_ANSWER);
        thread.close();
        answers.close();
        if (documents != null) {
            documents.close();
        }
    }
}
