// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eclipse.jface.preference.PreferenceManager;
import org.eclipse.jface.preference.PreferenceNode;
import org.eclipse.jface.preference.PreferencePage;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Spinner;
import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.dialogs.PreferencesUtil;
import org.junit.jupiter.api.Test;
import org.vaultsync.IceServer;
import org.vaultsync.Listening;
import org.vaultsync.Meeting;

/** The pages about the network and the key. */
class NetworkPageTest extends ViewsTest {
    private void open(String page, String text) {
        screen.start(() -> PreferencesUtil.createPreferenceDialogOn(
                        PlatformUI.getWorkbench().getWorkbenchWindows()[0].getShell(),
                        "org.vaultsync.ui.preferences." + page,
                        null,
                        null)
                .open());
        screen.awaitText(text);
    }

    private <T extends Control> T behind(Class<T> kind, String label) {
        Label before = screen.find(Label.class, label);
        return screen.ask(() -> {
            List<Control> all = Arrays.asList(before.getParent().getChildren());
            return kind.cast(all.get(all.indexOf(before) + 1));
        });
    }

    private void tick(String text, boolean on) {
        Button check = screen.find(Button.class, text);
        screen.run(() -> check.setSelection(on));
    }

    private void canBeApplied(boolean whether) {
        Button apply = screen.find(Button.class, "Apply and Close");
        screen.await(whether ? "a way to apply it" : "no way to apply it", () -> apply.isEnabled() == whether);
    }

    @Test
    void switchesTransportsOffAndOn() {
        String webrtc = "Reach others in other networks, and browsers (WebRTC)";
        open("network", webrtc);
        tick(webrtc, false);
        screen.click("Apply and Close");
        screen.await("it to be off", () -> pairing.calls.contains("switch off [webrtc]"));
        open("network", webrtc);
        Button box = screen.find(Button.class, webrtc);
        assertFalse(screen.ask(box::getSelection));
        tick(webrtc, true);
        screen.click("Apply and Close");
        screen.await("it to be on", () -> pairing.calls.contains("switch off []"));
    }

    @Test
    void setsHowThisDeviceIsReached() {
        open("network", "be found by them");
        tick("Ask me before a device with an invite is let in", true);
        tick("Find members of my rooms on the local network, and be found by them", false);
        Spinner port = behind(Spinner.class, "Port (0 for any; another one if it is taken):");
        Text bind = behind(Text.class, "Listen on these addresses:");
        Spinner connections = behind(Spinner.class, "Most connections open from one address:");
        Spinner attempts = behind(Spinner.class, "Most connections from one address in a minute:");
        Spinner handshake = behind(Spinner.class, "Seconds for a caller to prove who it is:");
        Text servers = behind(Text.class, "Signaling servers, one a line:");
        Text ice = behind(Text.class, "STUN and TURN servers, one a line:");
        screen.run(() -> {
            port.setSelection(9000);
            bind.setText("192.168.1.20, ::1");
            connections.setSelection(10);
            attempts.setSelection(100);
            handshake.setSelection(7);
            servers.setText("wss://one.example:4444\nws://10.0.0.1:4444");
            ice.setText("stun:one.example:3478\nturn:one.example:3478 ann secret");
        });
        tick("Only over TURN servers, which hide my address", true);
        tick("Run a signaling server on this device", false);
        canBeApplied(true);
        screen.click("Apply and Close");
        awaitSignaling();
        assertTrue(pairing.asks);
        assertEquals(
                new Listening(false, 9000, List.of("192.168.1.20", "::1"), 10, 100, Duration.ofSeconds(7)),
                pairing.listening);
        assertEquals(
                new Meeting(
                        List.of("wss://one.example:4444", "ws://10.0.0.1:4444"),
                        List.of(
                                IceServer.parse("stun:one.example:3478"),
                                IceServer.parse("turn:one.example:3478 ann secret")),
                        true),
                pairing.meeting());
    }

    /** It is told last. */
    private void awaitSignaling() {
        screen.await("no signaling server", () -> pairing.calls.contains("signaling " + Optional.empty()));
    }

    @Test
    void saysWhatIsWrongAsItIsTyped() {
        open("network", "be found by them");
        Text bind = behind(Text.class, "Listen on these addresses:");
        for (String wrong : List.of("printer", "192.168.1", "192.168.1.256", "1.2.3.4.5", "fe80:::1")) {
            screen.run(() -> bind.setText("192.168.1.20, " + wrong));
            screen.awaitText("“" + wrong + "” is no address in digits");
            canBeApplied(false);
        }
        screen.run(() -> bind.setText("0.0.0.0,  ::"));
        screen.awaitNoText("is no address in digits");
        canBeApplied(true);
        Text servers = behind(Text.class, "Signaling servers, one a line:");
        Text ice = behind(Text.class, "STUN and TURN servers, one a line:");
        saysOf(servers, "http://one.example", "“http://one.example” is not the address of a signaling server");
        saysOf(ice, "turn:one.example:3478", "A TURN server takes a user and a password");
        saysOf(ice, "one.example", "“one.example” is not the address of a STUN or TURN server");
        saysOf(
                servers,
                IntStream.rangeClosed(1, 17)
                        .mapToObj(i -> "wss://s" + i + ".example")
                        .collect(Collectors.joining("\n")),
                "At most 16 servers of a kind are used.");
        Button relays = screen.find(Button.class, "Only over TURN servers, which hide my address");
        screen.run(() -> {
            relays.setSelection(true);
            relays.notifyListeners(SWT.Selection, new Event());
        });
        screen.awaitText("To use relays only, name a TURN server.");
        canBeApplied(false);
        screen.click("Cancel");
        screen.await("the page to close", () -> !screen.dialogOpen());
        assertEquals(Listening.USUAL, pairing.listening);
        assertEquals(Meeting.USUAL, pairing.meeting());
    }

