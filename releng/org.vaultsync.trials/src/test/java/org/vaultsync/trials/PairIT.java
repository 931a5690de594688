// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.vaultsync.trials.Pair.SOON;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.robot.driver.HostDriver;

/** Two Hangars, installed as users install them, operated and seen as by two people. */
class PairIT {
    private static final String NAVIGATOR = "org.vaultsync.hangar.navigator";
    private static final String ANVIL = "Anvil AV-3";
    private static final String HERON = "Heron HN-4";
    private static final String WREN = "Wren WR-2";
    private static final String KESTREL = "Kestrel KL-9";
    private static final String LAMPLIGHTER = "Lamplighter LL-1";
    private static final String BASALT = "Basalt BS-1";
    private static final String ROOM = "Friday evening";
    private static final String RENAMED_ROOM = "Saturday & Sunday";
    private static final String RENAMED_BEN = "Ben's tablet";
    private static final String PEERS = "org.vaultsync.ui.peers";

    @TempDir
    static Path folder;

    private static Installation hangar;

    @BeforeAll
    static void install() throws IOException {
        hangar = Installation.withSync(Built.in(Path.of(System.getProperty("root"))), folder.resolve("hangar"));
    }

    /** What happens with two hosts. */
    @FunctionalInterface
    private interface Story {
        void happen(Pair pair) throws IOException;
    }

    /** Lets it happen; where it goes wrong, says what both hosts show. */
    private static void tell(Pair pair, Story story) throws IOException {
        try (pair) {
            try {
                story.happen(pair);
            } catch (IllegalStateException | AssertionError wrong) {
                throw new AssertionError(wrong.getMessage() + "\nA " + seen(pair.a) + "\nB " + seen(pair.b), wrong);
            }
        }
    }

    private static String seen(HostDriver host) {
        try {
            return "shows " + host.texts() + ", log " + host.log();
        } catch (IllegalStateException gone) {
            return gone.getMessage();
        }
    }

    @Test
    void friendsShareAnItemAndEditItTogether() throws IOException {
        tell(Pair.start(hangar, folder.resolve("friends")), pair -> {
            HostDriver a = pair.a;
            HostDriver b = pair.b;
            badInputIsToldWhereThePersonLooks(pair);
            b.waitRow(ANVIL, SOON);
            b.open(ANVIL);

            badgesCount(a, b);
            peersListEachOther(a, b);
            whoPausesTheRoomIsWaitedFor(a, b);
            caretAndHalfTypedFieldStay(a, b);
            anEditorOpenedBeforeLosesNothing(a, b);
            undoTakesBackOnlyOnesOwn(a, b);
            renamesTravel(a, b);
            deletesTravel(a, b);
            theDeletedItemComesBack(a, b);
            whatBothHaveIsAdoptedOrAConflict(a, b);
            whatIsOfferedIsBrowsedTakenAndCopied(a, b);
            namesAndAdminsAreSeenByTheOther(a, b);
            unsharingLeavesBothTheirCopies(a, b);
            whoIsRemovedKeepsTheirCopiesAndLeaves(a, b);
            pair.quit();
        });
    }

    private static void badgesCount(HostDriver a, HostDriver b) {
        a.waitText("1 of 1 has your last change", SOON);
        b.waitText("1 of 1 has the last change", SOON);
        set(b, "Year", "3064");
        a.waitField("Year", "3064", SOON);
        a.waitText("1 of 1 has the last change of ", SOON);
        b.waitText("1 of 1 has your last change", SOON);
    }

    private static void peersListEachOther(HostDriver a, HostDriver b) {
        for (HostDriver host : List.of(a, b)) {
            host.view(PEERS);
            host.waitText("1 of 1 linked", SOON);
            host.waitText("1 of 1 items", SOON);
            host.waitText(" ms | ", SOON);
        }
        a.waitText(Pair.BEN + " | Linked", SOON);
        b.waitText(Pair.ANNA + " (admin) | Linked", SOON);
        assertEquals(ownFingerprint(a).substring(0, 4), listedFingerprint(b));
        assertEquals(ownFingerprint(b).substring(0, 4), listedFingerprint(a));
        a.open(ANVIL);
        b.open(ANVIL);
    }

