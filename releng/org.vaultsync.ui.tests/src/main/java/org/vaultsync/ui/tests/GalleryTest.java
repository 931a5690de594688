// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.e4.ui.css.swt.theme.IThemeEngine;
import org.eclipse.help.HelpSystem;
import org.eclipse.jface.dialogs.TitleAreaDialog;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.ScrolledComposite;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.dnd.ImageTransfer;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.PaletteData;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.graphics.RGB;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Link;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.ToolItem;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.dialogs.PreferencesUtil;
import org.junit.jupiter.api.Test;
import org.vaultsync.Badge;
import org.vaultsync.Encounter;
import org.vaultsync.Finding;
import org.vaultsync.Finding.Area;
import org.vaultsync.Finding.Weight;
import org.vaultsync.IceServer;
import org.vaultsync.JoinRequest;
import org.vaultsync.Meeting;
import org.vaultsync.Neighbour;
import org.vaultsync.Offers.Offer;
import org.vaultsync.OpenRoom;
import org.vaultsync.Room;
import org.vaultsync.SyncPolicy.Incoming;
import org.vaultsync.SyncPolicy.Taking;
import org.vaultsync.Trouble;

/**
 * Keeps pictures of the views and dialogs with the results of the build to be looked at: in light, with text half as large
 * again, and in dark. What is on them must be {@link Legible}. In {@code guide} the dialog or the view stands alone, in light
 * and in dark: the guide of a site shows those.
 */
class GalleryTest extends ViewsTest {
    private static final int USUAL_DPI = 96;
    private static final double LEAST_CONTRAST = 2.4; // of a picture of several colours, with its edge

    private final Legible legible = new Legible();
    private final Set<String> complaints = new LinkedHashSet<>(); // test thread
    private String shade = "light"; // test thread

    /**
     * The only test that switches themes, and light first: switched back from dark, GTK keeps some colours until the
     * application restarts.
     */
    @Test
    void lightLargeAndDark() throws IOException {
        pictures();
        shade = "large";
        dpi(USUAL_DPI * 3 / 2);
        try {
            pictures();
        } finally {
            dpi(USUAL_DPI);
        }
        shade = "dark";
        theme("dark");
        try {
            whatIsDisabledLooksSo();
            pictures();
        } finally {
            theme("default");
        }
        assertEquals("", String.join("\n", complaints));
    }

    /** As a desktop makes all text larger. SWT has it only inside. */
    private void dpi(int dots) {
        screen.run(() -> {
            try {
                ClassLoader swt = SWT.class.getClassLoader();
                Object settings = swt.loadClass("org.eclipse.swt.internal.gtk.GTK")
                        .getMethod("gtk_settings_get_default")
                        .invoke(null);
                swt.loadClass("org.eclipse.swt.internal.gtk.OS")
                        .getMethod("g_object_set", long.class, byte[].class, int.class, long.class)
                        .invoke(null, settings, "gtk-xft-dpi\0".getBytes(StandardCharsets.US_ASCII), dots * 1024, 0L);
            } catch (ReflectiveOperationException notGtk) {
                throw new AssertionError(notGtk);
            }
        });
    }

    /** What the dark theme of Hangar has beside that of the platform. */
    private void whatIsDisabledLooksSo() {
        openPeers();
        screen.click("Create Room…");
        screen.awaitText("A room is private");
        screen.awaitEnabled("Create", false);
        screen.awaitPainted();
        int enabled = brightest(screen.find(Button.class, "Cancel"));
        assertTrue(enabled > 200, "hard to read: " + enabled);
        dimmed("a button", brightest(screen.find(Button.class, "Create")), enabled);
        dimmed("a label", brightest(screen.find(Label.class, "Invite or code:")), enabled);
        screen.closeDialogs();
        ToolItem create = screen.find(ToolItem.class, "Create Room");
        ToolItem syncNow = screen.find(ToolItem.class, "Sync Now");
        screen.await("no room to sync", () -> !syncNow.isEnabled());
        screen.awaitPainted();
        dimmed("a tool", brightest(syncNow), brightest(create));
    }

    private void dimmed(String what, int disabled, int enabled) {
        if (disabled >= 0.85 * enabled) {
            complaints.add(what + " that is disabled: " + disabled + " where " + enabled + " is enabled");
        }
    }

