// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.vaultsync.Listening;
import org.vaultsync.Meeting;
import org.vaultsync.core.session.Switchboard;

/** Has the transports do as a person chooses, and takes the choice back where they cannot. Thread-safe. */
final class NetworkChoices {
    private final Choices choices;
    private final Switchboard switchboard;
    private final Runnable meetAgain;
    private final Runnable wayInAgain;

    /**
     * @param meetAgain has the open rooms meet others as it is chosen now
     * @param wayInAgain gives the open rooms the way in, or none, as it is chosen now
     */
    NetworkChoices(Choices choices, Switchboard switchboard, Runnable meetAgain, Runnable wayInAgain) {
        this.choices = choices;
        this.switchboard = switchboard;
        this.meetAgain = meetAgain;
        this.wayInAgain = wayInAgain;
    }

    CompletionStage<Void> listen(Listening how) {
        Optional<Listening> before = choices.listening();
        return tried(choices.listen(Optional.of(how)), () -> {}, () -> choices.listen(before));
    }

    /**
     * Has the transports do as a person has just chosen.
     *
     * @param then follows if they can
     * @param back chooses what was chosen before, if they cannot
     */
    private CompletionStage<Void> tried(
            CompletionStage<Void> chosen, Runnable then, Supplier<CompletionStage<Void>> back) {
        return chosen.thenCompose(stored -> switchboard.listenAgain())
                .thenRun(then)
                .exceptionallyCompose(refused -> back.get()
                        .thenCompose(stored -> switchboard.listenAgain())
                        .handle((again, whatever) -> CompletableFuture.<Void>failedStage(refused))
                        .thenCompose(Function.identity()));
    }

    CompletionStage<Void> meet(Meeting how) {
        Optional<Meeting> before = choices.meeting();
        return tried(choices.meet(Optional.of(how)), meetAgain, () -> choices.meet(before));
    }

    CompletionStage<Void> switchOff(Set<String> transports) {
        Set<String> before = choices.transportsOff();
        return tried(choices.switchOff(transports), wayInAgain, () -> choices.switchOff(before));
    }

    CompletionStage<Void> lookAgain(Duration pause) {
        return choices.lookAgain(pause).thenRun(switchboard::dialAll);
    }
}
