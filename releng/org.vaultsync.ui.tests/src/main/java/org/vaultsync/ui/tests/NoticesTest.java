// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.Optional;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vaultsync.Badge;
import org.vaultsync.Member;
import org.vaultsync.Reach;
import org.vaultsync.Room;

class NoticesTest extends ViewsTest {
    @BeforeEach
    void listen() {
        tell(true);
    }

    @Test
    void tellsWhoJoinedWithoutTakingTheFocus() {
        sync.withHome();
        openPeers();
        screen.awaitText("Nobody else yet");
        Control focus = screen.ask(() -> Display.getCurrent().getFocusControl());
        sync.put(home(new Reach.Dialling(1, 5)));
        screen.awaitText("Anna's laptop has joined “Home”.");
        screen.await("the focus to stay", () -> Display.getCurrent().getFocusControl() == focus);
    }

    @Test
    void tellsWhyADeviceIsRefused() {
        sync.put(home(new Reach.Refused("It proved another key.")));
        screen.awaitText("Anna's laptop: It proved another key.");
    }

    @Test
    void tellsOfSeveralConflictsOnce() {
        sync.withHome();
        sync.putConflicts("noticed1");
        sync.putConflicts("noticed2");
        screen.awaitText("2 items in conflict: people changed the same things at once.");
    }

    @Test
    void tellsWhySyncOfAnItemStopped() {
        sync.put("noticed3", Badge.ERROR);
        screen.awaitText("Sync stopped for 1 item. The item is too large.");
    }

    @Test
    void saysNothingThatNobodyWantsToHear() {
        tell(false);
        sync.withHome();
        openPeers();
        screen.awaitText("Nobody else yet");
        sync.put(home(new Reach.Away(Optional.empty(), Optional.empty())));
        screen.awaitText("0 of 0 items");
        assertFalse(screen.ask(screen::words).contains("Anna's laptop has joined “Home”."));
    }

    private static Room home(Reach reach) {
        return new Room(
                ScriptedSync.HOME,
                "Home",
                List.of(),
                List.of(new Member(ScriptedSync.ANNA, "Anna's laptop", reach, 0)));
    }
}
