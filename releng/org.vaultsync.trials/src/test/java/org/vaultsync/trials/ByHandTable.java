// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import static org.vaultsync.trials.Pair.SOON;

import java.io.IOException;
import java.util.List;
import org.vaultsync.robot.driver.HostDriver;

/**
 * Two Hangars that were in one room on the LAN, and whom nothing joins any more, linked by an offer and an answer that people
 * copy and paste.
 */
final class ByHandTable extends Script {
    private static final String UNIT = "Anvil AV-3";
    private static final String PEERS = "org.vaultsync.ui.peers";

    private final Pair pair;

    private ByHandTable(Scene scene) {
        super(scene, "by-hand");
        pair = Pair.named(
                () -> scene.start("a", "-Dvaultsync.lan.port=8765"),
                () -> scene.start("b", Pair.EMPTY, "-Dvaultsync.lan.port=8766"));
    }

    public static void main(String[] arguments) throws Exception {
        run(arguments, ByHandTable::new);
    }

    @Override
    List<HostDriver> hosts() {
        return List.of(pair.a, pair.b);
    }

    @Override
    void play() throws IOException, InterruptedException {
        HostDriver a = pair.a;
        HostDriver b = pair.b;
        pair.join(pair.share(UNIT, "Friday evening"));
        b.waitRow(UNIT, SOON);
        part();
        for (HostDriver host : List.of(a, b)) {
            host.view(PEERS);
            host.waitText("0 of 1 linked", SOON);
        }
        seen("two that were linked on the LAN are not linked any more");

        a.context(Pair.BEN, "Link by Hand…");
        a.waitDialog("Link by Hand", SOON);
        until("an offer", SOON, () -> a.texts().stream().anyMatch(text -> text.matches("E[A-P][A-Za-z0-9_-]{90,}")));
        picture("a-offer", a);
        a.click("Copy Text");
        String offer = a.clipboard();
        b.context(Pair.ANNA + " (admin)", "Link by Hand…");
        b.waitDialog("Link by Hand", SOON);
        b.type("Paste what " + Pair.ANNA + " sends: the answer to it, or an offer:", offer);
        b.click("Link");
        b.waitText(" pastes this answer, and then you are linked.", SOON);
        picture("b-answer", b);
        b.click("Copy Text");
        a.type("Paste what " + Pair.BEN + " sends: the answer to it, or an offer:", b.clipboard());
        a.click("Link");
        a.waitText("Linked with " + Pair.BEN, SOON);
        b.waitText("Linked with " + Pair.ANNA, SOON);
        picture("a-linked", a);
        picture("b-linked", b);
        a.click("Close");
        b.click("Close");
        seen("an offer that A copied and an answer that B copied link them");

        b.open(UNIT);
        a.open(UNIT);
        a.type("Year", "3071");
        a.save();
        b.waitField("Year", "3071", SOON);
        b.type("Tonnage", "85");
        b.save();
        a.waitField("Tonnage", "85", SOON);
        seen("what each edits is at the other");
        pair.quit();
    }

    /** From now on nothing comes in at the ports where the LAN transports listen. */
    private static void part() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        "nft add table inet wall && nft 'add chain inet wall in { type filter hook input priority 0 ; }'"
                                + " && nft add rule inet wall in tcp dport 8765-8766 drop")
                .inheritIO()
                .start();
        if (process.waitFor() != 0) {
            throw new IOException("no wall: is nft (nftables) there?");
        }
    }

    @Override
    public void close() throws IOException {
        pair.close();
    }
}