    private static String ownFingerprint(HostDriver host) {
        return host.texts().stream()
                .filter(text -> text.matches("[0-9a-f]{4}( [0-9a-f]{4})+"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no fingerprint in " + host.texts()));
    }

    /** The first digits of the fingerprint in the row of the one peer. */
    private static String listedFingerprint(HostDriver host) {
        Matcher row = Pattern.compile("(?m)^.*\\| Linked \\|.*\\| ([0-9a-f]{4})[^|]*$")
                .matcher(String.join("\n", host.texts()));
        assertTrue(row.find(), () -> "no linked peer in " + host.texts());
        return row.group(1);
    }

    private static void whoPausesTheRoomIsWaitedFor(HostDriver a, HostDriver b) {
        b.view(PEERS);
        b.context(ROOM, "Pause This Room");
        b.waitText("1 paused", SOON);
        b.open(ANVIL);
        set(a, "Year", "3065");
        a.waitText("Waiting: 0 of 1 have your last change", SOON);
        set(b, "Walk", "3");
        b.waitText("Waiting: 0 of 1 have your last change", SOON);
        assertEquals("3064", b.get("Year"));
        b.view(PEERS);
        b.context(ROOM, "Resume");
        b.send("wait-no-text", "1 paused", SOON.toMillis());
        b.open(ANVIL);
        a.view(PEERS);
        a.click("Sync Now");
        a.open(ANVIL);
        b.waitField("Year", "3065", SOON);
        a.waitField("Walk", "3", SOON);
        a.waitText("1 of 1 has ", SOON);
        b.waitText("1 of 1 has ", SOON);
    }

    private static void caretAndHalfTypedFieldStay(HostDriver a, HostDriver b) {
        set(a, "Notes", "Hold the bridge.");
        b.waitField("Notes", "Hold the bridge.", SOON);
        b.send("set-caret", "Notes", 8, 8);
        set(a, "Notes", "Now: Hold the bridge.");
        b.waitField("Notes", "Now: Hold the bridge.", SOON);
        assertEquals(List.of("13", "13"), b.send("caret", "Notes"), "before the same word");

        b.type("Model", "AV-3 ha");
        b.send("set-caret", "Model", 2, 2);
        set(a, "Year", "3070");
        b.waitField("Year", "3070", SOON);
        assertEquals("AV-3 ha", b.get("Model"));
        assertEquals(List.of("2", "2"), b.send("caret", "Model"));

        b.type("Tonnage", "6x");
        b.send("set-caret", "Tonnage", 2, 2);
        boolean focused = Boolean.parseBoolean(b.send("focused", "Tonnage").getFirst());
        set(a, "Walk", "5");
        b.waitField("Walk", "5", SOON);
        assertEquals("6x", b.get("Tonnage"));
        assertEquals(List.of("2", "2"), b.send("caret", "Tonnage"));
        assertEquals(focused, Boolean.parseBoolean(b.send("focused", "Tonnage").getFirst()));
        set(b, "Tonnage", "70");
        a.waitField("Tonnage", "70", SOON);
        a.waitField("Model", "AV-3 ha", SOON);
    }

    /** B has the tonnage half edited when A saves that and two more fields; B sees them when it saves, and loses none. */
    private static void anEditorOpenedBeforeLosesNothing(HostDriver a, HostDriver b) {
        b.type("Tonnage", "75");
        b.type("Model", "AV-4");
        set(a, "Tonnage", "80");
        set(a, "Year", "3071");
        set(a, "Walk", "6");
        b.waitMessage("Also changed by somebody else: Tonnage", SOON);
        assertEquals("75", b.get("Tonnage"));
        b.save();
        for (HostDriver host : List.of(a, b)) {
            host.waitField("Year", "3071", SOON);
            host.waitField("Walk", "6", SOON);
            host.waitField("Model", "AV-4", SOON);
            host.waitText("1 conflict", SOON);
        }
        assertEquals(a.get("Tonnage"), b.get("Tonnage"));
        String other = b.get("Tonnage").equals("75") ? "80" : "75";

        b.command("org.vaultsync.ui.conflicts");
        b.waitDialog("Conflicts", SOON);
        assertTrue(b.texts().containsAll(List.of("75", "80")), () -> "" + b.texts());
        b.click("Take the Other");
        b.waitText("Everything is decided.", SOON);
        b.click("Close");
        for (HostDriver host : List.of(a, b)) {
            host.waitField("Tonnage", other, SOON);
            host.waitText("1 of 1 has ", SOON);
        }
    }

    private static void undoTakesBackOnlyOnesOwn(HostDriver a, HostDriver b) {
        b.type("Model", "AV-5");
        set(a, "Year", "3072");
        set(a, "Walk", "7");
        set(a, "Jump", "4");
        b.waitField("Jump", "4", SOON);
        b.save();
        a.waitField("Model", "AV-5", SOON);
        set(a, "Year", "3073");
        b.waitField("Year", "3073", SOON);
        b.command("org.eclipse.ui.edit.undo");
        b.save();
        a.waitField("Model", "AV-4", SOON);
        for (HostDriver host : List.of(a, b)) {
            assertEquals("AV-4", host.get("Model"));
            assertEquals("3073", host.get("Year"));
            assertEquals("7", host.get("Walk"));
            assertEquals("4", host.get("Jump"));
        }
    }

    private static void renamesTravel(HostDriver a, HostDriver b) {
        set(a, "Name", "Anvil of the Dawn");
        b.waitRow("Anvil of the Dawn", SOON);
        b.waitField("Name", "Anvil of the Dawn", SOON);
        b.view(NAVIGATOR);
        b.select("Anvil of the Dawn");
        b.command("org.eclipse.ui.edit.rename");
        b.waitDialog("Rename", SOON);
        b.type("New name:", "Anvil & Hammer");
        b.click("OK");
        a.waitRow("Anvil & Hammer", SOON);
        a.waitField("Name", "Anvil & Hammer", SOON);
        a.waitNoRow("Anvil of the Dawn", SOON);
    }

    private static void deletesTravel(HostDriver a, HostDriver b) {
        a.open(WREN);
        a.click("Not shared");
        b.waitRow(WREN, SOON);
        b.open(WREN);
        b.view(NAVIGATOR);
        b.select(WREN);
        b.command("org.eclipse.ui.edit.delete");
        b.waitDialog("Delete", SOON);
        b.click("For Everybody");
        a.waitNoRow(WREN, SOON);
        assertFalse(b.send("vault-ids").contains("sample-unit-wren"));
        assertFalse(a.send("vault-ids").contains("sample-unit-wren"));
    }

    private static void theDeletedItemComesBack(HostDriver a, HostDriver b) {
        a.view(PEERS);
        a.context(ROOM, "Deleted Items…");
        a.waitDialog("Deleted Items", SOON);
        a.waitRow(WREN, SOON);
        a.select(WREN);
        a.click("Restore");
        a.waitText("Nothing was deleted since", SOON);
        a.click("Close");
        a.waitRow(WREN, SOON);
        b.waitRow(WREN, SOON);
    }

    /** Two items that both had before, of which one is the same and one is not. */
    private static void whatBothHaveIsAdoptedOrAConflict(HostDriver a, HostDriver b) {
        for (String id : List.of("sample-unit-kestrel", "sample-unit-lamplighter")) {
            List<String> item = a.send("vault-get", id);
            b.send("vault-put", id, "unit", item.get(0), item.get(1));
        }
        b.waitRow(KESTREL, SOON);
        b.open(LAMPLIGHTER);
        set(b, "Tonnage", "30");
        a.open(LAMPLIGHTER);
        set(a, "Tonnage", "20");
        int items = b.send("vault-ids").size();
        a.open(KESTREL);
        a.click("Not shared");
        a.waitText("1 of 1 has ", SOON);
        b.open(KESTREL);
        b.waitText("1 of 1 has ", SOON);

        a.open(LAMPLIGHTER);
        a.click("Not shared");
        b.open(LAMPLIGHTER);
        b.waitText("1 conflict", SOON);
        b.command("org.vaultsync.ui.conflicts");
        b.waitDialog("Conflicts", SOON);
        String both = String.join("\n", b.texts());
        assertTrue(both.contains("\"tonnage\": 30") && both.contains("\"tonnage\": 20"), both);
        b.click("Take the Other");
        b.waitText("Everything is decided.", SOON);
        b.click("Close");
        b.waitText("1 of 1 has ", SOON);
        a.waitText("1 of 1 has ", SOON);
        a.waitField("Tonnage", b.get("Tonnage"), SOON);
        assertEquals(items, b.send("vault-ids").size(), "no duplicates");
    }

    private static void whatIsOfferedIsBrowsedTakenAndCopied(HostDriver a, HostDriver b) {
        b.view(PEERS);
        b.context(ROOM, "Room Settings…");
        b.waitDialog("Room Settings", SOON);
        b.click("Only show it among the items of the room");
        b.click("OK");
        b.waitDialog("Hangar", SOON);
        a.open(HERON);
        a.click("Not shared");
        b.waitText("1 offered", SOON);
        assertFalse(b.send("vault-ids").contains("sample-unit-heron"), "taken unasked");
        browse(b, "Take", "Took 1 item.");
        b.waitRow(HERON, SOON);
        List<String> taken = b.send("vault-ids");
        assertTrue(taken.contains("sample-unit-heron"), () -> "" + taken);
        browse(b, "Copy", "Copied 1 item");
        assertEquals(taken.size() + 1, b.send("vault-ids").size());
    }

    private static void browse(HostDriver host, String button, String said) {
        host.context(ROOM, "Browse Items…");
        host.waitDialog("Browse Items", SOON);
        host.waitRow(HERON, SOON);
        host.select(HERON);
        host.click(button);
        host.waitText(said, SOON);
        host.click("Close");
        host.waitDialog("Hangar", SOON);
    }

    private static void namesAndAdminsAreSeenByTheOther(HostDriver a, HostDriver b) {
        a.view(PEERS);
        a.context(ROOM, "Rename Room…");
        a.waitDialog("Rename Room", SOON);
        a.type("Name of the room, for everybody in it:", RENAMED_ROOM);
        a.click("OK");
        b.waitRow(RENAMED_ROOM, SOON);
        b.click("Rename This Device");
        b.waitDialog("Rename This Device", SOON);
        b.type("The name that others see:", RENAMED_BEN);
        b.click("OK");
        a.waitRow(RENAMED_BEN, SOON);
        a.context(RENAMED_BEN, "Make Admin");
        a.waitRow(RENAMED_BEN + " (admin)", SOON);
        a.context(RENAMED_BEN + " (admin)", "Make Plain Member");
        a.waitRow(RENAMED_BEN, SOON);
        b.open(WREN);
        a.select(RENAMED_BEN);
        a.waitText("Has open: Anvil", SOON);
        a.waitText(", " + WREN, SOON);
    }

    private static void whoIsRemovedKeepsTheirCopiesAndLeaves(HostDriver a, HostDriver b) {
        a.view(PEERS);
        a.context(RENAMED_BEN, "Remove from Room…");
        a.waitDialog("Remove from Room", SOON);
        a.click("Remove");
        a.waitRow("Nobody else yet", SOON);
        b.view(PEERS);
        b.waitText("Removed: you keep your copies", SOON);
        b.context(RENAMED_ROOM, "Leave Room…");
        b.waitDialog("Leave Room", SOON);
        b.click("Leave");
        b.waitText("Share with a friend", SOON);
        assertTrue(b.send("vault-ids").containsAll(List.of("sample-unit-wren", "sample-unit-heron")));
    }

    private static void unsharingLeavesBothTheirCopies(HostDriver a, HostDriver b) {
        a.open("Anvil & Hammer");
        b.open("Anvil & Hammer");
        a.waitText("1 of 1 has ", SOON);
        a.click("1 of 1 has ");
        a.click("Stop Sharing on This Device");
        a.waitText("Not shared", SOON);
        set(a, "Year", "3080");
        set(b, "Year", "3081");
        assertEquals("3080", a.get("Year"));
        assertEquals("3081", b.get("Year"));
        assertTrue(a.send("vault-ids").contains("sample-unit-anvil"));
        assertTrue(b.send("vault-ids").contains("sample-unit-anvil"));
    }

    /** While one pauses everything, neither hears anything of the other. */
    @Test
    void bothGoOnAfterARestartWherePausedAndWhereKilled() throws IOException {
        Path workspaces = folder.resolve("paused");
        tell(Pair.start(hangar, workspaces), pair -> {
            pair.join(pair.share(ANVIL, ROOM));
            pair.b.waitRow(ANVIL, SOON);
            pair.a.waitText("1 of 1 has your last change", SOON);
            pair.b.view(PEERS);
            pair.b.viewMenu(PEERS, "Pause Everything");
            pair.b.waitText("Sync paused", SOON);
            pair.b.open(ANVIL);
            set(pair.a, "Year", "3065");
            pair.a.waitText("Waiting: 0 of 1 have your last change", SOON);
            set(pair.b, "Walk", "3");
            pair.b.waitText("Waiting: 0 of 1 have your last change", SOON);
            pair.quit();
        });
        Pair.Start laptop = () -> hangar.start(workspaces.resolve("a"));
        Pair.Start desktop = () -> hangar.start(workspaces.resolve("b"), Pair.EMPTY);
        tell(Pair.atOnce(laptop, desktop), pair -> {
            HostDriver a = pair.a;
            HostDriver b = pair.b;
            b.waitText("Sync paused", SOON);
            b.open(ANVIL);
            // It dials anew, and fails: where it was linked, there would be no second try.
            a.view(PEERS);
            a.click("Sync Now");
            a.waitText("Connecting, try 1 of 5", SOON);
            a.waitText("Connecting, try 2 of 5", SOON);
            a.open(ANVIL);
            a.waitText("Waiting: 0 of 1 have your last change", SOON);
            b.waitText("Waiting: 0 of 1 have your last change", SOON);
            assertNotEquals("3065", b.get("Year"));
            assertNotEquals("3", a.get("Walk"));

            b.view(PEERS);
            b.viewMenu(PEERS, "Resume");
            b.send("wait-no-text", "Sync paused", SOON.toMillis());
            b.open(ANVIL);
            b.waitField("Year", "3065", SOON);
            a.waitField("Walk", "3", SOON);
            a.waitText("1 of 1 has ", SOON);
            b.waitText("1 of 1 has ", SOON);
            b.quit();
            set(a, "Year", "3070");
            a.waitText("Waiting: 0 of 1 have your last change", SOON);
            a.kill();
        });
        bothGoOnWhereTheyWere(workspaces);
    }

    /** B had quit before A changed something and was killed. */
    private static void bothGoOnWhereTheyWere(Path workspaces) throws IOException {
        HostDriver b = hangar.start(workspaces.resolve("b"), Pair.EMPTY);
        b.open(ANVIL);
        set(b, "Model", "AV-9");
        b.waitText("Waiting: 0 of 1 have your last change", SOON);
        tell(new Pair(hangar.start(workspaces.resolve("a")), b), pair -> {
            pair.a.open(ANVIL);
            pair.a.waitField("Model", "AV-9", SOON);
            b.waitField("Year", "3070", SOON);
            assertEquals("3070", pair.a.get("Year"));
            assertEquals("AV-9", b.get("Model"));
            pair.a.waitText("1 of 1 has ", SOON);
            b.waitText("1 of 1 has ", SOON);
            set(pair.a, "Walk", "6");
            b.waitField("Walk", "6", SOON);
            pair.quit();
        });
    }

    /** And then B joins. */
    private static void badInputIsToldWhereThePersonLooks(Pair pair) throws IOException {
        HostDriver a = pair.a;
        a.open(ANVIL);
        a.click("Not shared");
        a.waitDialog("Room", SOON);
        a.type("Name:", "Friday\u0007evening");
        a.waitText("A name cannot contain line breaks, tabs or other control characters.", SOON);
        assertEquals(List.of("false"), a.send("enabled", "Create"));
        a.click("Cancel");

        String invite = pair.share(ANVIL, ROOM);
        refuses(a, invite, "This is your own invite.");
        refuses(pair.b, "Come and join us!", "This is not an invite");
        refuses(pair.b, invite.substring(0, invite.length() - 5), "incomplete or was damaged");
        refuses(pair.b, invite.replaceAll("(.{40}).", "$1_"), "damaged");
        pair.join(invite);
        pair.b.waitRow(ANVIL, SOON);

        try (HostDriver third = hangar.start(folder.resolve("friends/c"), Pair.EMPTY)) {
            third.command("org.vaultsync.ui.joinRoom");
            third.waitDialog("Room", SOON);
            third.type("Invite or code:", invite);
            third.click("Join");
            third.waitText("This invite was used by another device already.", SOON);
            third.click("Cancel");
            third.quit();
        }
        try (HostDriver second = hangar.start(folder.resolve("friends/a"))) {
            second.waitText("Another Hangar is using the workspace", SOON);
            second.click("OK");
        }
        rawJsonThatIsNoItem(a);
        a.open(ANVIL);
    }

    private static void refuses(HostDriver host, String invite, String why) {
        host.command("org.vaultsync.ui.joinRoom");
        host.waitDialog("Room", SOON);
        host.type("Invite or code:", invite);
        host.waitText(why, SOON);
        assertEquals(List.of("false"), host.send("enabled", "Join"));
        host.click("Cancel");
    }

    private static void rawJsonThatIsNoItem(HostDriver a) {
        a.open(BASALT);
        a.click("JSON");
        a.type("JSON", "[1, 2]");
        a.waitMessage("An item needs a JSON object, from { to }; this is a list.", SOON);
        a.type("JSON", "{\"a\":".repeat(200) + "1" + "}".repeat(200));
        a.waitMessage("This is nested too deep", SOON);
        a.save();
        a.waitDialog("Not saved", SOON);
        a.click("OK");
        a.type("JSON", "{\"tonnage\": 61}");
        a.save();
        a.click("Form");
        a.waitField("Tonnage", "61", SOON);
    }

    private static void set(HostDriver host, String field, String value) {
        host.type(field, value);
        host.save();
    }
}