    /** Types something wrong after something right, and takes it out again. */
    private void saysOf(Text lines, String wrong, String sentence) {
        screen.run(() -> lines.setText(wrong));
        screen.awaitText(sentence);
        canBeApplied(false);
        screen.run(() -> lines.setText(""));
        screen.awaitNoText(sentence);
        canBeApplied(true);
    }

    @Test
    void saysWhichProxyIsUsedWhereTheApplicationHasNoPageForIt() {
        open("network", "be found by them");
        screen.awaitText("over the proxy of this application, or else of Java (https.proxyHost)");
    }

    @Test
    void leadsToThePlatformsPageOfProxies() {
        PreferenceManager pages = PlatformUI.getWorkbench().getPreferenceManager();
        PreferenceNode proxies =
                new PreferenceNode(
                        "org.eclipse.ui.net.NetPreferences", "Network Connections", null, ProxyPage.class.getName()) {
                    @Override
                    public void createPage() {
                        setPage(new ProxyPage());
                    }
                };
        screen.run(() -> pages.addToRoot(proxies));
        try {
            open("network", "over the proxy that is set under <a>Network Connections</a>.");
            screen.follow("over the proxy that is set under");
            screen.awaitText("All of the platform's proxies");
            screen.awaitNoText("be found by them");
        } finally {
            screen.closeDialogs();
            screen.run(() -> pages.remove(proxies));
        }
    }

    /** In place of that of org.eclipse.ui.net. */
    private static final class ProxyPage extends PreferencePage {
        ProxyPage() {
            super("Network Connections");
        }

        @Override
        protected Control createContents(Composite parent) {
            Label said = new Label(parent, SWT.NONE);
            said.setText("All of the platform's proxies");
            return said;
        }
    }

    /** As a person who looks for it types it into the field above the pages. */
    @Test
    void isFoundByTheWordProxy() {
        open("key", "Others see the same digits");
        Text filter = screen.ask(() -> screen.all(Text.class)
                .filter(text -> (text.getStyle() & SWT.SEARCH) != 0)
                .findFirst()
                .orElseThrow());
        screen.run(() -> filter.setText("proxy"));
        Tree pages = screen.find(Tree.class, "Network");
        screen.await(
                "only what is about proxies",
                () -> pages.getItemCount() == 1
                        && pages.getItem(0).getText().equals("Sync")
                        && Arrays.stream(pages.getItem(0).getItems())
                                .map(TreeItem::getText)
                                .toList()
                                .equals(List.of("Network")));
    }

    @Test
    void goesBackToWhatIsUsual() {
        pairing.asks = true;
        pairing.listening = new Listening(false, 9000, List.of("10.0.0.1"), 10, 100, Duration.ofSeconds(7));
        pairing.meet(new Meeting(List.of("wss://one.example:4444"), List.of(), false));
        open("network", "be found by them");
        screen.click("Restore Defaults");
        screen.click("Apply and Close");
        awaitSignaling();
        assertFalse(pairing.asks);
        assertEquals(Listening.USUAL, pairing.listening);
        assertEquals(Meeting.USUAL, pairing.meeting());
    }

    @Test
    void whatWasNotKnownWhenItOpenedIsNotSet() {
        sync.starting();
        open("network", "Sync is starting…");
        screen.awaitText("Sync is not running.");
        Button ask = screen.find(Button.class, "Ask me before a device with an invite is let in");
        Button webrtc = screen.find(Button.class, "Reach others in other networks, and browsers (WebRTC)");
        assertFalse(screen.ask(ask::isEnabled));
        assertFalse(screen.ask(webrtc::isEnabled));
        assertFalse(screen.ask(() -> screen.all(Spinner.class).anyMatch(Spinner::isEnabled)));
        Listening closed = new Listening(false, 9000, List.of("10.0.0.1"), 10, 100, Duration.ofSeconds(7));
        Meeting relayed = new Meeting(List.of(), List.of(IceServer.parse("turn:one.example:3478 ann secret")), true);
        pairing.asks = true;
        pairing.off = Set.of("webrtc");
        pairing.listening = closed;
        pairing.meet(relayed);
        pairing.signaling = Optional.empty();
        sync.started();
        screen.click("Restore Defaults");
        screen.click("Apply and Close");
        screen.await("the page to close", () -> !screen.dialogOpen());
        assertTrue(pairing.asks);
        assertEquals(Set.of("webrtc"), pairing.off);
        assertEquals(closed, pairing.listening);
        assertEquals(relayed, pairing.meeting());
        assertEquals(List.of(), pairing.calls);
    }

    @Test
    void setsNothingButWhatThePersonChanges() {
        open("network", "be found by them");
        Listening closed = new Listening(false, 9000, List.of("10.0.0.1"), 10, 100, Duration.ofSeconds(7));
        pairing.asks = true; // in another window
        pairing.listening = closed;
        pairing.off = Set.of("later");
        tick("Reach others in other networks, and browsers (WebRTC)", false);
        screen.click("Apply and Close");
        screen.await("the page to close", () -> !screen.dialogOpen());
        assertTrue(pairing.asks);
        assertEquals(closed, pairing.listening);
        assertEquals(List.of("switch off [later, webrtc]"), pairing.calls);
    }

    @Test
    void replacesTheKeyAfterAQuestion() {
        sync.withFriday();
        open("key", "Others see the same digits");
        screen.click("Replace Key…");
        screen.awaitText("Replace Key");
        screen.click("Cancel");
        screen.click("Replace Key…");
        screen.click("Replace Key");
        screen.await("a new key", () -> pairing.calls.equals(List.of("rotate")));
    }
}
