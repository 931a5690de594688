// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.live;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.vaultsync.VaultSync;

class AnswersTest {
    @Test
    void whereSyncHasGoneThatIsTheAnswer() {
        List<String> said = new ArrayList<>();
        Answers.ask(
                Optional.<VaultSync>empty(),
                sync -> CompletableFuture.failedFuture(new AssertionError(sync)),
                null,
                done -> said.add("done"),
                said::add);
        assertEquals(List.of("Sync is not running."), said);
    }
}