    /** How bright the text of a button or a label is, of 255; its edge is left out. */
    private int brightest(Control control) {
        return brightest(screen.ask(() -> screen.painted(control)));
    }

    /** Of the beginning of its first row. */
    private int brightest(Table list) {
        return brightest(screen.ask(() -> {
            Rectangle row = list.getItem(0).getTextBounds(0);
            return screen.painted(list, new Rectangle(row.x, row.y, row.height, row.height));
        }));
    }

    private int brightest(ToolItem item) {
        return brightest(screen.ask(() -> screen.painted(item.getParent(), item.getBounds())));
    }

    private static int brightest(ImageData picture) {
        int brightest = 0;
        for (int y = picture.height / 4; y < picture.height * 3 / 4; y++) {
            for (int x = picture.width / 4; x < picture.width * 3 / 4; x++) {
                brightest = Math.max(brightest, picture.palette.getRGB(picture.getPixel(x, y)).green);
            }
        }
        return brightest;
    }

    @SuppressWarnings("restriction") // the platform lets people switch themes, and programs only like this
    private void theme(String name) {
        screen.run(() -> PlatformUI.getWorkbench()
                .getService(IThemeEngine.class)
                .setTheme("org.eclipse.e4.ui.css.theme.e4_" + name, false));
    }

