// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.notices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.vaultsync.Trouble;
import org.vaultsync.Trouble.Kind;
import org.vaultsync.VaultSync;

class FailuresTest {
    private static final Trouble FULL = trouble(Kind.STORE_FULL);
    private static final Trouble VAULT = trouble(Kind.VAULT_UNWRITABLE, "It is read-only.");
    private static final Trouble ASIDE = trouble(Kind.STORE_SET_ASIDE, "sync.db.damaged-1");
    private static final Trouble WEBRTC = trouble(Kind.WEBRTC_PART, "Linux", "riscv64");

    private final Failures failures = new Failures();
    private final VaultSync sync = sync();
    private Optional<String> problem = Optional.empty();
    private List<Trouble> troubles = List.of();
    private Instant now = Instant.EPOCH;

    private static Trouble trouble(Kind kind, String... details) {
        return new Trouble(kind, List.of(details), kind + " in English");
    }

    private VaultSync sync() {
        return (VaultSync) Proxy.newProxyInstance(
                VaultSync.class.getClassLoader(),
                new Class<?>[] {VaultSync.class},
                (proxy, asked, arguments) -> switch (asked.getName()) {
                    case "problem" -> problem;
                    case "troubles" -> troubles;
                    default -> throw new AssertionError(asked);
                });
    }

    private List<Trouble> look(Optional<String> wrong, Trouble... all) {
        problem = wrong;
        troubles = List.of(all);
        return failures.look(Optional.of(sync), now);
    }

    private List<Trouble> look(Trouble... troubles) {
        return look(Optional.empty(), troubles);
    }

    @Test
    void whatLastsIsToldOnceHoweverLongItDoes() {
        assertEquals(List.of(FULL), look(FULL));
        now = now.plus(Duration.ofDays(2));
        assertEquals(List.of(), look(FULL));
    }

    @Test
    void whatComesAndGoesIsToldAgainOnlyAfterAWhile() {
        look(FULL);
        look();
        now = now.plus(Failures.SHORT_WHILE);
        assertEquals(List.of(), look(FULL));
        look();
        now = now.plus(Failures.SHORT_WHILE).plusMillis(1);
        assertEquals(List.of(FULL), look(FULL));
    }

    @Test
    void whatAStartFailsWithIsToldAtEachStart() {
        assertEquals(List.of(ASIDE), look(ASIDE));
        assertEquals(List.of(), look(ASIDE));
        assertEquals(List.of(ASIDE), failures.look(Optional.of(sync()), now));
    }

    @Test
    void aFullDiskIsOneCauseForDatabaseAndVault() {
        assertEquals(List.of(FULL), look(FULL, VAULT));
        assertEquals(List.of(), look(VAULT));
        assertTrue(failures.nothingCanBeStored());
        assertEquals(List.of(ASIDE), look(FULL, ASIDE));
        look(ASIDE);
        assertFalse(failures.nothingCanBeStored());
    }

    @Test
    void whatLetsTheRestGoOnIsToldOnlyWhereNothingDoes() {
        assertEquals(List.of(), look(WEBRTC, trouble(Kind.NO_NETWORK), trouble(Kind.PORT_TAKEN, "8765", "40123")));
        assertEquals(List.of(WEBRTC), look(Optional.of(WEBRTC.sentence()), WEBRTC));
    }

    @Test
    void aProblemWithoutAKindIsToldInItsOwnWords() {
        assertEquals(List.of(Trouble.other("It is so.")), look(Optional.of("It is so.")));
        assertEquals(List.of(), look(Optional.of("It is so.")));
        assertEquals(List.of(), failures.look(Optional.empty(), now));
    }
}
