// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import static org.vaultsync.trials.Pair.SOON;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.vaultsync.robot.driver.HostDriver;

/**
 * Two people at two Hangars in one room on the LAN, who do to each other all that it takes two for: one after the other, so that two
 * hosts are enough.
 */
final class TogetherTable extends Script {
    private static final String ROOM = "Friday evening";
    private static final String PEERS = "org.vaultsync.ui.peers";
    private static final String NAVIGATOR = "org.vaultsync.hangar.navigator";
    private static final String PREFERENCES = "org.vaultsync.ui.preferences";
    private static final String ANVIL = "Anvil AV-3";
    private static final String HERON = "Heron HN-4";
    private static final String WREN = "Wren WR-2";
    private static final String BASALT = "Basalt BS-1";
    private static final String KESTREL = "Kestrel KL-9";
    private static final String BALLAD = "Ballad";
    private static final String FORCE = "Ford Watch";
    private static final String ANNA_ADMIN = Pair.ANNA + " (admin)";
    private static final String PASTED = "Pasted.png";
    private static final String COMPARE = "Do both screens show this code?";
    private static final String MERGED = "Or both together: change it as you like";
    private static final String ONLY_SOME = "Only some types; all others are only shown";
    private static final Pattern SHOWN = Pattern.compile("Pasted[.]png, [0-9,]+ bytes"); // and no word of what it lacks
    private static final Pattern CODE = Pattern.compile("[0-9]{3} [0-9]{3}");

    private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{4}( [0-9a-f]{4}){15}");

    private final Pair pair;
    private final HostDriver a;
    private final HostDriver b;

    private TogetherTable(Scene scene) throws IOException {
        super(scene, "together");
        pair = Pair.named(
                () -> scene.start("a", "-Dvaultsync.lan.port=8765"),
                () -> scene.start("b", Pair.EMPTY, "-Dvaultsync.lan.port=8766"));
        a = pair.a;
        b = pair.b;
    }

    public static void main(String[] arguments) throws Exception {
        run(arguments, TogetherTable::new);
    }

    @Override
    List<HostDriver> hosts() {
        return List.of(a, b);
    }

    @Override
    void play() throws IOException, InterruptedException {
        pairNearby();
        settings(b, "Ask me about each item");
        restoreAnEarlierVersion();
        fetchAPicture();
        takeWhatIsAskedAbout();
        decideConflicts();
        refuseWhatIsAskedAbout();
        takeOnlySomeTypes();
        neverShareAType();
        stopForAll();
        deleteHereAndForEverybody();
        exportARoom();
        linkByTypedAddresses();
        replaceTheKey();
        pair.quit();
    }

    /** A shows itself; B finds it. */
    private void pairNearby() {
        a.open(ANVIL);
        a.click("Not shared");
        a.waitDialog("Room", SOON);
        a.type("Name:", ROOM);
        a.click("Create");
        a.waitDialog("Invite", SOON);
        a.click("Device Nearby…");
        a.waitDialog("Devices Nearby", SOON);
        a.click("Show this device to others nearby, for ten minutes");
        b.command("org.vaultsync.ui.joinRoom");
        b.waitDialog("Room", SOON);
        b.click("Device Nearby…");
        b.waitDialog("Devices Nearby", SOON);
        b.waitRow(Pair.ANNA, SOON);
        picture("nearby-b", b);

        meet();
        b.click("They Differ");
        a.waitText("The other device ended it. Nothing was shared.", SOON);
        a.click("Close");
        is("nobody is in yet", b.send("vault-ids").isEmpty());
        seen("codes that differ let nobody in, and both are told");

        meet();
        picture("code-a", a);
        is("A lets the other in", a.get("Then:").equals("Let it into “" + ROOM + "”"));
        a.click("Codes Are the Same");
        b.waitText("The person at " + Pair.ANNA + " says that the codes are the same.", SOON);
        b.click("Codes Are the Same");
        a.waitText("are in the room “" + ROOM + "” together now.", SOON);
        a.click("OK");
        a.waitDialog("Hangar", SOON);
        b.waitDialog("Hangar", SOON);
        b.waitRow(ANVIL, SOON);
        seen("two that were found nearby are in one room once both say that the codes are the same");
    }

    private void meet() {
        b.select(Pair.ANNA);
        b.send("wait-enabled", "Pair", SOON.toMillis());
        b.click("Pair");
        b.waitText(COMPARE, SOON);
        a.waitText(COMPARE, SOON);
        is("both show one code", shown(a, CODE).equals(shown(b, CODE)));
    }