    private void pictures() throws IOException {
        // What is there already keeps its fonts.
        screen.run(() ->
                Optional.ofNullable(page().findView("org.vaultsync.ui.peers")).ifPresent(page()::hideView));
        openPeers();
        maximizePeers();
        screen.awaitText("Share with a friend");
        keep("peers-empty");
        screen.click("Create Room…");
        screen.awaitText("A room is private");
        keep("room-create");
        screen.type(false, "Friday");
        screen.click("Open: whoever knows its code gets in, also from a browser");
        screen.typeAfter("Password, if it has one:", "correct horse");
        screen.awaitText("can see and change what is in it");
        keep("room-create-open");
        screen.click("Join a room with an invite");
        screen.type(true, "qk7-m3");
        screen.awaitText("this one has 5 so far");
        keep("room-join-code");
        screen.type(true, "vaultsync:AQ");
        screen.awaitText("Copy the whole line again");
        keep("room-join-damaged");
        searching();
        screen.closeDialogs();

        pairing();
        sync.withFriday().withHome();
        Tree tree = screen.find(Tree.class, "Eva's tablet");
        select(tree, 3);
        screen.awaitText("Nobody answered");
        keep("peers");
        sized(tree, 300, 200, "peers-small");
        sized(tree, 1000, 240, "peers-flat");
        sized(tree, 400, 600, "peers-narrow");
        sized(tree, 1150, 400, "peers-low");
        members(tree);
        openRoom();
        sync.withFriday().withHome();

        troubles();

        sync.put("item1", Badge.PENDING);
        sync.put("item2", Badge.SYNCING);
        sync.put("item3", Badge.SYNCED);
        sync.put("item4", Badge.ERROR);
        sync.putConflicts("item5");
        var toggles = toggles("item0", "item1", "item2", "item3", "item4", "item5");
        screen.press(toggles.getLast());
        screen.awaitText("Stop Sharing on This Device");
        keep("toggle-popup");
        screen.click("Look at Conflicts…");
        screen.awaitText("The other, by Anna's laptop");
        keep("conflicts");
        screen.closeDialogs();
        open("org.vaultsync.ui.openConflicts");
        maximize("org.vaultsync.ui.openConflicts");
        screen.awaitText("tonnage");
        keep("conflicts-view");
        close("org.vaultsync.ui.openConflicts");
        openPeers();
        maximizePeers();
        var before = List.copyOf(records.versions);
        records.tellOfMerges();
        sync.putMerges("item5");
        screen.press(toggles("item5").getFirst());
        screen.click("Look at Conflicts…");
        screen.awaitText("Before both");
        keep("conflicts-text");
        screen.choose("quirks");
        screen.awaitText("Difference 1 of 1:");
        keep("conflicts-list");
        screen.closeDialogs();
        records.versions.clear();
        records.versions.addAll(before);

        sync.put("item1", Badge.SYNCED);
        openHistory("item1");
        screen.awaitText("Changed tonnage and more, 2 fields");
        keep("history");
        screen.closeDialogs();
        pressInPeers("Deleted Items…");
        screen.awaitText("Restoring an item puts it back");
        keep("deleted");
        screen.closeDialogs();
        pressInPeers("Diagnose…");
        screen.awaitText("1 problem was found.");
        keep("diagnosis");
        screen.closeDialogs();
        open("org.vaultsync.ui.log");
        maximize("org.vaultsync.ui.log");
        screen.awaitText("34 KB sent, 2.5 MB received");
        keep("log");
        close("org.vaultsync.ui.log");
        openPeers();
        offers.put(
                ScriptedOffers.by("Dieter", "o2", "pilot", "Grace & Ada"),
                new Offer("o4", "force", "Lance", "Bob's desk & chair", true),
                ScriptedOffers.by("Anna's laptop", "o1", "unit", "Locust"),
                ScriptedOffers.by("Dieter", "o3", "unit", ""));
        screen.awaitText("3 offered");
        select(tree, -1);
        screen.choose(tree, "Browse Items…");
        screen.awaitText("4 items, 3 of them not taken");
        keep("browse");
        screen.closeDialogs();
        screen.choose(tree, "Room Settings…");
        Table types = screen.find(Table.class, "pilot");
        keep("room-settings-all");
        int disabled = brightest(types);
        Button some = screen.find(Button.class, "Only some types");
        screen.run(() -> some.setSelection(true)); // as a click does, before it tells
        screen.click("Only some types");
        screen.awaitText("Choose a type, or take all types.");
        keep("room-settings");
        if (shade.equals("dark")) {
            dimmed("a list", disabled, brightest(types));
        }
        screen.closeDialogs();
        sync.sharedHere.add("item6");
        sync.put("item6", Badge.SYNCED);
        screen.press(toggles("item6").getFirst());
        screen.click("Stop Sharing for Everybody…");
        screen.awaitText("Stop the sync of 1 item for everybody?");
        keep("stop-for-all");
        screen.closeDialogs();
        screen.start(() -> controls()
                .delete(
                        PlatformUI.getWorkbench().getWorkbenchWindows()[0].getShell(),
                        "Delete “Locust”?",
                        List.of("item6"),
                        () -> {}));
        screen.awaitText("It is shared with others.");
        keep("delete");
        screen.closeDialogs();
        tell(true);
        offers.setTaking(ScriptedSync.FRIDAY, new Taking(Incoming.ASK, Optional.empty()));
        offers.put();
        screen.awaitNoText("3 offered");
        offers.put(ScriptedOffers.by("Dieter", "o2" + shade, "unit", "Ben & Co"));
        screen.awaitText("Dieter shares “Ben & Co”. Take it?");
        keep("offer");
        screen.closeDialogs();
        tell(false);
        offers.setTaking(ScriptedSync.FRIDAY, Taking.ALL);
        preferences("preferences-types", ".types", "pilot");
        preferences("preferences-network", ".network", "be found by them");
        serverChecks();
        preferences("preferences-key", ".key", "Replace Key");
        replaceKey();
        preferences("preferences-sync", "", "Fetch files by themselves");
        sync.starting();
        preferences("preferences-sync-starting", "", "Sync is starting…");
        preferences("preferences-network-starting", ".network", "Sync is starting…");
        sync.started();
        inviteAndPause(tree);

        screen.press(toggles("item0").getFirst());
        screen.awaitText("In which room do you want to share 1 item?");
        keep("room-choice");
        screen.closeDialogs();
        screen.run(() ->
                page().setPartState(page().findViewReference("org.vaultsync.ui.peers"), IWorkbenchPage.STATE_RESTORED));
        sync.forget();
    }

    /** The view as it is in a place of a size. */
    private void sized(Tree tree, int width, int height, String name) throws IOException {
        Composite view =
                screen.ask(() -> tree.getParent().getParent().getParent().getParent());
        Point before = screen.ask(view::getSize);
        screen.run(() -> view.setSize(width, height));
        screen.awaitPainted();
        keep(name, view);
        screen.run(() -> view.setSize(before));
    }

    private void maximizePeers() {
        maximize("org.vaultsync.ui.peers");
    }

    private void maximize(String view) {
        screen.run(() -> page().setPartState(page().findViewReference(view), IWorkbenchPage.STATE_MAXIMIZED));
    }

    private void close(String view) {
        screen.run(() -> {
            page().setPartState(page().findViewReference(view), IWorkbenchPage.STATE_RESTORED);
            page().hideView(page().findView(view));
        });
    }

