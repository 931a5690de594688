// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.preferences;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.eclipse.osgi.util.NLS;
import org.vaultsync.ServerChecks.Answer;
import org.vaultsync.ServerChecks.Candidate;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Sentences;
import org.vaultsync.ui.text.Troubles;

/** What came of trying a server, said in a sentence. */
final class ServerAnswers {
    private ServerAnswers() {}

    static String sentence(Answer answer) {
        String first = answer.problem()
                .map(Troubles::sentence)
                .orElseGet(() -> NLS.bind(Messages.checkAnswered, Sentences.of(answer.took())));
        if (answer.candidates().isEmpty()) {
            return first;
        }
        String kinds = Arrays.stream(Candidate.values())
                .filter(answer.candidates()::contains)
                .map(ServerAnswers::kind)
                .collect(Collectors.joining(", "));
        String found = first + " " + NLS.bind(Messages.checkCandidates, kinds);
        boolean addsNothing = answer.problem().isEmpty() && answer.candidates().size() == 1;
        return addsNothing ? found + " " + Messages.checkNoRouter : found;
    }

    private static String kind(Candidate candidate) {
        return switch (candidate) {
            case HOST -> Messages.checkHost;
            case SERVER_REFLEXIVE -> Messages.checkReflexive;
            case RELAYED -> Messages.checkRelayed;
        };
    }
}
