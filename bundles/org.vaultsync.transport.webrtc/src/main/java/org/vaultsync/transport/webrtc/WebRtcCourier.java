// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.vaultsync.Fingerprint;
import org.vaultsync.LinkByHand;
import org.vaultsync.LinkByHand.Fault;
import org.vaultsync.LinkByHand.Reply;
import org.vaultsync.Meeting;
import org.vaultsync.transport.Courier;
import org.vaultsync.transport.Door;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Rendezvous;

/** Offers and answers that people carry. Its state is confined to the engine's thread. */
final class WebRtcCourier implements Courier {
    /** People take their time. */
    private static final Duration WAIT = Duration.ofMinutes(30);
    /** With a STUN server that does not answer, native code itself goes on for 40 s. */
    private static final Duration LOOK_FOR_WAYS = Duration.ofSeconds(2);

    private static final Duration MAKE = Duration.ofSeconds(5);
    private static final Duration LINK = Duration.ofSeconds(20);
    /** Native code gives up a way that does not answer after 15 s, and routers forget it after 30 s. */
    private static final Duration KNOCK_AGAIN = Duration.ofSeconds(5);

    private final Engine engine;
    private final Meeting how;
    private final Identity self;
    private final Door door;
    private final Consumer<WebRtcLink> made;
    private final Map<Fingerprint, Text> offers = new HashMap<>(); // those that wait, by who is to answer
    private final Map<Fingerprint, Text> answers = new HashMap<>(); // those that wait, by who is to use them

    WebRtcCourier(Engine engine, Meeting how, Identity self, Door door, Consumer<WebRtcLink> made) {
        this.engine = engine;
        this.how = how;
        this.self = self;
        this.door = door;
        this.made = made;
    }

    /** A text of this device, and the connection that waits for what follows from it. */
    private final class Text {
        final Carried carried;
        final String answered;
        final byte[] secret;
        final Call call;
        final CompletableFuture<String> written = new CompletableFuture<>();
        final List<Candidate> ways = new ArrayList<>();
        Optional<Sdp> description = Optional.empty();
        Optional<ScheduledFuture<?>> knocking = Optional.empty();

        Text(Carried carried, String answered, Fingerprint member, byte[] secret) {
            this.carried = carried;
            this.answered = answered;
            this.secret = secret;
            call = new Call(
                            engine,
                            self,
                            new Seal(secret).name(),
                            new Guest.Pinned(member),
                            carried.offer(),
                            LinkByHand.ADDRESS,
                            this::told,
                            this::over)
                    .within(WAIT)
                    .patient()
                    .whenGathered(this::write);
            call.link().whenComplete((link, failed) -> {
                knocking.ifPresent(each -> each.cancel(false));
                if (failed == null) {
                    made.accept(link);
                    door.linked(link);
                } else {
                    written.completeExceptionally(failed);
                }
            });
        }

        private void told(ObjectNode signal) {
            if (Json.text(signal, "type").equals("candidate")) {
                Json.candidate(signal).ifPresent(ways::add);
            } else {
                description = Optional.of(Json.sdp(signal));
                engine.after(LOOK_FOR_WAYS, this::write);
            }
        }

        private void write() {
            if (description.isEmpty() || written.isDone()) {
                return;
            }
            if (ways.isEmpty()) {
                call.fail("This device is in no network now.");
                return;
            }
            written.complete(carried.write(secret, Fingerprint.of(key()), answered, description.get(), ways));
        }

        private void over() {
            offers.values().remove(this);
            answers.values().remove(this);
        }

        /** The other side hears nothing until its person has carried the answer there, so this is done again and again. */
        void knock(List<Candidate> there) {
            if (call.link().isDone()) {
                return; // and nothing would end it
            }
            there.forEach(call::add);
            knocking.ifPresent(each -> each.cancel(false));
            knocking = Optional.of(engine.every(KNOCK_AGAIN, () -> there.forEach(call::add)));
        }
    }

    private byte[] key() {
        return self.certificate().getPublicKey().getEncoded();
    }