    private void members(Tree tree) throws IOException {
        sync.withFriday().as(Room.Standing.FOUNDER);
        select(tree, -1);
        screen.choose(tree, "Rename Room…");
        screen.awaitText("Name of the room, for everybody in it:");
        keep("rename-room");
        screen.closeDialogs();
        select(tree, 0);
        screen.choose(tree, "Remove from Room…");
        screen.awaitText("Do you want to remove Anna's laptop");
        keep("remove-member");
        screen.closeDialogs();
        tell(true);
        sync.withReplacedKey();
        screen.awaitText("Frank: The device at 192.168.1.7:8765 is not the one that was expected");
        keep("key-replaced-notice");
        tell(false);
        screen.closeDialogs();
        select(tree, 4);
        screen.awaitText("If that device was set up anew or its key was replaced");
        keep("peers-key-replaced");
    }

    /** Selects a member of the first room, or with -1 the room. */
    private void select(Tree tree, int member) {
        screen.run(() -> {
            TreeItem room = tree.getItem(0);
            tree.setSelection(member < 0 ? room : room.getItem(member));
            tree.notifyListeners(SWT.Selection, new Event());
        });
    }

    private void openRoom() throws IOException {
        sync.forget();
        sync.put(ScriptedSync.openRoom("Game table & friends", true, ScriptedSync.annaAndABrowser(), Set.of()));
        Tree tree = screen.find(Tree.class, "Game table");
        select(tree, -1);
        screen.awaitText("Signaling server wss://meet.example:4444: It is connected.");
        keep("peers-open-room");
        screen.choose(tree, "Show Code…");
        screen.awaitText("QK7-M3X @ wss://meet.example:4444");
        keep("room-code");
        screen.closeDialogs();
        sync.put(
                ScriptedSync.openRoom("Game table & friends", true, List.of(), Set.of(OpenRoom.Notice.OTHER_PASSWORD)));
        screen.awaitText("Other password");
        select(tree, -1);
        screen.awaitText("Somebody is there with another password.");
        keep("peers-open-room-password");
        sync.forget();
    }

    /** What is said as long as a picture is searched: no job runs meanwhile. */
    private void searching() throws IOException {
        screen.copy(new ImageData(40, 30, 24, new PaletteData(0xff0000, 0xff00, 0xff)), ImageTransfer.getInstance());
        Job.getJobManager().suspend();
        try {
            screen.click("From Clipboard");
            screen.awaitText("Searching the picture for a QR code…");
            keep("room-searching");
        } finally {
            Job.getJobManager().resume();
        }
        screen.awaitNoText("Searching the picture for a QR code…");
        keep("room-no-code");
        screen.copy(
                QrPicture.of(ScriptedSync.inviteBy(ScriptedSync.ANNA).line(), ScriptedSync.openLine()),
                ImageTransfer.getInstance());
        screen.click("From Clipboard");
        screen.awaitText("Several invites were found.");
        keep("room-several-invites");
        screen.click("Cancel");
        screen.awaitNoText("Several invites were found.");
        screen.click("From Screen");
        screen.awaitText("No fitting QR code was found on the screen.");
        keep("room-region");
        screen.run(screen.find(Shell.class, "Where Is the QR Code?")::close);
    }

    private void pairing() throws IOException {
        pairing.nearby = List.of(new Neighbour("1", "Anna's laptop"), new Neighbour("2", "Tablet"));
        screen.click("Join with Invite…");
        screen.awaitText("Paste the line");
        keep("pairing-join");
        screen.click("Device Nearby…");
        screen.awaitText("Pair with a device nearby");
        keep("pairing-nearby");
        screen.closeDialogs();
        sync.withFriday();
        pairing.typed = List.of("laptop.tailnet.example:8765", "192.0.2.7");
        Tree tree = screen.find(Tree.class, "Anna");
        select(tree, 0);
        screen.choose(tree, "Addresses…");
        screen.awaitText("Where “Anna's laptop” is dialled");
        keep("pairing-addresses");
        screen.closeDialogs();
        select(tree, 2);
        screen.choose(tree, "Link by Hand…");
        screen.awaitText(ScriptedByHand.OFFER);
        keep("by-hand");
        screen.closeDialogs();
        pairing.encounters =
                List.of(new Encounter("at-" + shade, "Anna's laptop", ScriptedSync.ANNA, "123 456", false, false));
        sync.tellRooms();
        screen.click("Answer…");
        screen.awaitText("123 456");
        keep("pairing-code");
        screen.closeDialogs();
        pairing.encounters = List.of();
        pairing.requests =
                List.of(new JoinRequest("of-" + shade, ScriptedSync.FRIDAY, "Work laptop", ScriptedSync.ANNA));
        tell(true);
        sync.tellRooms();
        screen.find(Link.class, "Answer…");
        keep("pairing-notice");
        tell(false);
        screen.follow("Answer…");
        screen.awaitText("A device named “Work laptop” wants into");
        keep("pairing-request");
        screen.click("Refuse");
        screen.awaitNoText("A device named “Work laptop” wants into");
        sync.forget();
        screen.awaitText("Share with a friend");
    }

