// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two members of a room, whom neither the LAN nor a server joins, link by texts that a person carries. Over real WebRTC. */
@Timeout(300)
class ByHandTest extends LabTest {
    /** In seconds, for machines that are busy. */
    private static final long PATIENCE = 60;

    @BeforeEach
    void pairOnTheLanAndPartThen() throws Exception {
        ann = withTwoCables("ann", "10.9.0.1", "10.10.0.1");
        ben = withTwoCables("ben", "10.9.0.2", "10.10.0.2");
        joined(foundedWithAnItem(), PATIENCE);
        ben.run("ip link set eth0 down");
        ann.run("ip link set eth0 down");
        ann.mustSay("away ben", PATIENCE);
        ben.mustSay("away ann", PATIENCE);
        ann.forget();
        ben.forget();
    }

    @Test
    void anOfferThereAndAnAnswerBackMakeALink() throws Exception {
        ann.tell("edit u1 {\"ann\":1,\"ben\":0}");
        String offer = ann.ask("offer " + ben.fingerprint, "offer ");
        String answer = ben.ask("take " + offer, "answer ");
        System.out.println("by hand: an offer of " + offer.length() + " characters, an answer of " + answer.length());
        assertTrue(offer.length() <= 130 && answer.length() <= 130, offer + " " + answer);
        if (Boolean.getBoolean("soak")) {
            // A person who takes their time, longer than WebRTC keeps trying by itself.
            TimeUnit.SECONDS.sleep(75);
        }
        ann.ask("take " + answer, "took");
        ben.mustSay("content u1 {\"ann\":1,\"ben\":0}", PATIENCE);
        ben.untilItSaid("met ann by hand", PATIENCE);
        ben.tell("edit u1 {\"ann\":1,\"ben\":1}");
        ann.mustSay("content u1 {\"ann\":1,\"ben\":1}", PATIENCE);
        ann.untilItSaid("met ben by hand", PATIENCE);
        // Where they find each other again by themselves, that link takes over.
        ben.run("ip link set eth0 up");
        ann.run("ip link set eth0 up");
        ben.mustSay("linked ann 10.9.0.1", PATIENCE);
    }

    @Test
    void whatIsOfNoUseIsSaidAndDoesNoHarm() throws Exception {
        String first = ann.ask("offer " + ben.fingerprint, "offer ");
        assertEquals("OWN", ann.ask("take " + first, "useless "));
        assertEquals("DAMAGED", ben.ask("take " + first.substring(0, first.length() - 5), "useless "));
        char[] changed = first.toCharArray();
        changed[40] = changed[40] == 'A' ? 'B' : 'A';
        assertEquals("DAMAGED", ben.ask("take " + new String(changed), "useless "));
        assertEquals("NO_SUCH_TEXT", ben.ask("take vaultsync:ABC-DEF@wss://example.org", "useless "));
        Lab.Device cat = withTwoCables("cat", "10.9.0.3", "10.10.0.3");
        cat.ask("found", "room ");
        assertEquals("FOREIGN", cat.ask("take " + first, "useless "));

        String answer = ben.ask("take " + first, "answer ");
        assertEquals("OWN", ben.ask("take " + answer, "useless "));
        ann.tell("end " + ben.fingerprint);
        assertEquals("EXPIRED", ann.ask("take " + answer, "useless "));
        String second = ann.ask("offer " + ben.fingerprint, "offer ");
        assertEquals("EXPIRED", ann.ask("take " + answer, "useless "), "it answers the one before");
        ann.ask("take " + ben.ask("take " + second, "answer "), "took");
        ben.untilItSaid("met ann by hand", PATIENCE);
        assertEquals("EXPIRED", ann.ask("take " + answer, "useless "));
        assertEquals(
                List.of(),
                cat.told().stream().filter(line -> line.startsWith("met")).toList());
    }
}
