// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.vaultsync.IceServer;
import org.vaultsync.ServerChecks;

/** Servers that answer as their names say; one named {@code mute} never does. */
final class ScriptedChecks implements ServerChecks {
    /** Is open once somebody has given up to wait. */
    final CountDownLatch givenUp = new CountDownLatch(1);

    @Override
    public Answer gather(IceServer server) throws InterruptedException {
        waitIfMute(server.url());
        if (server.url().contains("wrong")) {
            return answer(Set.of(Candidate.HOST, Candidate.SERVER_REFLEXIVE), Reason.WRONG_CREDENTIALS, "");
        }
        return new Answer(
                server.url().startsWith("turn")
                        ? Set.of(Candidate.values())
                        : Set.of(Candidate.HOST, Candidate.SERVER_REFLEXIVE),
                Optional.empty(),
                Duration.ofMillis(41));
    }

    @Override
    public Answer reach(String address) throws InterruptedException {
        waitIfMute(address);
        return address.contains("gone")
                ? answer(Set.of(), Reason.NOT_LISTENING, "")
                : new Answer(Set.of(), Optional.empty(), Duration.ofMillis(23));
    }

    private static Answer answer(Set<Candidate> candidates, Reason reason, String detail) {
        return new Answer(candidates, Optional.of(new Problem(reason, detail)), Duration.ofSeconds(1));
    }

    private void waitIfMute(String server) throws InterruptedException {
        if (server.contains("mute")) {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException stopped) {
                givenUp.countDown();
                throw stopped;
            }
        }
    }
}
