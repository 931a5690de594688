// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.text;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.osgi.util.NLS;
import org.vaultsync.ServerChecks.Problem;
import org.vaultsync.Trouble;
import org.vaultsync.VaultSync;

/** What keeps sync from working, and what a person does about it, in their language. */
public final class Troubles {
    private Troubles() {}

    /** What is wrong. */
    public static String sentence(Trouble trouble) {
        return switch (trouble.kind()) {
            case NO_NETWORK -> Messages.troubleNoNetwork;
            case PORT_TAKEN -> with(Messages.troublePortTaken, trouble);
            case SIGNALING_PORT -> with(Messages.troubleSignalingPort, trouble);
            case SIGNALING_UNREACHABLE -> with(Messages.troubleSignaling, trouble);
            case WEBRTC_LIBRARY -> with(Messages.troubleWebRtcLibrary, trouble);
            case WEBRTC_FOLDER -> with(Messages.troubleWebRtcFolder, trouble);
            case WEBRTC_PART -> with(Messages.troubleWebRtcPart, trouble);
            case WEBRTC_BROKEN -> with(Messages.troubleWebRtcBroken, trouble);
            case CLOCK_BEHIND -> NLS.bind(Messages.troubleClockBehind, lasting(trouble));
            case CLOCK_AHEAD -> NLS.bind(Messages.troubleClockAhead, lasting(trouble));
            case STORE_SET_ASIDE -> with(Messages.troubleSetAside, trouble);
            case STORE_DAMAGED -> with(Messages.troubleDamaged, trouble);
            case STORE_FULL -> Messages.troubleFull;
            case STORE_UNWRITABLE ->
                trouble.details().isEmpty() ? Messages.troubleReadOnly : with(Messages.troubleUnwritable, trouble);
            case FOLDER_UNWRITABLE -> with(Messages.troubleFolder, trouble);
            case WORKSPACE_IN_USE -> Messages.troubleInUse;
            case VAULT_UNWRITABLE -> with(Messages.troubleVault, trouble);
            case OTHER -> Said.in(trouble.sentence());
        };
    }

    /** What to do about it; empty text where only the sentence says that. */
    public static String advice(Trouble trouble) {
        return switch (trouble.kind()) {
            case NO_NETWORK -> Messages.troubleNoNetworkDo;
            case PORT_TAKEN -> with(Messages.troublePortTakenDo, trouble);
            case SIGNALING_PORT -> Messages.troubleSignalingPortDo;
            case SIGNALING_UNREACHABLE -> Messages.troubleSignalingDo;
            case WEBRTC_LIBRARY ->
                trouble.details().getLast().isEmpty()
                        ? Messages.troubleWebRtcSomeLibraryDo
                        : NLS.bind(
                                Messages.troubleWebRtcLibraryDo,
                                trouble.details().getLast());
            case WEBRTC_FOLDER -> Messages.troubleWebRtcFolderDo;
            case WEBRTC_PART -> Messages.troubleWebRtcPartDo;
            case WEBRTC_BROKEN -> Messages.troubleWebRtcDo;
            case CLOCK_BEHIND, CLOCK_AHEAD -> Messages.troubleClockDo;
            case STORE_SET_ASIDE -> Messages.troubleSetAsideDo;
            case STORE_DAMAGED -> Messages.troubleDamagedDo;
            case STORE_FULL -> Messages.troubleFullDo;
            case STORE_UNWRITABLE -> Messages.troubleUnwritableDo;
            case FOLDER_UNWRITABLE -> Messages.troubleFolderDo;
            case WORKSPACE_IN_USE -> Messages.troubleInUseDo;
            case VAULT_UNWRITABLE -> Messages.troubleVaultDo;
            case OTHER -> "";
        };
    }

    /** Both in one line. */
    public static String all(Trouble trouble) {
        return (sentence(trouble) + " " + advice(trouble)).strip();
    }

    /** What keeps sync as a whole from working. */
    public static Optional<String> stopping(VaultSync sync) {
        return sync.problem()
                .map(english -> sync.troubles().stream()
                        .filter(trouble -> trouble.sentence().equals(english))
                        .findFirst()
                        .map(Troubles::all)
                        .orElseGet(() -> Said.in(english)));
    }

    /** All that is wrong on this device, each in a line of its own; empty while nothing is. */
    public static Optional<String> all(VaultSync sync) {
        return Optional.of(sync.troubles().stream().map(Troubles::all).collect(Collectors.joining("\n")))
                .filter(text -> !text.isEmpty());
    }

    /** Why a server cannot be used. */
    public static String sentence(Problem problem) {
        return switch (problem.reason()) {
            case NO_WEBRTC -> problem.trouble().map(Troubles::all).orElseGet(() -> Said.in(problem.detail()));
            case NO_NETWORK -> Messages.checkNoNetwork;
            case UNKNOWN_NAME -> Messages.checkUnknownName;
            case NOT_LISTENING -> Messages.checkNotListening;
            case NO_ANSWER -> Messages.checkNoAnswer;
            case WRONG_CREDENTIALS -> Messages.checkWrongCredentials;
            case NOT_TRUSTED -> NLS.bind(Messages.checkNotTrusted, problem.detail());
            case OTHER_SERVICE ->
                problem.detail().equals("HTTP 407") ? Messages.checkProxy : Messages.checkOtherService;
            case OTHER -> NLS.bind(Messages.checkOther, Said.in(problem.detail()));
        };
    }

    private static String with(String message, Trouble trouble) {
        return NLS.bind(message, trouble.details().stream().map(Said::in).toArray());
    }

    private static String lasting(Trouble trouble) {
        Duration duration = Duration.ofSeconds(Long.parseLong(trouble.details().getFirst()));
        if (duration.toDays() > 1) {
            return NLS.bind(Messages.severalDays, duration.toDays());
        }
        return duration.toHours() > 1
                ? NLS.bind(Messages.severalHours, duration.toHours())
                : NLS.bind(Messages.severalMinutes, duration.toMinutes());
    }
}
