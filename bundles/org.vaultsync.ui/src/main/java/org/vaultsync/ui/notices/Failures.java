// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.notices;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.vaultsync.Trouble;
import org.vaultsync.Trouble.Kind;
import org.vaultsync.VaultSync;

/**
 * What keeps sync as a whole from working, or all that is synced from being stored: each cause is told once, and again only
 * after it was gone for a while, since a disk that is nearly full is full at one moment and not at the next.
 */
final class Failures {
    /** For so long what is gone may come back and is the same. */
    static final Duration SHORT_WHILE = Duration.ofMinutes(10);

    private static final Set<Kind> STORING =
            EnumSet.of(Kind.STORE_FULL, Kind.STORE_UNWRITABLE, Kind.FOLDER_UNWRITABLE, Kind.VAULT_UNWRITABLE);
    private static final Set<Kind> STOPPING =
            EnumSet.of(Kind.STORE_SET_ASIDE, Kind.STORE_DAMAGED, Kind.WORKSPACE_IN_USE);
    private static final String NOT_STORED = "not stored";

    private final Map<String, Instant> told = new HashMap<>(); // when each cause was there last
    private Set<String> standing = Set.of();
    private Optional<VaultSync> looked = Optional.empty();

    /** What to tell of now. */
    List<Trouble> look(Optional<VaultSync> sync, Instant now) {
        if (sync.isEmpty() || looked.isEmpty() || sync.get() != looked.get()) {
            told.clear(); // it has been started anew
            standing = Set.of();
        }
        looked = sync;
        standing.forEach(cause -> told.put(cause, now)); // it was there until now
        told.values().removeIf(last -> last.plus(SHORT_WHILE).isBefore(now));
        List<Trouble> fresh = new ArrayList<>();
        Set<String> causes = new HashSet<>();
        for (Trouble trouble : sync.map(Failures::failing).orElse(List.of())) {
            if (causes.add(cause(trouble)) && told.put(cause(trouble), now) == null) {
                fresh.add(trouble);
            }
        }
        standing = causes;
        return fresh;
    }

    /** Whether what is synced could not be stored when it was last looked. */
    boolean nothingCanBeStored() {
        return standing.contains(NOT_STORED);
    }

    private static List<Trouble> failing(VaultSync sync) {
        Optional<String> problem = sync.problem();
        List<Trouble> failing = new ArrayList<>(sync.troubles().stream()
                .filter(trouble -> problem.filter(trouble.sentence()::equals).isPresent()
                        || STORING.contains(trouble.kind())
                        || STOPPING.contains(trouble.kind()))
                .toList());
        problem.filter(english ->
                        failing.stream().noneMatch(trouble -> trouble.sentence().equals(english)))
                .map(Trouble::other)
                .ifPresent(failing::add);
        return failing;
    }

    /** A disk that is full, or read-only, is so for the database, the vault and the folder of sync. */
    private static String cause(Trouble trouble) {
        return STORING.contains(trouble.kind())
                ? NOT_STORED
                : trouble.kind() == Kind.OTHER
                        ? trouble.sentence()
                        : trouble.kind().name();
    }
}
