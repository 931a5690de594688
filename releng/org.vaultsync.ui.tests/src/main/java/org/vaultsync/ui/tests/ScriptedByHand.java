// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.vaultsync.Fingerprint;
import org.vaultsync.LinkByHand;
import org.vaultsync.SyncException;

/** Links by hand whose texts say what follows from them: the name of a fault, or who made what. */
final class ScriptedByHand implements LinkByHand {
    static final String OFFER =
            "EPAfoktgiy-ue51Q26kLLikeXJasAwDfLA1J78lkYkgKUGvyfvT3pS32UmUz8ZM9Lek83zCeYZUyNjJNKd_ObGlW"
                    + "_rFrL4L0fCXMtv3kKeZM5pg";
    static final String ANSWER =
            "EQBfoktgiy-ue51Q26kLLikeXJasAwDfLA1J78lkYkgKUGvyfvT3pS32UmUz8ZM9Lek83zCeYZUyNjJNKd_ObGlW"
                    + "_rFrL4L0fCXMtv3kKeZM5pgAAAA";

    final List<String> calls = new CopyOnWriteArrayList<>();

    /** What an offer becomes, at once unless a test has it come late. */
    volatile CompletionStage<String> offer = CompletableFuture.completedStage(OFFER);

    @Override
    public CompletionStage<String> offer(Fingerprint member) {
        calls.add("offer " + member);
        return offer;
    }

    @Override
    public CompletionStage<Reply> take(String text) {
        calls.add("take " + text);
        if (text.equals("no way")) {
            return CompletableFuture.failedStage(new SyncException("No way to the other device was found."));
        }
        return CompletableFuture.completedStage(
                Arrays.stream(Fault.values()).anyMatch(fault -> fault.name().equals(text))
                        ? new Reply.Useless(Fault.valueOf(text))
                        : text.equals(OFFER)
                                ? new Reply.Answer(ScriptedSync.fingerprint(5), ANSWER)
                                : new Reply.Linked(ScriptedSync.fingerprint(4)));
    }

    @Override
    public void end(Fingerprint member) {
        calls.add("end " + member);
    }
}