    private static void settings(HostDriver host, String choice) {
        host.view(PEERS);
        host.context(ROOM, "Room Settings…");
        host.waitDialog("Room Settings", SOON);
        host.click(choice);
        host.click("OK");
        host.waitDialog("Hangar", SOON);
    }

    private void restoreAnEarlierVersion() {
        a.open(ANVIL);
        b.open(ANVIL);
        a.waitText("1 of 1 has ", SOON);
        set(a, "Year", "3070");
        b.waitField("Year", "3070", SOON);
        set(b, "Year", "3071");
        set(b, "Walk", "7");
        a.waitField("Walk", "7", SOON);
        a.command("org.vaultsync.ui.history");
        a.waitDialog("History", SOON);
        a.waitText(Pair.BEN + " | Changed", SOON);
        a.select(row(a, Pair.ANNA + " | Changed year"));
        a.click("Restore This Version");
        a.waitText("Restored an earlier version", SOON);
        picture("restored-a", a);
        a.click("Close");
        b.waitField("Year", "3070", SOON);
        b.waitField("Walk", "4", SOON);
        b.command("org.vaultsync.ui.history");
        b.waitText(Pair.ANNA + " | Changed movement › walk and more, 2 fields", SOON);
        b.click("Close");
        seen("an earlier version that A restores is in the open editor of B, and in its history");
    }

    /** B fetches no file by itself. */
    private void fetchAPicture() throws IOException, InterruptedException {
        preferences(b, "");
        b.type("Fetch files by themselves up to, in MB:", "0");
        b.click("Apply and Close");
        b.waitDialog("Hangar", SOON);
        a.open(ANVIL);
        a.send("set-clipboard-image", noise());
        a.click("Paste");
        a.waitText(PASTED, SOON);
        a.save();
        b.open(ANVIL);
        b.waitText("It is large and not fetched by itself. Double-click to fetch", SOON);
        picture("not-fetched-b", b);
        b.click(PASTED);
        b.send("enter", PASTED);
        Instant end = Instant.now().plus(SOON);
        while (b.texts().stream().noneMatch(SHOWN.asMatchPredicate())) {
            is("it comes", Instant.now().isBefore(end));
            TimeUnit.MILLISECONDS.sleep(100);
        }
        b.send("enter", PASTED);
        b.waitDialog(PASTED, SOON);
        picture("fetched-b", b);
        b.click("Close");
        b.waitDialog("Hangar", SOON);
        seen("a picture that A pastes is fetched by B when B asks for it");
    }

