// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.core.commands.common.CommandException;
import org.eclipse.core.runtime.Adapters;
import org.eclipse.core.runtime.Platform;
import org.eclipse.help.HelpSystem;
import org.eclipse.help.IContext;
import org.eclipse.help.IHelpResource;
import org.eclipse.help.IIndexEntry;
import org.eclipse.help.IToc;
import org.eclipse.help.ITopic;
import org.eclipse.help.internal.HelpPlugin;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.commands.ICommandService;
import org.eclipse.ui.forms.widgets.Hyperlink;
import org.eclipse.ui.handlers.IHandlerService;
import org.eclipse.ui.internal.help.WorkbenchHelpSystem;
import org.junit.jupiter.api.Test;
import org.vaultsync.Badge;
import org.vaultsync.ui.ItemReference;

/** The help as a host shows it that ships the help of the platform, as Hangar does. */
class HelpTest extends ViewsTest {
    private static final String DOC = "/org.vaultsync.doc/";
    private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^\"]+)\"");

    private final HttpClient browser = HttpClient.newHttpClient();
    private final Map<URI, String> pages = new HashMap<>(); // test thread

    @Test
    void f1SaysWhatAViewIsFor() throws IOException {
        sync.withFriday();
        openPeers();
        Tree tree = screen.find(Tree.class, "Anna's laptop");
        f1(tree);
        screen.awaitText("Your device, the rooms that it is in");
        screen.awaitPainted();
        screen.keepPicture("context-help");
        open("org.vaultsync.ui.log");
        f1(screen.find(Table.class, ""));
        screen.awaitText("What sync did: tries, links, refusals");
        screen.run(() -> page().hideView(page().findView("org.vaultsync.ui.log")));
        closeHelp();
    }

    @Test
    @SuppressWarnings("restriction") // which help a workbench has is for the product alone to say
    void f1OpensAWindowWhereTheHostHasNoHelp() throws IOException {
        WorkbenchHelpSystem help = WorkbenchHelpSystem.getInstance();
        screen.run(() -> help.setDesiredHelpSystemId("none"));
        try {
            openPeers();
            screen.awaitText("Share with a friend");
            f1(screen.find(Button.class, "Create Room…"));
            screen.await("the window", screen::dialogOpen);
            screen.awaitText("Your device, the rooms that it is in");
            screen.awaitPainted();
            screen.keepPicture("context-help-window");
        } finally {
            screen.run(() -> help.setDesiredHelpSystemId(null));
        }
    }

    @Test
    void f1OpensTheHelpOfADialogBesideIt() throws IOException {
        openPeers();
        screen.click("Create Room…");
        screen.awaitText("A room is private");
        f1(screen.find(Text.class, ""));
        screen.awaitText("A private room lets in only devices that somebody in it invites");
        screen.awaitText("The first room in a minute");
        screen.awaitPainted();
        screen.keepPicture("context-help-dialog");
    }

    @Test
    void everyContextHasATextAndPagesThatAreThere() throws IOException, InterruptedException {
        List<String> contexts = Pattern.compile("<context id=\"([^\"]+)\"")
                .matcher(entry("org.vaultsync.ui", "help/contexts.xml"))
                .results()
                .map(context -> context.group(1))
                .toList();
        for (String id : contexts) {
            IContext context = HelpSystem.getContext("org.vaultsync.ui." + id);
            assertNotNull(context, id);
            assertTrue(context.getText().length() > 20, id);
            assertTrue(context.getRelatedTopics().length > 0, id);
            for (IHelpResource topic : context.getRelatedTopics()) {
                follow(topic);
            }
        }
        assertTrue(contexts.size() > 10, contexts::toString);
    }

    @Test
    void everyTopicAndEveryLinkLeadsToAPage() throws IOException, InterruptedException {
        IToc ours = Arrays.stream(HelpSystem.getTocs())
                .filter(toc -> toc.getHref().startsWith(DOC))
                .findFirst()
                .orElseThrow();
        List<ITopic> topics =
                Arrays.stream(ours.getTopics()).flatMap(HelpTest::withSubtopics).toList();
        for (ITopic topic : topics) {
            follow(topic);
        }
        for (IIndexEntry entry : HelpSystem.getIndex().getEntries()) {
            for (IHelpResource topic : entry.getTopics()) {
                assertTrue(topics.stream().anyMatch(one -> one.getLabel().equals(topic.getLabel())), topic::getLabel);
                follow(topic);
            }
        }
        assertTrue(topics.size() > 20, "so few topics: " + topics.size());
        assertTrue(pages.size() > 3, () -> "so few pages: " + pages.keySet());
        String guide = pages.entrySet().stream()
                .filter(page -> page.getKey().getPath().endsWith("user-guide.html"))
                .findFirst()
                .orElseThrow()
                .getValue();
        assertTrue(guide.contains("<td>At least one other device"), guide);
    }

    @Test
    @SuppressWarnings("restriction") // an application has one language, and this one has English
    void whatPeopleReadIsThereInGermanToo() throws IOException {
        Map<String, String> labels = new HashMap<>(); // by address
        Arrays.stream(HelpPlugin.getTocManager().getTocs("de"))
                .filter(toc -> toc.getHref().startsWith(DOC))
                .flatMap(toc -> Arrays.stream(toc.getTopics()))
                .flatMap(HelpTest::withSubtopics)
                .forEach(topic -> labels.put(topic.getHref(), topic.getLabel()));
        for (String address : labels.keySet()) {
            String[] place = address.split("#");
            assertTrue(place.length == 1 || german(place[0]).contains("id=\"" + place[1] + "\""), address);
        }
        assertTrue(labels.size() > 20, labels::toString);
        for (String page : List.of("user-guide", "troubleshooting")) {
            assertTrue(german(DOC + "pages/" + page + ".html").contains("<html lang=\"de\">"), page);
        }
        Pattern.compile("title=\"([^\"]+)\" href=\"([^\"]+)\"")
                .matcher(entry("org.vaultsync.doc", "nl/de/index.xml"))
                .results()
                .forEach(topic -> assertEquals(labels.get(DOC + topic.group(2)), topic.group(1)));
    }

    private static String german(String page) throws IOException {
        try (InputStream in = HelpSystem.getHelpContent(page, "de")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void theContentsAreAPageOfTheirOwn() throws IOException, InterruptedException {
        URI home =
                address(DOC + "pages/user-guide.html").resolve("/help/index.jsp?topic=" + DOC + "pages/security.html");
        String contents = load(home);
        assertTrue(contents.contains("src=\"nftopic" + DOC + "pages/security.html\""), contents);
        assertTrue(contents.contains(">What the badge says</a>"), contents);
        for (URI link : links(home, contents)) {
            follow(link);
        }
    }

    @Test
    void onlyThisMachineByItsNumberIsGivenPages() throws IOException {
        URI page = address(DOC + "pages/security.html");
        assertEquals("127.0.0.1", page.getHost());
        assertTrue(answer(page, "127.0.0.1:" + page.getPort()).startsWith("HTTP/1.1 200 "));
        assertTrue(answer(page, "elsewhere.example:" + page.getPort()).startsWith("HTTP/1.1 404 "));
    }

    @Test
    void theSearchFindsASentenceOfTheGuide() throws IOException {
        screen.run(() -> page().getWorkbenchWindow().getShell().forceActive());
        screen.start(() -> PlatformUI.getWorkbench().getHelpSystem().search("fingerprint"));
        screen.awaitText("User guide");
        screen.awaitPainted();
        screen.keepPicture("help-search");
        closeHelp();
    }

    @Test
    void theCheatSheetSharesAnItem() throws IOException {
        sync.withFriday();
        screen.run(() -> page().getWorkbenchWindow().getShell().forceActive());
        openCheatSheet("org.vaultsync.doc.firstItem");
        screen.awaitText("Share one item with a friend");
        press("Click to Begin");
        screen.awaitText("so that its editor is in front");
        screen.awaitPainted();
        screen.keepPicture("cheat-sheet");
        press("Click when complete");
        screen.awaitText("It asks for a room if you are in none");
        press("Click to perform");
        screen.awaitText("Open an item, or select one, and try again.");
        screen.closeDialogs();
        String item = openFirstItem();
        press("Click to redo");
        screen.await("the item to be shared", () -> sync.calls.stream().anyMatch(call -> call.contains(item)));
        press("Click when complete");
        screen.awaitText("one line that lets one device in, once");
        press("Click to perform");
        screen.await("the view of the peers", () -> page().findView("org.vaultsync.ui.peers") != null);
        screen.awaitText("pastes the line. Both devices have to be on.");
        press("Click to perform");
        screen.awaitText("Paste the line");
        screen.closeDialogs();
        press("Click when complete");
        screen.awaitText("The badge of the item turns green");
        press("Click when complete");
        screen.awaitText("Edit the item on either device");
        press("Click when complete");
        screen.run(() -> page().hideView(page().findView("org.eclipse.ui.cheatsheets.views.CheatSheetView")));
        sync.put(item, Badge.NOT_SHARED);
    }

    /** Asks for help as F1 does where a control has the focus. */
    private void f1(Control focused) {
        screen.start(() -> {
            focused.getShell().forceActive();
            focused.setFocus();
            Control asked = focused;
            while (!asked.isListening(SWT.Help)) {
                asked = asked.getParent();
            }
            asked.notifyListeners(SWT.Help, new Event());
        });
    }

    private void closeHelp() {
        screen.run(() -> page().hideView(page().findView("org.eclipse.help.ui.HelpView")));
    }

    /** Presses a link of a form that can be seen. */
    private void press(String link) {
        Hyperlink found = screen.find(Hyperlink.class, link);
        screen.start(() -> {
            Event enter = new Event();
            enter.character = SWT.CR;
            found.notifyListeners(SWT.KeyDown, enter);
        });
    }

    private void openCheatSheet(String id) {
        screen.start(() -> {
            try {
                ICommandService commands = PlatformUI.getWorkbench().getService(ICommandService.class);
                PlatformUI.getWorkbench()
                        .getService(IHandlerService.class)
                        .executeCommand(
                                commands.deserialize(
                                        "org.eclipse.ui.cheatsheets.openCheatSheet(cheatSheetId=" + id + ")"),
                                null);
            } catch (CommandException broken) {
                throw new AssertionError(broken);
            }
        });
    }

    /** The id of the first unit, whose editor is opened. */
    private String openFirstItem() {
        Tree tree = screen.find(Tree.class, "Units");
        return screen.ask(() -> {
            TreeItem unit = tree.getItem(0).getItem(0);
            Event event = new Event();
            event.item = unit;
            tree.setSelection(unit);
            tree.notifyListeners(SWT.DefaultSelection, event);
            return Adapters.adapt(unit.getData(), ItemReference.class).itemId();
        });
    }

    private static String entry(String bundle, String path) throws IOException {
        try (InputStream in = Platform.getBundle(bundle).getEntry(path).openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Stream<ITopic> withSubtopics(ITopic topic) {
        return Stream.concat(
                Stream.of(topic), Arrays.stream(topic.getSubtopics()).flatMap(HelpTest::withSubtopics));
    }

    private void follow(IHelpResource topic) throws IOException, InterruptedException {
        follow(address(topic.getHref()));
    }

    /** Where a browser finds a page of the help, and the server for it, started. */
    private URI address(String href) {
        return URI.create(screen.ask(() ->
                PlatformUI.getWorkbench().getHelpSystem().resolve(href, true).toString()));
    }

    /** Makes sure that there is a page, and on it the place that the link names, and that its own links are good. */
    private void follow(URI link) throws IOException, InterruptedException {
        URI page = URI.create(link.toString().replaceFirst("#.*", ""));
        if (!pages.containsKey(page)) {
            pages.put(page, load(page));
            if (page.getPath().endsWith(".html")) {
                for (URI next : links(page, pages.get(page))) {
                    follow(next);
                }
            }
        }
        assertTrue(
                link.getFragment() == null || pages.get(page).contains("id=\"" + link.getFragment() + "\""),
                link::toString);
    }

    private String load(URI page) throws IOException, InterruptedException {
        HttpResponse<String> answer = browser.send(
                HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        assertEquals(200, answer.statusCode(), page::toString);
        return answer.body();
    }

    /** The links of a page that lead to others of the same server. */
    private static List<URI> links(URI page, String text) {
        return LINK.matcher(text)
                .results()
                .map(link -> page.resolve(link.group(1).replace("&amp;", "&")))
                .filter(link -> page.getAuthority().equals(link.getAuthority()))
                .toList();
    }

    /** What the server says to a client that believes it to have some name. */
    private static String answer(URI page, String name) throws IOException {
        try (Socket socket = new Socket(page.getHost(), page.getPort())) {
            String request = "GET " + page.getPath() + " HTTP/1.1\r\nHost: " + name + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
