// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.vaultsync.robot.driver.HostDriver;

/**
 * An open room that is kept field by field, with two Hangars, of which one is the signaling server of the room, and three
 * browsers. More arguments: minutes of edits, and a seed.
 */
final class OpenCrowd extends Script {
    private static final String TAKE = "Take what others share into my vault at once";
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final String WREN = "sample-unit-wren";
    private static final List<String> UNITS =
            List.of(WREN, "sample-unit-heron", "sample-unit-basalt", "sample-unit-kestrel", "sample-unit-anvil");
    /** How often each of the five edits in a minute of the virtual hour: together they make an edit a second. */
    private static final int EDITS_A_MINUTE = 12;

    private final Browsers browsers = new Browsers();
    private final List<Browsers.Page> pages =
            List.of(browsers.page("anna"), browsers.page("ben"), browsers.page("carla"));
    private HostDriver a;
    private HostDriver b;
    private String room = "";
    private String server = "";

    private OpenCrowd(Scene scene) throws IOException {
        super(scene, "crowd");
        startA();
        startB();
        Pair.name(a, b);
    }

    private void startA() throws IOException {
        a = scene.start("a", "-Dvaultsync.signaling.port=4444", NO_DISCOVERY);
    }

    private void startB() throws IOException {
        b = scene.start("b", Pair.EMPTY, NO_DISCOVERY);
    }

    public static void main(String[] arguments) throws Exception {
        run(arguments, OpenCrowd::new);
    }

    @Override
    List<HostDriver> hosts() {
        return List.of(a, b);
    }

    @Override
    void play() throws IOException {
        come();
        editOneItemAtOnce();
        comeBack();
        offerAtOnce();
        passMuch();
        editForLong(
                Integer.parseInt(scene.more().get(0)),
                Long.parseLong(scene.more().get(1)));
    }

    private void come() throws IOException {
        a.open(name(a, WREN));
        a.click("Not shared");
        a.waitDialog("Room", SOON);
        a.type("Name:", "Friday evening");
        a.click("Open: whoever knows its code gets in, also from a browser");
        a.click(TAKE);
        a.click("Create");
        a.waitDialog("Code of the Room", SOON);
        a.click("Copy Code");
        a.click("Close");
        String copied = a.clipboard();
        room = copied.split(" @ ")[0].replace("-", "");
        server = copied.split(" @ ")[1];
        join(b, copied);
        for (Browsers.Page page : pages) {
            page.ask("join", room, server);
        }
        a.send("share-all");
        untilAllAreEqual();
        for (Browsers.Page page : pages) {
            page.until("5", "here");
        }
        a.view("org.vaultsync.ui.peers");
        a.waitText("A browser", SOON);
        picture("come-a", a);
        seen("two hosts and three browsers have the same items, and each sees the four others");
    }

    /** Types a code, and the choice to take everything. */
    static void join(HostDriver host, String code) {
        host.command("org.vaultsync.ui.joinRoom");
        host.waitDialog("Room", SOON);
        host.type("Invite or code:", code);
        host.click(TAKE);
        host.click("Join");
        host.waitDialog("Hangar", SOON);
    }

