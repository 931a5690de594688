// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.vaultsync.robot.driver.HostDriver;

/** An open room with two Hangars, of which one is the signaling server of the room, and a browser. */
final class OpenTable extends Script {
    private static final String UNIT = "Anvil AV-3";
    private static final String PASSWORD = "correct horse battery";
    private static final String FIELD = "Password, if it has one:";
    private static final String TAKE = "Take what others share into my vault at once";
    private static final Duration SOON = Duration.ofSeconds(60);

    private static final String PEERS = "org.vaultsync.ui.peers";

    private final Pair pair;
    private final Browsers browsers = new Browsers();
    private final Browsers.Page browser = browsers.page("anna");
    private final Browsers.Page late = browsers.page("late");

    private OpenTable(Scene scene) throws IOException {
        super(scene, "open");
        pair = Pair.named(
                () -> scene.start("a", "-Dvaultsync.signaling.port=4444", NO_DISCOVERY),
                () -> scene.start("b", Pair.EMPTY, NO_DISCOVERY));
    }

    public static void main(String[] arguments) throws Exception {
        run(arguments, OpenTable::new);
    }

    @Override
    List<HostDriver> hosts() {
        return List.of(pair.a, pair.b);
    }

    @Override
    void play() throws IOException {
        HostDriver a = pair.a;
        HostDriver b = pair.b;
        a.open(UNIT);
        a.click("Not shared");
        a.waitDialog("Room", SOON);
        a.type("Name:", "Friday evening");
        a.click("Open: whoever knows its code gets in, also from a browser");
        a.type(FIELD, PASSWORD);
        a.choose("How items are kept:", "Item by item, as the MekStation web app has them");
        a.click(TAKE);
        picture("a-create", a);
        a.click("Create");
        a.waitDialog("Code of the Room", SOON);
        picture("a-code", a);
        a.click("Copy Code");
        a.click("Close");
        String copied = a.clipboard();
        seen("A made an open room and copied " + copied.replaceAll("[A-Z2-9]{3}-[A-Z2-9]{3}", "its code"));

        join(b, copied.toLowerCase(Locale.ROOT), "wrong horse");
        b.view(PEERS);
        b.waitText("Other password", SOON);
        a.view(PEERS);
        a.waitText("Other password", SOON);
        picture("b-other-password", b);
        seen("a wrong password is said on both sides");

        b.context(copied.substring(0, 7), "Leave Room…");
        b.waitDialog("Leave Room", SOON);
        b.click("Leave");
        join(b, copied, PASSWORD);
        b.waitRow(UNIT, SOON);
        seen("B typed the password, and has the unit");

        String[] parts = copied.split(" @ ");
        browser.ask("join", parts[0].replace("-", ""), parts[1], PASSWORD);
        browser.until(UNIT, "names");
        seen("the browser has the unit");

        browser.ask("rename", UNIT, "Anvil of the Browser");
        a.waitField("Name", "Anvil of the Browser", SOON);
        b.waitRow("Anvil of the Browser", SOON);
        seen("what the browser changes is in the open editor of A, and in B");

        b.open("Anvil of the Browser");
        b.type("Name", "Anvil of B");
        b.save();
        a.waitField("Name", "Anvil of B", SOON);
        browser.until("Anvil of B", "names");
        a.type("Name", "Anvil of A");
        a.save();
        b.waitField("Name", "Anvil of A", SOON);
        browser.until("Anvil of A", "names");
        seen("what A and B change is everywhere");

        browser.ask("copy", "Anvil of A", "Made in the Browser");
        a.waitRow("Made in the Browser", SOON);
        b.waitRow("Made in the Browser", SOON);
        seen("what the browser makes is in both vaults");
        a.view(PEERS);
        a.waitText("A browser", SOON);
        picture("a-room", a);
        picture("b-room", b);

        browser.ask("erase", "Made in the Browser");
        a.waitNoRow("Made in the Browser", SOON);
        b.waitNoRow("Made in the Browser", SOON);
        seen("what the browser deletes is gone from both vaults");

        a.view("org.vaultsync.hangar.navigator");
        a.select("Anvil of A");
        a.command("org.eclipse.ui.edit.delete");
        a.waitDialog("Delete", SOON);
        a.click("For Everybody");
        b.waitNoRow("Anvil of A", SOON);
        browser.until("", "names");
        seen("what A deletes is gone from B and from the browser");

        Random random = new Random(1);
        for (int i = 0; i < 12; i++) {
            byte[] noise = new byte[20_000];
            random.nextBytes(noise);
            a.send(
                    "vault-put",
                    "large" + i,
                    "unit",
                    "Large " + i,
                    "{\"notes\":\"" + HexFormat.of().formatHex(noise) + "\"}");
        }
        a.send("share-all");
        String all = Integer.toString(a.send("vault-ids").size());
        late.ask("join", parts[0].replace("-", ""), parts[1], PASSWORD);
        late.until(all, "count");
        b.waitRow("Large 11", SOON);
        seen("half a megabyte comes to a browser that joins late, and to B");

        withoutWebRtcForAWhile(a, b);
        withAPageThatIsFull(b, parts[1]);
        pair.quit();
    }

