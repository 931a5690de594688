// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.swt.dnd.ImageTransfer;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.widgets.Tree;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vaultsync.Member;
import org.vaultsync.Reach;
import org.vaultsync.Room;

class ByHandTest extends ViewsTest {
    private static final String PASTE = "Paste what Dieter sends: the answer to it, or an offer:";

    @BeforeEach
    void open() {
        openPeers();
        sync.withFriday();
        Tree tree = screen.find(Tree.class, "Dieter");
        screen.run(() -> tree.setSelection(tree.getItem(0).getItem(2)));
        screen.choose(tree, "Link by Hand…");
        screen.awaitText(ScriptedByHand.OFFER);
    }

    @Test
    void anOfferIsCopiedAndItsAnswerLinks() {
        screen.awaitText("Send this offer to Dieter, or show it:");
        screen.click("Copy Text");
        screen.awaitText("Copied. Send it to Dieter");
        screen.typeAfter(PASTE, ScriptedByHand.ANSWER);
        screen.click("Link");
        screen.awaitText("Linked with Dieter.");
        screen.click("Close");
        assertEquals(List.of("offer " + ScriptedSync.fingerprint(4), "take " + ScriptedByHand.ANSWER), byHand.calls);
    }

    @Test
    void aNameIsSaidAsItIs() {
        screen.closeDialogs();
        sync.put(new Room(
                ScriptedSync.FRIDAY,
                "Friday",
                List.of(),
                List.of(new Member(ScriptedSync.fingerprint(4), "Tom & Jerry", new Reach.Dialling(3, 5), 44))));
        Tree tree = screen.find(Tree.class, "Tom & Jerry");
        screen.run(() -> tree.setSelection(tree.getItem(0).getItem(0)));
        screen.choose(tree, "Link by Hand…");
        screen.awaitText("Link with Tom & Jerry by hand");
        screen.awaitText("one text goes to Tom & Jerry, one comes back.");
        screen.click("Copy Text");
        screen.awaitText("Copied. Send it to Tom & Jerry by any messenger");
    }

    @Test
    void anOfferFromTheClipboardIsAnsweredAtOnceAndSaysToWhom() {
        screen.copy(ScriptedByHand.OFFER, TextTransfer.getInstance());
        screen.click("From Clipboard");
        screen.awaitText(ScriptedByHand.ANSWER);
        screen.awaitText("Eva's tablet pastes this answer, and then you are linked.");
        screen.awaitNoText(ScriptedByHand.OFFER);
        screen.awaitText("Send this answer back to Eva's tablet, and keep the application open:");
        screen.click("Copy Text");
        screen.awaitText("Copied. Send it to Eva's tablet by any messenger");
        screen.click("New Offer");
        screen.awaitText("Send this offer to Dieter, or show it:");
        screen.click("Copy Text");
        screen.awaitText("Copied. Send it to Dieter by any messenger");
    }

    @Test
    void anOwnOfferThatComesLateLeavesTheAnswerInPlace() {
        CompletableFuture<String> late = new CompletableFuture<>();
        byHand.offer = late;
        screen.click("New Offer");
        screen.awaitNoText(ScriptedByHand.OFFER);
        screen.typeAfter(PASTE, ScriptedByHand.OFFER);
        screen.click("Link");
        screen.awaitText(ScriptedByHand.ANSWER);
        late.complete("an offer that nobody wants any more");
        screen.run(() -> {}); // behind what came of the offer
        screen.awaitText(ScriptedByHand.ANSWER);
        screen.awaitNoText("an offer that nobody wants any more");
    }

    @Test
    void theQrCodeOfAnOfferIsReadFromAPicture() {
        screen.copy(screen.pictureOfCode(), ImageTransfer.getInstance());
        screen.click("From Clipboard");
        screen.awaitText(ScriptedByHand.ANSWER);
    }

    @Test
    void eachTextThatIsOfNoUseIsToldApart() {
        for (List<String> each : List.of(
                List.of("NO_SUCH_TEXT", "This is neither an offer nor an answer."),
                List.of("DAMAGED", "This text is incomplete or was changed on the way."),
                List.of("NEWER", "A newer version made this text."),
                List.of("OWN", "This device made this text."),
                List.of("FOREIGN", "This text was made for another device"),
                List.of("EXPIRED", "This answers an offer that does not wait any more."),
                List.of("no way", "No way to the other device was found."))) {
            screen.typeAfter(PASTE, each.getFirst());
            screen.click("Link");
            screen.awaitText(each.getLast());
        }
        screen.typeAfter(PASTE, " \n ");
        screen.awaitEnabled("Link", false);
        screen.click("New Offer");
        screen.awaitNoText("No way to the other device was found.");
        assertEquals(
                List.of("end " + ScriptedSync.fingerprint(4), "offer " + ScriptedSync.fingerprint(4)),
                byHand.calls.subList(byHand.calls.size() - 2, byHand.calls.size()));
    }
}
