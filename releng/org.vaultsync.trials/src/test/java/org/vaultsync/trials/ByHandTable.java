// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import static org.vaultsync.trials.Pair.SOON;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.vaultsync.robot.driver.HostDriver;

/**
 * Two Hangars that were in one room on the LAN, and whom nothing joins any more, linked by an offer and an answer that people
 * copy and paste. To be run in a network of its own, because WebRTC does not use the loopback. Prints a line for each thing
 * that was seen to work.
 */
final class ByHandTable {
    private static final String UNIT = "Anvil AV-3";
    private static final String PEERS = "org.vaultsync.ui.peers";

    private final Pair pair;
    private final Path pictures;

    private ByHandTable(Pair pair, Path pictures) {
        this.pair = pair;
        this.pictures = pictures;
    }

    /** Arguments: the folder of the project, an empty folder to work in, a folder for pictures. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[1]);
        Installation hangar =
                Installation.withSync(Built.in(Path.of(arguments[0])), folder.resolve("hangar"), Installation.WEBRTC);
        try (Pair pair = Pair.of(
                hangar.start(folder.resolve("a"), "-Dvaultsync.lan.port=8765"),
                hangar.start(folder.resolve("b"), Pair.EMPTY, "-Dvaultsync.lan.port=8766"))) {
            ByHandTable table = new ByHandTable(pair, Path.of(arguments[2]));
            try {
                table.play();
            } catch (IllegalStateException wrong) {
                table.picture("wrong-a", pair.a);
                table.picture("wrong-b", pair.b);
                System.out.println(wrong.getMessage() + "\nA shows " + pair.a.texts() + ", log " + pair.a.log()
                        + "\nB shows " + pair.b.texts() + ", log " + pair.b.log());
                System.exit(1);
            }
            pair.quit();
        }
    }

    private void play() throws IOException, InterruptedException {
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
        untilAnOfferIsThere(a);
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
    }

    private static void untilAnOfferIsThere(HostDriver host) {
        for (long end = System.nanoTime() + SOON.toNanos();
                host.texts().stream().noneMatch(text -> text.matches("E[A-P][A-Za-z0-9_-]{90,}")); ) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("no offer");
            }
            Browsers.pause();
        }
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

    private void picture(String name, HostDriver host) {
        host.screenshot(pictures.resolve("by-hand-" + name + ".png"));
    }

    private static void seen(String what) {
        System.out.println("seen " + what);
    }
}