    /** What both change meanwhile waits. */
    private void withoutWebRtcForAWhile(HostDriver a, HostDriver b) throws IOException {
        a.send("vault-put", "waits", "unit", "Waits", "{}");
        a.send("share-all");
        b.waitRow("Waits", SOON);
        a.open("Waits");
        b.open("Wren WR-2");
        switchWebRtc(b);
        b.view(PEERS);
        picture("b-without-webrtc", b);
        a.type("Name", "Waits for B");
        a.save();
        b.type("Name", "Wren of B");
        b.save();
        awaitNameIn(late, "Waits for B");
        b.waitNoRow("Waits for B", SOON);
        a.waitNoRow("Wren of B", SOON);
        seen("what A changes is in the browser and not in B, which has switched WebRTC off");
        switchWebRtc(b);
        b.waitRow("Waits for B", SOON);
        a.waitRow("Wren of B", SOON);
        awaitNameIn(late, "Wren of B");
        seen("when B switches it on again, everybody has what everybody changed");
    }

    private static void awaitNameIn(Browsers.Page page, String name) {
        until(name + " in the browser", SOON, () -> {
            try {
                return List.of(page.ask("names").split("[|]")).contains(name);
            } catch (IOException gone) {
                throw new UncheckedIOException(gone);
            }
        });
    }

    private static void switchWebRtc(HostDriver host) {
        host.command("org.eclipse.ui.window.preferences", "preferencePageId=org.vaultsync.ui.preferences.network");
        host.waitDialog("Preferences", SOON);
        host.click("Reach others in other networks, and browsers (WebRTC)");
        host.click("Apply and Close");
        host.waitDialog("Hangar", SOON);
    }

    /** One that has room for one other, and has found it before the host comes. */
    private void withAPageThatIsFull(HostDriver host, String server) throws IOException {
        String code = "NRRWRM";
        Browsers.Page full = browsers.page("full");
        Browsers.Page between = browsers.page("between");
        full.ask("join", code, server, "", "1");
        full.ask("make", "narrow", "Narrow", "{\"model\":\"N-0\",\"tonnage\":20}");
        between.ask("join", code, server, "");
        between.until("1", "size");
        OpenCrowd.join(host, code + " @ " + server);
        host.waitRow("Narrow", SOON);
        host.open("Narrow");
        host.type("Model", "N-1");
        host.save();
        full.until("\"N-1\"", "get", "narrow", "model");
        if (!full.ask("peers").equals("1")) {
            throw new IllegalStateException("the page that is full has " + full.ask("peers") + " peers");
        }
        seen("a page that takes no more peers has what B changes, through another page");

        between.ask("leave");
        host.type("Model", "N-2");
        host.save();
        full.until("\"N-2\"", "get", "narrow", "model");
        full.ask("set", "narrow", "model", "\"N-3\"");
        host.waitField("Model", "N-3", SOON);
        seen("when that page goes, the other one takes B");
    }

    private void join(HostDriver host, String code, String password) {
        host.command("org.vaultsync.ui.joinRoom");
        host.waitDialog("Room", SOON);
        host.type("Invite or code:", code);
        host.type(FIELD, password);
        host.click(TAKE);
        host.click("Join");
        host.waitDialog("Hangar", SOON);
    }

    @Override
    public void close() throws IOException {
        try (pair;
                browsers) {
            // Only to be sure that all processes are gone.
        }
    }
}