    private void serverChecks() throws IOException {
        pairing.meet(new Meeting(
                List.of(),
                List.of(
                        IceServer.parse("stun:stun.example.org:3478"),
                        IceServer.parse("turn:turn.example.org:3478 ann secret"),
                        IceServer.parse("turn:wrong.example.org:3478?transport=tcp ann secret"),
                        IceServer.parse("stun:mute.example.org:3478")),
                false));
        screen.start(() -> PreferencesUtil.createPreferenceDialogOn(
                        PlatformUI.getWorkbench().getWorkbenchWindows()[0].getShell(),
                        "org.vaultsync.ui.preferences.network",
                        null,
                        null)
                .open());
        screen.awaitText("be found by them");
        reveal(screen.find(Label.class, "over the proxy of this application"));
        keep("preferences-network-proxies");
        reveal(screen.find(StyledText.class, "ws://"));
        keep("preferences-network-served");
        screen.click("Test STUN and TURN Servers…");
        screen.awaitText("It does not accept the user and the password.");
        keep("server-check");
        screen.closeDialogs();
        pairing.meet(Meeting.USUAL);
    }

    /** Brings it onto the screen. */
    private void reveal(Control control) {
        screen.run(() -> {
            Composite above = control.getParent();
            while (!(above instanceof ScrolledComposite)) {
                above = above.getParent();
            }
            ((ScrolledComposite) above).showControl(control);
        });
    }

    private void preferences(String name, String page, String text) throws IOException {
        String id = "org.vaultsync.ui.preferences" + page;
        screen.start(() -> PreferencesUtil.createPreferenceDialogOn(
                        PlatformUI.getWorkbench().getWorkbenchWindows()[0].getShell(), id, null, null)
                .open());
        screen.awaitText(text);
        keep(name);
        screen.closeDialogs();
    }

    private void replaceKey() throws IOException {
        screen.start(() -> PreferencesUtil.createPreferenceDialogOn(
                        PlatformUI.getWorkbench().getWorkbenchWindows()[0].getShell(),
                        "org.vaultsync.ui.preferences.key",
                        null,
                        null)
                .open());
        screen.click("Replace Key…");
        screen.awaitText("A new key makes this a new device to everybody else.");
        keep("replace-key");
        screen.click("Cancel");
        screen.awaitNoText("A new key makes this a new device to everybody else.");
        screen.closeDialogs();
    }

    /** Whether the picture of the first room, which is selected, is told from its ground. */
    private void standsOut(Tree tree) {
        screen.awaitRepainted();
        screen.run(() -> {
            Rectangle picture = tree.getItem(0).getImageBounds(0);
            ImageData seen = screen.painted(tree, picture);
            double ground = luminance(screen.painted(tree, new Rectangle(picture.x - 1, picture.y, 1, 1)), 0, 0);
            double best = 1;
            for (int y = 0; y < seen.height; y++) {
                for (int x = 0; x < seen.width; x++) {
                    double other = luminance(seen, x, y);
                    best = Math.max(best, (Math.max(ground, other) + 0.05) / (Math.min(ground, other) + 0.05));
                }
            }
            if (best < LEAST_CONTRAST) {
                complaints.add("the picture of a selected room: " + best + ", " + shade);
            }
        });
    }

    /** As the guidelines for accessible web pages have it. */
    private static double luminance(ImageData picture, int x, int y) {
        RGB colour = picture.palette.getRGB(picture.getPixel(x, y));
        return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
    }