    @Override
    public String offer(Fingerprint member, Rendezvous where) throws IOException {
        CompletableFuture<String> text = new CompletableFuture<>();
        onTheThread(text, () -> {
            Text waiting = offers.get(member);
            if (waiting != null) {
                forward(waiting.written, text);
                return;
            }
            Text offer = new Text(Carried.fresh(true), "", member, where.secret());
            offers.put(member, offer);
            forward(offer.written, text);
            offer.call.offer(how);
        });
        return await(text, MAKE);
    }

    private void onTheThread(CompletableFuture<?> result, Runnable task) throws IOException {
        Natives.require();
        engine.execute(() -> {
            try {
                task.run();
            } catch (RuntimeException | Error failed) {
                result.completeExceptionally(failed);
            }
        });
    }

    private static <T> void forward(CompletableFuture<T> from, CompletableFuture<T> to) {
        from.whenComplete((value, failed) -> {
            if (failed == null) {
                to.complete(value);
            } else {
                to.completeExceptionally(failed);
            }
        });
    }

    private static <T> T await(CompletableFuture<T> result, Duration longest) throws IOException {
        try {
            return result.get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            throw new IOException(failed.getCause().getMessage(), failed);
        } catch (TimeoutException late) {
            throw new IOException("No way to the other device was found in time.", late);
        } catch (InterruptedException givenUp) {
            Thread.currentThread().interrupt();
            throw new IOException("It was given up.", givenUp);
        }
    }

    private static void stop(Text before) {
        if (before != null) {
            before.call.fail("It was withdrawn.");
        }
    }

    @Override
    public Reply take(String text, Map<Fingerprint, Rendezvous> members) throws IOException {
        Carried.Envelope envelope;
        try {
            envelope = Carried.read(text);
        } catch (Carried.Unreadable unreadable) {
            return new Reply.Useless(unreadable.fault());
        }
        Fingerprint own = Fingerprint.of(key());
        for (Map.Entry<Fingerprint, Rendezvous> member : members.entrySet()) {
            byte[] secret = member.getValue().secret();
            Optional<Carried.Content> content = envelope.open(secret, member.getKey());
            if (content.isPresent()) {
                return envelope.carried().offer()
                        ? answer(member.getKey(), secret, envelope.carried().reference(), content.get())
                        : answered(member.getKey(), content.get());
            }
            if (envelope.open(secret, own).isPresent()) {
                return new Reply.Useless(Fault.OWN);
            }
        }
        return new Reply.Useless(Fault.FOREIGN);
    }

    private Reply answer(Fingerprint member, byte[] secret, String reference, Carried.Content offer)
            throws IOException {
        CompletableFuture<String> text = new CompletableFuture<>();
        onTheThread(text, () -> {
            stop(answers.get(member));
            Text answer = new Text(Carried.fresh(false), reference, member, secret);
            answers.put(member, answer);
            forward(answer.written, text);
            answer.call.offered(how, offer.description());
            answer.knock(offer.ways());
        });
        return new Reply.Answer(member, await(text, MAKE));
    }

    private Reply answered(Fingerprint member, Carried.Content answer) throws IOException {
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        onTheThread(reply, () -> {
            Text offer = offers.get(member);
            if (offer == null || !offer.carried.reference().equals(answer.answers())) {
                reply.complete(new Reply.Useless(Fault.EXPIRED));
                return;
            }
            offer.call.link().whenComplete((link, failed) -> {
                if (failed == null) {
                    reply.complete(new Reply.Linked(member));
                } else {
                    reply.completeExceptionally(failed);
                }
            });
            offer.call.answered(answer.description());
            offer.knock(answer.ways());
            engine.after(LINK, () -> offer.call.fail("No way to the other device was found."));
        });
        return await(reply, LINK.plusSeconds(2));
    }

    @Override
    public void end(Fingerprint member) {
        engine.execute(() -> {
            stop(offers.get(member));
            stop(answers.get(member));
        });
    }

    /** Ends everything that waits. On the engine's thread. */
    void close() {
        List.copyOf(offers.values()).forEach(WebRtcCourier::stop);
        List.copyOf(answers.values()).forEach(WebRtcCourier::stop);
    }
}
