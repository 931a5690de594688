// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Beside the real y-webrtc: its server says the same, and its clients come back, for which they wait long. */
@Execution(ExecutionMode.CONCURRENT)
class YWebrtcTest {
    @Test
    void theServerOfYWebrtcSaysTheSame() throws Exception {
        int theirs = freePort();
        try (Script real = new Script(Map.of("PORT", Integer.toString(theirs)), "src/test/js/server.mjs");
                SignalingServer ours = Servers.start(Limits.USUAL)) {
            real.prints("Signaling server running", 1);
            List<String> expected = conversation(theirs);
            assertEquals(expected, conversation(ours.port()));
            assertEquals(15, expected.size());
        }
    }

    /** Two talk, and what each of them hears is noted. */
    private static List<String> conversation(int port) throws Exception {
        List<String> heard = new ArrayList<>();
        try (Peer a = Peer.at(port);
                Peer b = Peer.at(port)) {
            a.subscribe("r", "s").subscribe("r");
            b.say("{\"type\":\"subscribe\",\"topics\":[\"r\",7,null]}").settle();
            a.say("{\"type\":\"publish\",\"topic\":\"r\",\"data\":{\"type\":\"announce\",\"from\":\"a\"}}");
            heard.addAll(List.of(a.hears(), b.hears()));
            b.say("{\"type\":\"publish\",\"topic\":\"r\",\"data\":{\"to\":\"a\",\"from\":\"b\",\"type\":\"signal\","
                    + "\"token\":1700000000000.25,\"signal\":{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\"}}}");
            heard.addAll(List.of(a.hears(), b.hears()));
            // A password makes of it a text; another client may send what it likes, and in a topic that it does not
            // hear.
            b.say("{\"type\":\"publish\",\"topic\":\"s\",\"data\":\"B0FFUy1HQ00M\",\"more\":[1,{\"ü\":null}]}");
            heard.add(a.hears());
            // Nobody hears these.
            b.say("{\"type\":\"publish\",\"topic\":\"t\",\"data\":1}");
            b.say("{\"type\":\"publish\",\"topic\":\"\",\"data\":1}");
            b.say("{\"type\":\"publish\",\"data\":1}");
            b.say("{\"type\":\"other\",\"topic\":\"r\"}");
            b.say("{\"type\":7}");
            b.say("null");
            b.say("[1]");
            b.say("{\"type\":\"subscribe\"}");
            b.hearsNothingMore();
            a.hearsNothingMore();
            a.say("{\"type\":\"unsubscribe\",\"topics\":[\"r\",\"never\"]}").settle();
            b.say(" {\"type\":\"publish\",\"topic\":\"r\",\"data\":2} ".strip());
            heard.add(b.hears());
            a.hearsNothingMore();
            a.say("{\"type\":\"publish\",\"topic\":\"r\",\"data\":3}");
            heard.add(b.hears());
            try (Peer c = Peer.at(port)) {
                c.subscribe("r").say("{\"type\":\"publish\",\"topic\":\"r\",\"data\":4}");
                heard.addAll(List.of(b.hears(), c.hears()));
            }
            // Whoever is gone is not counted any more, once the server has seen it.
            for (String told = ""; !told.contains("\"clients\":1"); told = b.hears()) {
                b.say("{\"type\":\"publish\",\"topic\":\"r\",\"data\":5}");
            }
            heard.add("alone again");
        }
        for (int n = 0; n < 5; n++) {
            try (Peer late = Peer.at(port)) {
                late.subscribe("r" + n).say("{\"type\":\"publish\",\"topic\":\"r" + n + "\",\"data\":null}");
                heard.add(late.hears());
            }
        }
        return heard;
    }

    @Test
    void clientsOfYWebrtcComeBackWhenTheServerDoes() throws Exception {
        SignalingServer first = Servers.start(Limits.USUAL);
        int port = first.port();
        try (Script peers = new Script(Map.of(), "src/test/js/peers.mjs", "ws://127.0.0.1:" + port, "3", "room")) {
            try (first) {
                peers.prints("linked", 3);
                peers.prints("heard 3", 1);
                assertEquals(3, Servers.metric(port, "topics"));
            }
            peers.forgetWhatItPrinted();
            try (SignalingServer second = Servers.start(port, Limits.USUAL, false)) {
                peers.prints("linked", 3);
                peers.prints("heard 3", 1);
                assertEquals(3, Servers.metric(second.port(), "topics"));
            }
        }
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