    private static double linear(int part) {
        double of = part / 255.0;
        return of <= 0.03928 ? of / 12.92 : Math.pow((of + 0.055) / 1.055, 2.4);
    }

    private void inviteAndPause(Tree tree) throws IOException {
        maximizePeers();
        select(tree, -1);
        standsOut(tree);
        screen.choose(tree, "Invite…");
        screen.awaitText("Invite somebody to");
        keep("invite");
        screen.closeDialogs();
        screen.choose(tree, "Leave Room…");
        screen.awaitText("Do you want to leave");
        keep("leave");
        screen.closeDialogs();
        menu(tree, screen.ask(() -> tree.getItem(0)), "menu-of-room");
        menu(tree, screen.ask(() -> tree.getItem(0).getItem(1)), "menu-of-peer");
        sync.withPausedMembers();
        screen.awaitText("Paused");
        keep("peers-paused");
        sync.withFriday();
    }

    /** The context menu as it opens. */
    private void menu(Tree tree, TreeItem row, String name) throws IOException {
        screen.run(() -> {
            tree.setSelection(row);
            tree.notifyListeners(SWT.Selection, new Event());
            tree.getMenu().setLocation(tree.toDisplay(200, 60));
            tree.getMenu().setVisible(true);
        });
        screen.awaitPainted();
        keep(name);
        screen.run(() -> legible.complaints(tree.getMenu())
                .forEach(complaint -> complaints.add(name + "-" + shade + ": " + complaint)));
        screen.run(() -> tree.getMenu().setVisible(false));
    }

    private void troubles() throws IOException {
        Trouble port = new Trouble(Trouble.Kind.PORT_TAKEN, List.of("8765", "40123"), "");
        Trouble clock = new Trouble(Trouble.Kind.CLOCK_BEHIND, List.of("18000"), "");
        Trouble vault = new Trouble(Trouble.Kind.VAULT_UNWRITABLE, List.of("The disk is write-protected."), "");
        sync.troubles = List.of(port);
        sync.withFriday();
        screen.awaitText("Another program has port 8765");
        keep("peers-trouble");
        Trouble servers = new Trouble(Trouble.Kind.SIGNALING_UNREACHABLE, List.of("wss://gone.example:4444"), "");
        sync.troubles = List.of(port, servers);
        sync.withFriday();
        screen.awaitText("No signaling server is reached");
        keep("peers-troubles");
        records.found = List.of(
                new Finding(Area.VAULT, Weight.PROBLEM, Optional.empty(), "", "", Optional.of(vault)),
                new Finding(Area.NETWORK, Weight.NOTE, Optional.empty(), "", "", Optional.of(port)),
                new Finding(Area.CLOCK, Weight.NOTE, Optional.of(ScriptedSync.ANNA), "", "", Optional.of(clock)));
        pressInPeers("Diagnose…");
        screen.awaitText("Its clock is 5 hours behind");
        keep("diagnosis-troubles");
        screen.closeDialogs();
        records.found = List.of();
        sync.troubles = List.of();
        sync.withFriday();
        screen.awaitNoText("Another program has port 8765");
    }

    private void keep(String name) throws IOException {
        keep(
                name,
                screen.ask(
                        () -> PlatformUI.getWorkbench().getWorkbenchWindows()[0].getShell()));
    }

    /** @param place what the guide shows where there is no dialog */
    private void keep(String name, Control place) throws IOException {
        screen.awaitRepainted();
        screen.keepPicture(name + "-" + shade);
        if (!shade.equals("large")) {
            screen.keepPictureOfDialog("guide/" + name + "-" + shade, place);
        }
        screen.run(() -> legible.complaints(PlatformUI.getWorkbench().getDisplay())
                .forEach(complaint -> complaints.add(name + "-" + shade + ": " + complaint)));
        screen.run(() -> complaints.addAll(Stream.of(
                        PlatformUI.getWorkbench().getDisplay().getShells())
                .filter(shell -> shell.isVisible()
                        && shell.getData() instanceof TitleAreaDialog dialog
                        && dialog.getClass().getName().startsWith("org.vaultsync."))
                .filter(shell -> Optional.ofNullable(shell.getData("org.eclipse.ui.help"))
                        .map(id -> HelpSystem.getContext((String) id))
                        .isEmpty())
                .map(shell -> name + ": F1 says nothing")
                .toList()));
    }
}