    /** All five change another field of one item; then one makes an item, and another one deletes it. */
    private void editOneItemAtOnce() throws IOException {
        b.open(name(b, WREN));
        a.type("Year", "3055");
        b.type("Tonnage", "55");
        pages.get(0).ask("set", WREN, "model", "\"WR-5\"");
        pages.get(1).ask("write", WREN, "From the page. ");
        pages.get(2).ask("add", WREN, "Seen by all");
        a.save();
        b.save();
        for (Browsers.Page page : pages) {
            page.until("3055", "get", WREN, "year");
            page.until("55", "get", WREN, "tonnage");
            page.until("\"WR-5\"", "get", WREN, "model");
        }
        for (HostDriver host : List.of(a, b)) {
            host.waitField("Year", "3055", SOON);
            host.waitField("Tonnage", "55", SOON);
            host.waitField("Model", "WR-5", SOON);
            until("the note in the vault", () -> content(host, WREN).contains("From the page. The smallest"));
            until("the quirk in the vault", () -> content(host, WREN).contains("\"Seen by all\""));
        }
        untilAllAreEqual();
        seen("what five change of one item at once is there, on all");
        pages.get(0).ask("make", "made-there", "Made There", "{\"model\":\"MT-1\",\"tonnage\":20}");
        for (HostDriver host : List.of(a, b)) {
            host.waitRow("Made There", SOON);
        }
        pages.get(2).ask("drop", "made-there");
        for (HostDriver host : List.of(a, b)) {
            host.waitNoRow("Made There", SOON);
        }
        untilAllAreEqual();
        seen("what one browser makes and another one deletes comes to the hosts, and goes");
    }

    private void comeBack() throws IOException {
        pages.get(1).ask("reload");
        pages.get(1).ask("join", room, server);
        pages.get(1).until("5", "here");
        untilAllAreEqual();
        seen("a browser is reloaded, and has everything");

        b.quit();
        pages.get(0).ask("set", WREN, "year", "3060");
        startB();
        until("what was changed meanwhile", () -> content(b, WREN).contains("3060"));
        b.open(name(b, WREN));
        b.type("Tonnage", "60");
        b.save();
        pages.get(0).until("60", "get", WREN, "tonnage");
        seen("a host is restarted, has what was changed meanwhile, and goes on");

        a.quit();
        pages.get(2).ask("set", WREN, "year", "3065");
        startA();
        until("what was changed meanwhile", () -> content(a, WREN).contains("3065"));
        untilAllAreEqual();
        seen("the host that is the server is restarted, and all find it again");
    }

    /** In a room of their own, whose server holds back what they say until both have offered. */
    private void offerAtOnce() throws IOException {
        browsers.ask("glare", BrowsersIT.ADDRESS, "4445");
        Browsers.Page dora = browsers.page("dora");
        dora.ask("join", "GLARE2", "ws://" + BrowsersIT.ADDRESS + ":4445");
        dora.ask("make", "glare", "Glare", "{\"model\":\"GL-1\",\"tonnage\":20}");
        join(b, "GLARE2 @ ws://" + BrowsersIT.ADDRESS + ":4445");
        b.waitRow("Glare", SOON);
        b.open("Glare");
        b.type("Tonnage", "45");
        b.save();
        dora.until("45", "get", "glare", "tonnage");
        dora.ask("set", "glare", "model", "\"GL-2\"");
        b.waitField("Model", "GL-2", SOON);
        String offers = browsers.ask("offers");
        if (offers.equals("1")) {
            throw new IllegalStateException("only one of them offered");
        }
        dora.ask("drop", "glare");
        b.waitNoRow("Glare", SOON);
        seen("a host and a browser that offer at once sync both ways");
    }

    private void passMuch() throws IOException {
        Random random = new Random(1);
        for (int i = 0; i < 50; i++) {
            byte[] noise = new byte[21_000];
            random.nextBytes(noise);
            String notes = HexFormat.of().formatHex(noise);
            a.send("vault-put", "large" + i, "unit", "Large " + i, "{\"notes\":\"" + notes + "\"}");
        }
        a.send("share-all");
        untilAllAreEqual();
        pages.get(2).ask("reload");
        pages.get(2).ask("join", room, server);
        untilAllAreEqual();
        seen("two megabytes come to the browsers, also to one that has nothing yet");
    }

