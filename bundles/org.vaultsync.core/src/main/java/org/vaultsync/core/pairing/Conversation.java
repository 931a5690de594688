// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.pairing;

import java.io.IOException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Encounter;
import org.vaultsync.Fingerprint;
import org.vaultsync.Invite;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.core.wire.ProtocolException;
import org.vaultsync.transport.Link;

/** Two devices on the way to be paired, from the first word to the last. All of it on the pairing thread. */
final class Conversation {
    private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);
    private static final Duration HANDSHAKE = Duration.ofSeconds(15);
    private static final Duration DECISION = Duration.ofMinutes(5);
    private static final String NO_ANSWER = "The other device did not answer in time.";
    private static final String ENDED = "The other device ended it.";

    private final Link link;
    private final Fingerprint self;
    private final Fingerprint peer;
    private final String ownName;
    private final Meetings.Surroundings surroundings;
    private final Worker thread;
    private final Runnable changed;
    private final String id;
    private final byte[] nonce = new byte[32];
    private Optional<byte[]> commitment = Optional.empty();
    private String name = "";
    private Optional<String> code = Optional.empty();
    private Optional<Optional<RoomId>> here = Optional.empty(); // what the person here wants, once confirmed
    private Optional<Boolean> there = Optional.empty(); // whether the other side offers a room, once confirmed
    private boolean over;
    private final CompletableFuture<Encounter> ready = new CompletableFuture<>();
    private final CompletableFuture<RoomId> paired = new CompletableFuture<>();

    Conversation(
            Link link,
            Fingerprint self,
            Meetings.Surroundings surroundings,
            Machine machine,
            Worker thread,
            Runnable changed) {
        this.link = link;
        this.self = self;
        this.peer = Fingerprint.of(link.peerKey());
        this.ownName = surroundings.deviceName();
        this.surroundings = surroundings;
        this.thread = thread;
        this.changed = changed;
        machine.random().nextBytes(nonce);
        id = machine.randomName(8);
    }

    void start() {
        link.start(new Link.Receiver() {
            @Override
            public void received(byte[] message) {
                thread.execute(() -> hear(message));
            }

            @Override
            public void misbehaved(String how) {
                thread.execute(() -> breaksRules(how));
            }

            @Override
            public void closed(String reason) {
                thread.execute(() -> end(ENDED));
            }
        });
        thread.after(HANDSHAKE, () -> {
            if (code.isEmpty() && !over) {
                surroundings.refused("A device nearby began to be paired and fell silent.");
                refuse(NO_ANSWER);
            }
        });
        thread.after(DECISION, () -> refuse(NO_ANSWER));
        if (link.dialled()) {
            say(new Word.Commit(parties("").commitment(nonce), ownName));
        }
    }

    CompletableFuture<Encounter> ready() {
        return ready;
    }

    CompletableFuture<RoomId> paired() {
        return paired;
    }

    boolean dialled() {
        return link.dialled();
    }

    String id() {
        return id;
    }

    boolean isOver() {
        return over;
    }

    /** What there is to compare, once there is. */
    Optional<Encounter> encounter() {
        return code.filter(known -> !over)
                .map(known -> new Encounter(id, name, peer, known, link.dialled(), there.isPresent()));
    }

    private Code parties(String listenerName) {
        return link.dialled()
                ? new Code(new Code.Party(self, ownName), new Code.Party(peer, listenerName))
                : new Code(new Code.Party(peer, name), new Code.Party(self, listenerName));
    }

    private void hear(byte[] message) {
        if (over) {
            return;
        }
        try {
            switch (Word.decode(message)) {
                case Word.Commit first
                when !link.dialled() && commitment.isEmpty() -> {
                    commitment = Optional.of(first.commitment());
                    name = named(first.name());
                    say(new Word.Challenge(nonce, ownName));
                }
                case Word.Challenge answer
                when link.dialled() && code.isEmpty() -> {
                    name = named(answer.name());
                    say(new Word.Reveal(nonce));
                    compare(parties(name).of(nonce, answer.nonce()));
                }
                case Word.Reveal last
                when !link.dialled() && commitment.isPresent() && code.isEmpty() -> {
                    Code parties = parties(ownName);
                    if (!MessageDigest.isEqual(commitment.get(), parties.commitment(last.nonce()))) {
                        throw new ProtocolException("it revealed another number than it committed to");
                    }
                    compare(parties.of(last.nonce(), nonce));
                }
                case Word.Confirm confirm
                when code.isPresent() && there.isEmpty() -> {
                    there = Optional.of(confirm.offersRoom());
                    changed.run();
                    proceed();
                }
                case Word.Offer offer
                when here.isPresent() && here.get().isEmpty() && there.isPresent() -> join(offer.invite());
                case Word.Joined joined
                when here.isPresent() && here.get().isPresent() && there.isPresent() -> {
                    paired.complete(here.get().get());
                    refuse("");
                }
                case Word.Bye bye -> end(bye.sentence().isBlank() ? ENDED : named(bye.sentence()));
                default -> throw new ProtocolException("a word at the wrong time");
            }
        } catch (ProtocolException rulesBroken) {
            breaksRules(rulesBroken.getMessage());
        }
    }

    private void breaksRules(String how) {
        if (!over) {
            LOG.warn("pairing with {}: {}", peer, how);
            surroundings.refused("A device nearby broke the rules of pairing.");
            refuse("The other device broke the rules of pairing.");
        }
    }

    private static String named(String text) {
        String clean = text.replaceAll("\\p{Cntrl}", " ").strip();
        int most = clean.offsetByCodePoints(0, Math.min(200, clean.codePointCount(0, clean.length())));
        return clean.isEmpty() ? "A device" : clean.substring(0, most);
    }

    private void compare(String both) {
        code = Optional.of(both);
        LOG.info("pairing with {}: there is a code to compare", peer);
        ready.complete(encounter().orElseThrow());
        changed.run();
    }

    /** The person here has seen the same code on both screens. */
    CompletableFuture<RoomId> confirm(Optional<RoomId> room) {
        if (!over && here.isEmpty() && code.isPresent()) {
            here = Optional.of(room);
            say(new Word.Confirm(room.isPresent()));
            proceed();
        }
        return paired;
    }

    private void proceed() {
        if (here.isEmpty() || there.isEmpty()) {
            return;
        }
        if (here.get().isPresent() == there.get()) {
            refuse(
                    there.get()
                            ? "Both devices offer a room. Begin again, and offer one on one of them only."
                            : "Neither device offers a room. Begin again, and offer one on one of them.");
        } else if (here.get().isPresent()) {
            surroundings
                    .invite(here.get().get(), link.peerKey())
                    .whenCompleteAsync(
                            (invite, failed) -> {
                                if (failed == null) {
                                    say(new Word.Offer(invite.line()));
                                } else {
                                    refuse(Meetings.sentence(failed));
                                }
                            },
                            thread);
        }
    }

    private void join(String line) throws ProtocolException {
        Invite invite;
        try {
            invite = Invite.parse(line);
        } catch (SyncException unreadable) {
            throw new ProtocolException("an invite that cannot be read", unreadable);
        }
        if (!invite.inviter().equals(peer)) {
            throw new ProtocolException("an invite by another device");
        }
        surroundings
                .join(invite)
                .whenCompleteAsync(
                        (room, failed) -> {
                            if (failed == null) {
                                say(new Word.Joined());
                                paired.complete(room);
                            } else {
                                refuse(Meetings.sentence(failed));
                            }
                        },
                        thread);
    }

    private void say(Word word) {
        try {
            link.send(Word.encode(word));
        } catch (IOException broken) {
            // What the other side said before it closed is heard first, then that it has.
            LOG.debug("pairing with {}: {}", peer, broken.getMessage());
        }
    }

    /** Says why, and ends it. */
    void refuse(String sentence) {
        if (!over) {
            say(new Word.Bye(sentence));
            end(sentence);
        }
    }

    private void end(String sentence) {
        if (over) {
            return;
        }
        over = true;
        link.close();
        SyncException why = new SyncException(sentence.isEmpty() ? ENDED : sentence);
        ready.completeExceptionally(why);
        paired.completeExceptionally(why);
        changed.run();
    }
}
