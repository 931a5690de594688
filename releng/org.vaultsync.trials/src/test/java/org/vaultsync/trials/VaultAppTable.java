// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.vaultsync.robot.driver.HostDriver;

/**
 * A Hangar and pages that work as the MekStation web app does, in rooms that the pages were in first, at y-webrtc's own
 * signaling server. The browsers hide their addresses, as they do for people.
 */
final class VaultAppTable extends Script {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final String SERVER = "ws://" + BrowsersIT.ADDRESS + ":4444";
    private static final String ROOM = "VAULTA";
    private static final String SHOWN = "VAU-LTA";
    private static final String PEERS = "org.vaultsync.ui.peers";
    private static final String MEMBERS = "data:object id:string lastModified:number lastModifiedBy:string name:string"
            + " syncEnabled:boolean syncState:string type:string";

    private final Process server;
    private final HostDriver host;
    private final Browsers browsers = new Browsers("env", "HIDDEN_ADDRESSES=yes");
    private final Browsers.Page app = browsers.vaultApp("anna");

    private VaultAppTable(Scene scene) throws IOException {
        super(scene, "vault-app");
        server = new ProcessBuilder("env", "PORT=4444", "node", "node_modules/y-webrtc/bin/server.js")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        host = scene.start("a", Pair.EMPTY, NO_DISCOVERY);
        host.send("name-device", Pair.BEN);
    }

    public static void main(String[] arguments) throws Exception {
        run(arguments, VaultAppTable::new);
    }

    @Override
    List<HostDriver> hosts() {
        return List.of(host);
    }

    @Override
    void play() throws IOException {
        beFirst();
        come();
        edit();
        delete();
        comeBack();
        holdBack();
    }

    /** Nobody is there yet, and then a page that has nothing. */
    private void beFirst() throws IOException {
        Browsers.Page first = browsers.vaultApp("first");
        OpenCrowd.join(host, "AHEADA @ " + SERVER);
        host.send("vault-put", "early", "unit", "Shared Early", "{\"model\":\"E-1\",\"tonnage\":20}");
        host.send("share-all");
        host.open("Shared Early");
        host.waitText("Waiting: it goes out as soon as somebody in the room answers.", SOON);
        picture("waits", host);
        first.ask("join", "AHEADA", SERVER, "Dora");
        first.until("Shared Early", "names");
        first.ask("set", "Shared Early", "tonnage", "25");
        host.waitField("Tonnage", "25", SOON);
        seen("what the host shares before anybody is there waits and says so, and an app that has nothing sees it");

        host.view(PEERS);
        host.context("AHE-ADA", "Leave Room…");
        host.waitDialog("Leave Room", SOON);
        host.click("Leave");
        host.waitDialog("Hangar", SOON);
        host.waitNoRow("AHE-ADA", SOON);
        host.send("vault-remove", "early");
    }

    private void come() throws IOException {
        app.ask("join", ROOM, SERVER, "Anna");
        app.ask("add", "unit-1", "unit", "Made in the App", "{\"model\":\"APP-1\",\"tonnage\":20}");
        OpenCrowd.join(host, SHOWN.toLowerCase(java.util.Locale.ROOT) + " @ " + SERVER);
        host.waitRow("Made in the App", SOON);
        seen("what the app had put into the room comes to the host that joins");

        host.send("vault-put", "made-here", "unit", "Made in the Host", "{\"model\":\"H-1\",\"tonnage\":30}");
        host.send("share-all");
        app.until("Made in the App|Made in the Host", "names");
        app.until(MEMBERS, "members", "Made in the Host");
        app.until("\"made-here\"", "member", "Made in the Host", "id");
        app.until("\"unit\"", "member", "Made in the Host", "type");
        app.until("true", "member", "Made in the Host", "syncEnabled");
        app.until("\"pending\"", "member", "Made in the Host", "syncState");
        app.until("30", "get", "Made in the Host", "tonnage");
        app.until(Pair.BEN, "writer", "Made in the Host");
        seen("what the host shares lies there as the app lays it, with all members, and the app knows by whom");

        host.view(PEERS);
        host.waitText("Anna", SOON);
        picture("room", host);
        seen("each sees the other by name");
    }