    /** An hour is as long as it takes: nobody waits between two edits, but the order and the number are those of the hour. */
    private void editForLong(int minutes, long seed) throws IOException {
        Random random = new Random(seed);
        int made = 0;
        List<String> there = new ArrayList<>();
        for (int minute = 0; minute < minutes; minute++) {
            List<Integer> turns = new ArrayList<>();
            for (int turn = 0; turn < 5 * EDITS_A_MINUTE; turn++) {
                turns.add(turn % 5);
            }
            Collections.shuffle(turns, random);
            for (int who : turns) {
                String unit = UNITS.get(random.nextInt(UNITS.size()));
                int number = random.nextInt(20, 100);
                if (who < 2) {
                    edit(who == 0 ? a : b, unit, random.nextInt(5), number);
                    continue;
                }
                Browsers.Page page = pages.get(who - 2);
                switch (random.nextInt(8)) {
                    case 0 -> page.ask("set", unit, "year", Integer.toString(3000 + number));
                    case 1 -> page.ask("set", unit, "tonnage", Integer.toString(number));
                    case 2 -> page.ask("write", unit, "Page " + number + ". ");
                    case 3 -> page.ask("add", unit, "Quirk " + number);
                    case 4 -> page.ask("title", unit, "Unit " + unit.substring(12) + " " + number);
                    case 5 -> page.ask("set", unit, "model", "\"P-" + number + "\"");
                    case 6 -> {
                        String id = "made-" + made++;
                        page.ask("make", id, "Made " + id, "{\"model\":\"M\",\"tonnage\":" + number + "}");
                        there.add(id);
                    }
                    default -> {
                        if (!there.isEmpty()) {
                            page.ask("drop", there.remove(random.nextInt(there.size())));
                        }
                    }
                }
            }
        }
        untilAllAreEqual();
        picture("end-a", a);
        picture("end-b", b);
        seen("after " + minutes * 5 * EDITS_A_MINUTE + " edits by all five, with seed " + seed
                + ", the document is the same on all");
    }

    /** As a person does it: in an editor. Its name may change before it is found in the list. */
    private void edit(HostDriver host, String unit, int field, int number) {
        until("an editor of " + unit, () -> {
            try {
                host.open(name(host, unit));
                return true;
            } catch (IllegalStateException renamed) {
                return false;
            }
        });
        String label = List.of("Year", "Tonnage", "Notes", "Model", "Name").get(field);
        String text = switch (field) {
            case 0 -> Integer.toString(3000 + number);
            case 1 -> Integer.toString(number);
            case 2 -> " Host " + number + ".";
            case 3 -> "H-" + number;
            default -> "Unit " + unit.substring(12) + " " + number;
        };
        if (field == 2) {
            host.append(label, text);
        } else {
            host.type(label, text);
        }
        try {
            host.save();
        } catch (IllegalStateException nothingToSave) {
            // Of so many edits some write what is there already.
            if (field == 2 || !host.get(label).equals(text)) {
                throw nothingToSave;
            }
        }
    }

    private static String name(HostDriver host, String id) {
        return host.send("vault-get", id).getFirst();
    }

    private static String content(HostDriver host, String id) {
        List<String> item = host.send("vault-get", id);
        return item.isEmpty() ? "" : item.get(1);
    }

    /** Id, digest of the content, and name of each item. */
    private static String items(HostDriver host) {
        TreeSet<String> items = new TreeSet<>();
        for (String digest : host.send("vault-digests")) {
            List<String> item = host.send("vault-get", digest.split(" ")[0]);
            items.add(digest + " " + (item.isEmpty() ? "" : item.getFirst()));
        }
        return String.join("|", items);
    }

    private void untilAllAreEqual() throws IOException {
        until("the same items in both vaults", () -> items(a).equals(items(b)));
        for (Browsers.Page page : pages) {
            until("the same items in a browser", () -> {
                try {
                    return page.ask("digests").equals(items(a));
                } catch (IOException gone) {
                    throw new IllegalStateException(gone);
                }
            });
        }
    }

    private static void until(String what, Supplier<Boolean> seen) {
        until(what, SOON, seen);
    }

    @Override
    public void close() throws IOException {
        Pair pair = new Pair(a, b);
        try (pair;
                browsers) {
            // Only to be sure that all processes are gone.
        }
    }
}
