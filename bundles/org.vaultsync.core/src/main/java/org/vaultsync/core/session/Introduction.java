// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.session;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.wire.Message;
import org.vaultsync.core.wire.Message.Redeem;
import org.vaultsync.core.wire.Message.Welcome;
import org.vaultsync.core.wire.ProtocolException;

/** The short conversation in which the holder of an invite is let in: one question, one answer. */
final class Introduction {
    /** The person at the other device may be asked first. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final Duration BETWEEN_PINGS = Duration.ofSeconds(2);

    private Introduction() {}

    /** The link broke before there was an answer: whoever asks again may get one. */
    static final class HungUp extends IOException {
        private static final long serialVersionUID = 1;

        HungUp() {
            super("The other device closed the link before it let this one in. Try again.");
        }
    }

    /**
     * Asks over a fresh session, which is used up by it. Fails with a {@link SyncException}, or with {@link HungUp}.
     *
     * @param givenUp completes when nobody wants the answer any more: it hangs up then, by which the other device takes its question
     *     back, and the answer is cancelled
     */
    static CompletionStage<Welcome> over(
            Machine machine, Session session, RoomId room, Redeem redeem, CompletionStage<Void> givenUp) {
        CompletableFuture<Welcome> answer = new CompletableFuture<>();
        session.start(new Session.Listener() {
            @Override
            public void received(Session from, Message message, Receipt receipt) throws ProtocolException {
                receipt.done();
                if (!(message instanceof Welcome welcome) || !welcome.room().equals(room)) {
                    throw new ProtocolException(
                            "no welcome but a " + message.getClass().getSimpleName());
                }
                answer.complete(welcome);
                from.close();
            }

            @Override
            public void closed(Session from, String reason) {
                answer.completeExceptionally(from.fault()
                        .map(rule -> "The device that made this invite broke the rules of the protocol, so this device"
                                + " has hung up.")
                        .or(() -> from.bye().map(Message.Bye::sentence))
                        .<Exception>map(SyncException::new)
                        .orElseGet(HungUp::new));
            }
        });
        givenUp.thenRun(() -> answer.completeExceptionally(new CancellationException("given up by the person")));
        if (!answer.isDone()) {
            session.send(redeem);
        }
        keepAlive(machine, session, answer);
        return machine.within(PATIENCE, answer)
                .handle((welcome, failed) -> {
                    session.close();
                    return failed instanceof TimeoutException
                            ? CompletableFuture.<Welcome>failedStage(
                                    new SyncException("The device that made this invite did not answer in time."))
                            : answer;
                })
                .thenCompose(Function.identity());
    }

    private static void keepAlive(Machine machine, Session session, CompletableFuture<Welcome> answer) {
        machine.run("vaultsync waiting", BETWEEN_PINGS, () -> {
            if (!answer.isDone() && session.keepAlive()) {
                keepAlive(machine, session, answer);
            }
        });
    }
}