    private void edit() throws IOException {
        host.view("org.vaultsync.hangar.navigator");
        host.open("Made in the App");
        app.ask("set", "Made in the App", "tonnage", "25");
        host.waitField("Tonnage", "25", SOON);
        app.ask("rename", "Made in the App", "Renamed in the App");
        host.waitField("Name", "Renamed in the App", SOON);
        app.ask("mark", "Renamed in the App", "lastSynced", "1764000000000");
        host.type("Model", "APP-2");
        host.save();
        app.until("\"APP-2\"", "get", "Renamed in the App", "model");
        app.until("25", "get", "Renamed in the App", "tonnage");
        app.until(Pair.BEN, "writer", "Renamed in the App");
        app.until("1764000000000", "member", "Renamed in the App", "lastSynced");
        app.until(MEMBERS.replace("name:", "lastSynced:number name:"), "members", "Renamed in the App");
        seen("each has what the other changed, and what the host does not know of an item stays in it");

        app.ask("copy", "Renamed in the App", "Copied in the App");
        host.waitRow("Copied in the App", SOON);
        seen("an item in which the app has left members undefined comes to the host");
    }

    private void delete() throws IOException {
        app.ask("remove", "Copied in the App");
        host.waitNoRow("Copied in the App", SOON);
        host.view(PEERS);
        host.context(SHOWN, "Deleted Items…");
        host.waitDialog("Deleted Items", SOON);
        host.waitRow("Copied in the App", SOON);
        picture("deleted", host);
        host.select("Copied in the App");
        host.click("Restore");
        host.waitText("all of it is back", SOON);
        host.click("Close");
        host.waitDialog("Hangar", SOON);
        host.waitRow("Copied in the App", SOON);
        app.until("Copied in the App|Made in the Host|Renamed in the App", "names");
        seen("what the app deletes goes from the host, can be had back there, and is in the app again");

        app.ask("stop", "Made in the Host");
        host.waitNoRow("Made in the Host", SOON);
        app.until("Copied in the App|Made in the Host|Renamed in the App", "names");
        seen("what the app shares no longer goes from the host, and stays in the app");

        host.view("org.vaultsync.hangar.navigator");
        host.select("Copied in the App");
        host.command("org.eclipse.ui.edit.delete");
        host.waitDialog("Delete", SOON);
        host.click("For Everybody");
        app.until("Made in the Host|Renamed in the App", "names");
        seen("what the host deletes goes from the app");
    }

    /** The page is closed, has its document when it is opened again, and hears only then what was done meanwhile. */
    private void comeBack() throws IOException {
        app.ask("reload");
        host.open("Renamed in the App");
        host.type("Model", "APP-3");
        host.save();
        host.send("vault-put", "made-later", "unit", "Made Later", "{\"model\":\"H-2\",\"tonnage\":35}");
        host.send("share-all");
        app.ask("join", ROOM, SERVER, "Anna");
        app.until("Made Later|Renamed in the App", "names");
        app.until("\"APP-3\"", "get", "Renamed in the App", "model");
        app.ask("set", "Made Later", "tonnage", "40");
        host.waitRow("Made Later", SOON);
        host.open("Made Later");
        host.waitField("Tonnage", "40", SOON);
        seen("the page is opened again with the document that it kept, and both go on");
    }

    /** More than a browser can send at once, made while it was alone. */
    private void holdBack() throws IOException {
        Browsers.Page large = browsers.vaultApp("ben");
        large.ask("join", "LARGEA", SERVER, "Carla");
        String letters = "x".repeat(120_000);
        for (String name : new String[] {"First", "Second", "Third"}) {
            large.ask("add", name, "unit", name, "{\"notes\":\"" + letters + "\",\"tonnage\":20}");
        }
        OpenCrowd.join(host, "LARGEA @ " + SERVER);
        host.view(PEERS);
        host.waitText("Not everything passes to or from it", SOON);
        host.select("Carla");
        host.waitText("A browser cannot send more than 256 KB at once", SOON);
        picture("holds-back", host);
        seen("that a browser has more than it can send is said");

        large.ask("stop", "Third");
        host.waitRow("First", SOON);
        host.waitRow("Second", SOON);
        large.ask("add", "third-2", "unit", "Third", "{\"notes\":\"" + letters + "\",\"tonnage\":20}");
        host.waitRow("Third", SOON);
        host.view(PEERS);
        until("that all has come", SOON, () -> !host.texts().contains("Not everything passes to or from it"));
        seen("in parts it comes, and nothing is said any more");
    }

    @Override
    public void close() throws IOException {
        server.destroy();
        try (host;
                browsers) {
            // Only to be sure that all processes are gone.
        }
    }
}