    private String noise() throws IOException {
        BufferedImage noise = new BufferedImage(300, 300, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(1);
        for (int i = 0; i < 300 * 300; i++) {
            noise.setRGB(i % 300, i / 300, random.nextInt());
        }
        Path file = scene.folder().resolve("noise.png");
        ImageIO.write(noise, "png", file.toFile());
        return file.toString();
    }

    private void takeWhatIsAskedAbout() {
        a.send(
                "vault-put",
                "ballad",
                "unit",
                BALLAD,
                "{\"tonnage\": 50, \"story\": \"Sings.\\nIs heard far away.\\nIs old.\\nIs loved.\"}");
        share(BALLAD);
        b.waitPopup(Pair.ANNA + " shares “" + BALLAD + "”. Take it?", SOON);
        is("not taken unasked", !b.send("vault-ids").contains("ballad"));
        picture("asked-b", b);
        b.click("Take");
        b.waitRow(BALLAD, SOON);
        seen("B is asked about what A shares, and takes it");
    }

    /** Both change a number, a text and a list of one item while B pauses the room. */
    private void decideConflicts() {
        b.view(PEERS);
        b.context(ROOM, "Pause This Room");
        b.waitText("1 paused", SOON);
        fill(a, "55", "Sings at dawn.\nIs heard far away.\nIs old.\nIs loved.", "Loud");
        fill(b, "60", "Sings at dusk.\nIs heard far away.\nIs never late.\nIs loved.", "Narrow profile");
        b.view(PEERS);
        b.context(ROOM, "Resume");
        b.send("wait-no-text", "1 paused", SOON.toMillis());
        a.view(PEERS);
        a.click("Sync Now");
        a.open(BALLAD);
        b.open(BALLAD);
        a.waitText("3 conflicts", SOON);
        b.waitText("3 conflicts", SOON);

        b.command("org.vaultsync.ui.conflicts");
        b.waitDialog("Conflicts", SOON);
        b.select(row(b, "tonnage"));
        b.type("Or type something else:", "57");
        picture("third-b", b);
        b.click("Use This Text");
        b.waitText("2 conflicts", SOON);
        b.click("Close");
        a.waitField("Tonnage", "57", SOON);
        a.waitText("2 conflicts", SOON);
        seen("a third value that B types is at both, and that conflict gone");

        a.command("org.vaultsync.ui.conflicts");
        a.waitDialog("Conflicts", SOON);
        a.select(row(a, "story"));
        a.waitText("Difference 1 of 1:", SOON);
        a.click("Both");
        picture("merged-a", a);
        String story = a.get(MERGED);
        is(
                "both first lines, and the third as B alone changed it: " + story,
                story.matches("Sings at (dawn[.]\nSings at dusk|dusk[.]\nSings at dawn)[.]\n"
                        + "Is heard far away[.]\nIs never late[.]\nIs loved[.]"));
        a.click("Use This Text");
        a.waitText("1 conflict", SOON);
        a.select(row(a, "quirks"));
        a.click("Both");
        String quirks = a.get(MERGED);
        is("both quirks: " + quirks, Set.of(quirks.split("\n")).equals(Set.of("Loud", "Narrow profile")));
        a.click("Use This Text");
        a.waitText("Everything is decided.", SOON);
        a.click("Close");
        for (HostDriver host : hosts()) {
            host.waitText("1 of 1 has ", SOON);
            host.waitField("Story", story, SOON);
            host.waitField("Quirks", quirks, SOON);
            host.waitField("Tonnage", "57", SOON);
        }
        seen("a text and a list that A merges are at both, and no conflict is left");
    }

    private static void fill(HostDriver host, String tonnage, String story, String quirk) {
        host.open(BALLAD);
        host.type("Tonnage", tonnage);
        host.type("Story", story);
        host.type("Add to Quirks", quirk);
        host.send("enter", "Add to Quirks");
        host.save();
        host.waitText("Waiting: 0 of 1 have your last change", SOON);
    }

    private void refuseWhatIsAskedAbout() {
        share(WREN);
        b.waitPopup(Pair.ANNA + " shares “" + WREN + "”. Take it?", SOON);
        a.open(BALLAD);
        set(a, "Year", "3045");
        b.waitField("Year", "3045", SOON);
        is("not taken", !b.send("vault-ids").contains("sample-unit-wren"));
        b.view(PEERS);
        b.waitText("1 offered", SOON);
        picture("refused-b", b);
        seen("what B does not take waits in the room, and all else goes on");
    }

    private void takeOnlySomeTypes() {
        b.context(ROOM, "Room Settings…");
        b.waitDialog("Room Settings", SOON);
        b.click("Take it at once");
        b.click(ONLY_SOME);
        b.waitRow("unit", SOON);
        b.tick("unit");
        picture("types-b", b);
        b.click("OK");
        b.waitDialog("Hangar", SOON);

        shareType("pilot", "Always, in “" + ROOM + "”");
        b.waitText("5 offered", SOON);
        create("Mara Quill");
        b.waitText("6 offered", SOON);
        share(BASALT);
        b.waitRow(BASALT, SOON);
        is(
                "no pilot is taken",
                Set.copyOf(b.send("vault-ids")).equals(Set.of("sample-unit-anvil", "ballad", "sample-unit-basalt")));
        seen("all pilots of A are shared, those made later, too, and B takes units alone");

        settings(b, ONLY_SOME);
        create("Nils Ferro");
        b.waitRow("Nils Ferro", SOON);
        seen("when B lets all types in, the next pilot comes");
    }

    private void shareType(String type, String how) {
        preferences(a, ".types");
        a.waitText(type, SOON);
        a.choose(type, how);
        picture("type-" + type + "-a", a);
        a.click("Apply and Close");
        a.waitDialog("Hangar", SOON);
    }

    private static void preferences(HostDriver host, String page) {
        host.command("org.eclipse.ui.window.preferences", "preferencePageId=" + PREFERENCES + page);
        host.waitDialog("Preferences", SOON);
    }

    /** In A: a pilot. */
    private void create(String name) {
        a.command("org.vaultsync.hangar.new", "org.vaultsync.hangar.new.type=pilot");
        a.waitField("Name", "New pilot", SOON);
        set(a, "Name", name);
    }

    private void neverShareAType() {
        share(FORCE);
        b.waitRow(FORCE, SOON);
        shareType("force", "Never: sensitive");
        a.open(FORCE);
        a.waitText("Not shared", SOON);
        set(a, "Base", "A secret place");
        a.click("Not shared");
        a.waitText("is not shared, because the preferences say that items of this type never are.", SOON);
        picture("never-a", a);
        a.click("OK");
        a.open(BASALT);
        set(a, "Year", "2988");
        b.open(BASALT);
        b.waitField("Year", "2988", SOON);
        b.open(FORCE);
        is("B keeps what it had", b.get("Base").equals("Ilmen Ford"));
        seen("what A never shares is taken out of the room, and what A writes into it then stays with A");
    }

    private void stopForAll() {
        share(HERON);
        b.waitRow(HERON, SOON);
        b.open(HERON);
        a.waitText("1 of 1 has ", SOON);
        b.waitText("1 of 1 has ", SOON);
        b.click("1 of 1 has ");
        b.waitPopup("Stop Sharing on This Device", SOON);
        is("only A can", b.send("popups").stream().noneMatch(text -> text.startsWith("Stop Sharing for Everybody")));
        a.click("1 of 1 has ");
        a.click("Stop Sharing for Everybody…");
        a.waitDialog("Stop Sharing for Everybody", SOON);
        picture("stop-a", a);
        a.click("Stop for Everybody");
        a.waitText("Not shared", SOON);
        b.waitText("Not shared", SOON);
        set(a, "Year", "3046");
        set(b, "Year", "3047");
        seen("what A stops for everybody is shared with nobody any more, and both have it");

        share(HERON);
        b.waitText("1 conflict", SOON);
        b.command("org.vaultsync.ui.conflicts");
        b.waitDialog("Conflicts", SOON);
        b.waitText("\"year\": 3046", SOON);
        b.waitText("\"year\": 3047", SOON);
        b.click("Take the Other");
        b.waitText("Everything is decided.", SOON);
        b.click("Close");
        a.waitText("1 of 1 has ", SOON);
        b.waitText("1 of 1 has ", SOON);
        a.waitField("Year", b.get("Year"), SOON);
        seen("what each changed meanwhile is a conflict when A shares it again");
    }

    private void deleteHereAndForEverybody() {
        delete(BASALT, "Only Here");
        b.waitNoRow(BASALT, SOON);
        a.open(BASALT);
        set(a, "Year", "2989");
        a.waitText("1 of 1 has your last change", SOON);
        delete("Nils Ferro", "For Everybody");
        a.waitNoRow("Nils Ferro", SOON);
        is("it does not come back to B", !b.send("vault-ids").contains("sample-unit-basalt"));
        is("A keeps it", a.send("vault-ids").contains("sample-unit-basalt"));
        seen("what B deletes only here stays with A and away from B, and what it deletes for everybody goes");
    }

    private void delete(String item, String where) {
        b.view(NAVIGATOR);
        b.select(item);
        b.command("org.eclipse.ui.edit.delete");
        b.waitDialog("Delete", SOON);
        b.click(where);
    }

    /** They are not linked any more, and neither knows where the other is. */
    private void exportARoom() {
        b.view(PEERS);
        b.viewMenu(PEERS, "Pause Everything");
        b.waitText("Sync paused", SOON);
        moveTo(a, "8801");
        moveTo(b, "8802");
        a.open(ANVIL);
        set(a, "Year", "3090");
        share(KESTREL);
        b.open(ANVIL);
        a.view(PEERS);
        a.typeIntoNextChooser(scene.folder().resolve("evening"));
        a.context(ROOM, "Export Room…");
        a.waitText("Whoever has the file can read what is shared in the room.", SOON);
        picture("exported-a", a);
        a.click("OK");
        is("the file is there", Files.exists(scene.folder().resolve("evening.vaultsync")));
        is("nothing comes to B meanwhile", b.get("Year").equals("3070"));
        seen("A exports the room into a file that it types into the chooser");
    }

    /** Without discovery, and listening at another port. */
    private static void moveTo(HostDriver host, String port) {
        preferences(host, ".network");
        host.click("Find members of my rooms on the local network, and be found by them");
        host.type("Port (0 for any; another one if it is taken):", port);
        host.click("Apply and Close");
        host.waitDialog("Hangar", SOON);
    }

    private void linkByTypedAddresses() {
        b.view(PEERS);
        b.viewMenu(PEERS, "Resume");
        b.waitText("Connecting, try 2 of 5", SOON);
        b.context(ANNA_ADMIN, "Addresses…");
        b.waitDialog("Addresses", SOON);
        String field = "laptop.example.org:8765";
        b.type(field, "no address");
        b.waitText("is not an address; one looks like", SOON);
        for (String address : List.of("10.8.0.1:1", "localhost:2", "10.8.0.1:8801")) {
            b.type(field, address);
            b.click("Add");
        }
        b.select("10.8.0.1:8801");
        b.click("Up");
        b.select("10.8.0.1:1");
        b.click("Remove");
        b.waitText("10.8.0.1:8801\nlocalhost:2", SOON);
        picture("addresses-b", b);
        b.click("OK");
        b.waitDialog("Hangar", SOON);
        b.waitText(ANNA_ADMIN + " | Linked", SOON);
        b.select(ANNA_ADMIN);
        b.waitText("Linked over the LAN at 10.8.0.1:8801", SOON);
        a.waitText(Pair.BEN + " | Linked", SOON);
        a.open(ANVIL);
        b.open(ANVIL);
        b.waitField("Year", "3090", SOON);
        set(b, "Year", "3091");
        a.waitField("Year", "3091", SOON);
        seen("two that find each other nowhere are linked by an address that B types");
    }

    /** While A cannot be told of it. */
    private void replaceTheKey() {
        a.view(PEERS);
        a.viewMenu(PEERS, "Pause Everything");
        a.waitText("Sync paused", SOON);
        b.view(PEERS);
        String old = shown(b, FINGERPRINT);
        preferences(b, ".key");
        b.click("Replace Key…");
        b.waitDialog("Replace the Key of This Device", SOON);
        picture("key-b", b);
        b.click("Replace Key");
        b.waitDialog("Preferences", SOON);
        b.send("wait-enabled", "Replace Key…", SOON.toMillis());
        b.click("Apply and Close");
        b.view(PEERS);
        b.waitText("Share with a friend", SOON);
        b.send("wait-no-text", old, SOON.toMillis());
        String fresh = shown(b, FINGERPRINT);
        is("another key", !fresh.equals(old));
        a.viewMenu(PEERS, "Resume");
        a.waitText(Pair.BEN + " | Connecting, try 2 of 5", SOON);
        a.select(Pair.BEN);
        a.waitText("Fingerprint: " + old, SOON);
        picture("key-a", a);
        seen("a device with another key is not taken for the one that had the old one");

        a.context(Pair.BEN, "Remove from Room…");
        a.waitDialog("Remove from Room", SOON);
        a.click("Remove");
        a.waitRow("Nobody else yet", SOON);
        a.context(ROOM, "Invite…");
        a.waitDialog("Invite", SOON);
        a.send("wait-enabled", "Copy Invite", SOON.toMillis());
        a.click("Copy Invite");
        a.click("Close");
        pair.join(a.clipboard());
        a.waitText(Pair.BEN + " | Linked", SOON);
        a.select(Pair.BEN);
        a.waitText("Fingerprint: " + fresh, SOON);
        picture("key-new-a", a);
        b.open(ANVIL);
        b.waitText("1 of 1 has ", SOON);
        set(b, "Year", "3092");
        a.open(ANVIL);
        a.waitField("Year", "3092", SOON);
        seen("removed and invited again, it goes on with the copies that it has");
    }

    /** In A. */
    private void share(String item) {
        a.open(item);
        a.click("Not shared");
        a.send("wait-no-text", "Not shared", SOON.toMillis());
    }

    private static void set(HostDriver host, String field, String value) {
        host.type(field, value);
        host.save();
    }

    /** The first text of that form. */
    private static String shown(HostDriver host, Pattern form) {
        return host.texts().stream()
                .filter(form.asMatchPredicate())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nothing like " + form + " in " + host.texts()));
    }

    /** The row that has this in it. */
    private static String row(HostDriver host, String part) {
        return host.texts().stream()
                .flatMap(String::lines)
                .filter(line -> line.contains(" | ") && line.contains(part))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no row with " + part + " in " + host.texts()))
                .strip();
    }

    private static void is(String what, boolean so) {
        if (!so) {
            throw new IllegalStateException("not so: " + what);
        }
    }

    @Override
    public void close() throws IOException {
        pair.close();
    }
}
