// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.preferences;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.preference.PreferenceManager;
import org.eclipse.jface.preference.PreferencePage;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Group;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Spinner;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.IWorkbench;
import org.eclipse.ui.IWorkbenchPreferencePage;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.dialogs.PreferenceLinkArea;
import org.eclipse.ui.preferences.IWorkbenchPreferenceContainer;
import org.vaultsync.DeviceSettings;
import org.vaultsync.IceServer;
import org.vaultsync.Listening;
import org.vaultsync.Meeting;
import org.vaultsync.Pairing;
import org.vaultsync.ServerChecks;
import org.vaultsync.ui.dialogs.ContextHelp;
import org.vaultsync.ui.dialogs.Fields;
import org.vaultsync.ui.dialogs.ValueText;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.rooms.Rooms;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;
import org.vaultsync.ui.text.Said;
import org.vaultsync.ui.text.Sentences;

/** Who gets in, whether this device is found, how it listens, and whether it serves others. */
public final class NetworkPage extends PreferencePage implements IWorkbenchPreferencePage {
    private static final int USUAL_SIGNALING_PORT = 4444;
    private static final int WIDEST_NUMBER = 150;
    /** Of org.eclipse.ui.net, which not every application has. */
    private static final String PLATFORM_PROXIES = "org.eclipse.ui.net.NetPreferences";

    private static final Pattern IPV4 =
            Pattern.compile("(25[0-5]|2[0-4]\\d|1?\\d?\\d)([.](25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}");

    private final LiveSync live = LiveSync.ofWorkbench();
    // All of these: UI thread
    private Label complaint;
    private Button ask;
    private Button discovery;
    private Spinner port;
    private Text bind;
    private Spinner connections;
    private Spinner attempts;
    private Spinner handshake;
    private Text meetAt;
    private Text ice;
    private Button checkSignaling;
    private Button checkIce;
    private Button relayOnly;
    private final Map<String, Button> transports = new TreeMap<>(); // by their kind
    private Button serve;
    private Spinner servedPort;
    private Shown shown; // at first

    /** What the page shows. What differs from it in the end was changed by the person, and nothing else is set. */
    private record Shown(
            boolean asks, Listening listening, Meeting meeting, Set<String> off, Optional<Integer> signaling) {}

    @Override
    public void init(IWorkbench workbench) {
        noDefaultAndApplyButton();
    }

    @Override
    protected void contributeButtons(Composite bar) {
        RestoreDefaults.button(bar, this::restoreDefaults);
    }

    private void restoreDefaults() {
        if (ask.isEnabled()) {
            ask.setSelection(false);
            transports.values().forEach(on -> on.setSelection(true));
            show(Listening.USUAL);
            show(Meeting.USUAL);
            serve.setSelection(false);
            servedPort.setSelection(USUAL_SIGNALING_PORT);
            check();
        }
    }

    @Override
    protected Control createContents(Composite parent) {
        Composite area = new Composite(parent, SWT.NONE);
        ContextHelp.on(area, "preferences");
        GridLayoutFactory.fillDefaults().spacing(8, 10).applyTo(area);
        // The whole of it: the dialog cuts the message of a page to its width.
        complaint = Wrapped.heading(area, 1, "");
        ((GridData) complaint.getLayoutData()).exclude = true;
        Optional<String> unknown = Sentences.whyUnknown(live.sync());
        unknown.ifPresent(why -> Wrapped.heading(area, 1, Names.literal(why)));
        ask = Wrapped.check(area, 1, Messages.askFirst);
        discovery = Wrapped.check(area, 1, Messages.discovery);
        Label explained = new Label(area, SWT.WRAP);
        explained.setText(Messages.discoveryExplained);
        GridDataFactory.fillDefaults()
                .indent(22, -6)
                .grab(true, false)
                .hint(100, SWT.DEFAULT)
                .applyTo(explained);

        createTransports(area);

        Group listening = new Group(area, SWT.NONE);
        listening.setText(Messages.listeningGroup);
        GridLayoutFactory.swtDefaults().numColumns(2).spacing(8, 6).applyTo(listening);
        GridDataFactory.fillDefaults().grab(true, false).applyTo(listening);
        port = number(listening, Messages.listeningPort, 0, 65_535);
        Wrapped.label(listening, Messages.listeningBind);
        bind = new Text(listening, SWT.BORDER);
        bind.setMessage(Messages.listeningBindAll);
        bind.addModifyListener(typed -> check());
        GridDataFactory.fillDefaults().grab(true, false).hint(100, SWT.DEFAULT).applyTo(bind);
        connections = number(listening, Messages.listeningConnections, 2, 10_000);
        attempts = number(listening, Messages.listeningAttempts, 10, 100_000);
        handshake = number(listening, Messages.listeningHandshake, 1, 60);

        createMeeting(area);

        Group signaling = new Group(area, SWT.NONE);
        signaling.setText(Messages.signalingGroup);
        GridLayoutFactory.swtDefaults().numColumns(2).spacing(8, 6).applyTo(signaling);
        GridDataFactory.fillDefaults().grab(true, false).applyTo(signaling);
        serve = Wrapped.check(signaling, 2, Messages.signalingServe);
        servedPort = number(signaling, Messages.signalingPort, 1, 65_535);
        Wrapped.label(signaling, Messages.signalingAddresses);
        ValueText served = new ValueText(signaling, SWT.READ_ONLY, () -> Messages.signalingAddresses.replace("&", ""));
        GridDataFactory.fillDefaults().grab(true, false).hint(180, SWT.DEFAULT).applyTo(served.control());

        Optional<DeviceSettings> settings = live.settings();
        Optional<Integer> present = settings.flatMap(DeviceSettings::signalingPort);
        serve.setSelection(present.isPresent());
        servedPort.setSelection(present.orElse(USUAL_SIGNALING_PORT));
        List<String> addresses =
                settings.map(DeviceSettings::signalingAddresses).orElse(List.of());
        served.show(addresses.isEmpty() ? Messages.signalingNotRunning : String.join(", ", addresses));
        served.control().setToolTipText(String.join("\n", addresses));
        show(settings.map(DeviceSettings::listening).orElse(Listening.USUAL));
        show(settings.map(DeviceSettings::meeting).orElse(Meeting.USUAL));
        ask.setSelection(live.pairing().map(Pairing::asksFirst).orElse(false));
        boolean running =
                unknown.isEmpty() && settings.isPresent() && live.pairing().isPresent();
        for (Control field : new Control[] {port, bind, connections, attempts, handshake, meetAt, ice, servedPort}) {
            Fields.enable(field, running);
        }
        for (Button choice : new Button[] {ask, discovery, relayOnly, serve}) {
            choice.setEnabled(running);
        }
        explained.setEnabled(running);
        transports.values().forEach(on -> on.setEnabled(running));
        // Else it would have the focus, and the top of the page be out of sight.
        Fields.enable(served.control(), running);
        check();
        shown = shown();
        if (!running) {
            setMessage(Messages.notRunning, WARNING);
        }
        return area;
    }

    /** Those that are installed; the local network comes first. */
    private void createTransports(Composite area) {
        Optional<DeviceSettings> settings = live.settings();
        if (settings.map(DeviceSettings::transports).orElse(Set.of()).isEmpty()) {
            return;
        }
        Group group = new Group(area, SWT.NONE);
        group.setText(Messages.transportsGroup);
        GridLayoutFactory.swtDefaults().applyTo(group);
        GridDataFactory.fillDefaults().grab(true, false).applyTo(group);
        for (String kind : new TreeSet<>(settings.get().transports())) {
            Button on = Wrapped.check(
                    group,
                    1,
                    switch (kind) {
                        case "lan" -> Messages.transportLan;
                        case "webrtc" -> Messages.transportWebRtc;
                        default -> NLS.bind(Messages.transportOther, kind);
                    });
            on.setSelection(!settings.get().transportsOff().contains(kind));
            transports.put(kind, on);
        }
    }

    private void createMeeting(Composite area) {
        Group group = new Group(area, SWT.NONE);
        group.setText(Messages.meetingGroup);
        GridLayoutFactory.swtDefaults().spacing(8, 6).applyTo(group);
        GridDataFactory.fillDefaults().grab(true, false).applyTo(group);
        meetAt = lines(group, Messages.meetingSignaling, Messages.meetingSignalingExample);
        createProxy(group);
        checkSignaling = checkButton(group, Messages.checkSignalingServers, this::signalingChecks);
        ice = lines(group, Messages.meetingIce, Messages.meetingIceExample);
        checkIce = checkButton(group, Messages.checkIceServers, this::iceChecks);
        relayOnly = Wrapped.check(group, 1, Messages.meetingRelayOnly);
        relayOnly.addListener(SWT.Selection, clicked -> check());
    }

    /** Which proxy leads to the servers above, and the way to the page of the platform where the application has it. */
    private void createProxy(Composite group) {
        boolean there =
                PlatformUI.getWorkbench().getPreferenceManager().getElements(PreferenceManager.PRE_ORDER).stream()
                        .anyMatch(page -> page.getId().equals(PLATFORM_PROXIES));
        if (!there) {
            Wrapped.heading(group, 1, Messages.proxyOfProcess);
            return;
        }
        Control link = new PreferenceLinkArea(
                        group,
                        SWT.WRAP,
                        PLATFORM_PROXIES,
                        Messages.proxyOfPlatform,
                        (IWorkbenchPreferenceContainer) getContainer(),
                        null)
                .getControl();
        Wrapped.alone(1).applyTo(link);
    }

    private Text lines(Composite parent, String label, String example) {
        Wrapped.heading(parent, 1, label);
        Text text = new Text(parent, SWT.BORDER | SWT.MULTI | SWT.V_SCROLL);
        text.setToolTipText(example);
        text.addModifyListener(typed -> check());
        GridDataFactory.fillDefaults()
                .grab(true, false)
                .hint(100, 3 * text.getLineHeight())
                .applyTo(text);
        return text;
    }

    private Button checkButton(
            Composite parent, String text, Function<ServerChecks, List<ServerCheckJob.Check>> checks) {
        Button button = new Button(parent, SWT.PUSH);
        button.setText(text);
        button.addListener(
                SWT.Selection,
                clicked -> live.checks()
                        .ifPresentOrElse(
                                there -> new ServerCheckDialog(getShell(), checks.apply(there)).open(),
                                () -> setMessage(Messages.checkNotInstalled, WARNING)));
        GridDataFactory.swtDefaults().align(SWT.END, SWT.CENTER).applyTo(button);
        return button;
    }

    private List<ServerCheckJob.Check> signalingChecks(ServerChecks checks) {
        return given(meetAt).stream()
                .map(server -> new ServerCheckJob.Check(server, () -> checks.reach(server)))
                .toList();
    }

    private List<ServerCheckJob.Check> iceChecks(ServerChecks checks) {
        return given(ice).stream()
                .map(IceServer::parse)
                .map(server -> new ServerCheckJob.Check(server.toString(), () -> checks.gather(server)))
                .toList();
    }

    private void show(Meeting how) {
        meetAt.setText(String.join("\n", how.signaling()));
        ice.setText(how.ice().stream().map(IceServer::line).collect(Collectors.joining("\n")));
        relayOnly.setSelection(how.relayOnly());
    }

    private Meeting wantedMeeting() {
        return new Meeting(
                given(meetAt), given(ice).stream().map(IceServer::parse).toList(), relayOnly.getSelection());
    }

    private static List<String> given(Text lines) {
        return lines.getText()
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    /** Says at once what is wrong with what was typed. */
    private void check() {
        Optional<String> wrong = wrongAddress().or(this::wrongMeeting);
        setErrorMessage(wrong.orElse(null));
        setValid(wrong.isEmpty());
        String said = Names.literal(wrong.orElse(""));
        if (!said.equals(complaint.getText())) {
            complaint.setText(said);
            ((GridData) complaint.getLayoutData()).exclude = wrong.isEmpty();
            complaint.setVisible(wrong.isPresent());
            complaint.requestLayout();
        }
        checkSignaling.setEnabled(isTestable(meetAt, Meeting::checked));
        checkIce.setEnabled(isTestable(ice, IceServer::parse));
    }

    private Optional<String> wrongAddress() {
        return addresses().stream()
                .filter(address -> !isNumeric(address))
                .findFirst()
                .map(address -> NLS.bind(Messages.listeningBindWrong, address));
    }

    private Optional<String> wrongMeeting() {
        try {
            wantedMeeting();
            return Optional.empty();
        } catch (IllegalArgumentException wrong) {
            return Optional.of(Said.in(wrong.getMessage()));
        }
    }

    /** Whether it is an address and no name, which would have to be looked up. */
    private static boolean isNumeric(String address) {
        try {
            return IPV4.matcher(address).matches() || address.contains(":") && InetAddress.getByName(address) != null;
        } catch (UnknownHostException noAddress) {
            return false;
        }
    }

    private static boolean isTestable(Text lines, Consumer<String> checked) {
        try {
            given(lines).forEach(checked);
            return lines.isEnabled() && !given(lines).isEmpty();
        } catch (IllegalArgumentException wrong) {
            return false;
        }
    }

    private static Spinner number(Composite parent, String label, int least, int most) {
        Wrapped.label(parent, label);
        Spinner spinner = new Spinner(parent, SWT.BORDER);
        spinner.setValues(least, least, most, 0, 1, 10);
        spinner.setTextLimit(6);
        GridDataFactory.swtDefaults()
                .hint(Math.min(WIDEST_NUMBER, spinner.computeSize(SWT.DEFAULT, SWT.DEFAULT).x), SWT.DEFAULT)
                .applyTo(spinner);
        return spinner;
    }

    private void show(Listening how) {
        discovery.setSelection(how.discovery());
        port.setSelection(how.port());
        bind.setText(String.join(", ", how.bind()));
        connections.setSelection(how.connectionsPerAddress());
        attempts.setSelection(how.attemptsPerMinute());
        handshake.setSelection((int) how.handshake().toSeconds());
    }

    private List<String> addresses() {
        return Arrays.stream(bind.getText().split(",", -1))
                .map(String::strip)
                .filter(address -> !address.isEmpty())
                .toList();
    }

    private Listening wanted() {
        return new Listening(
                discovery.getSelection(),
                port.getSelection(),
                addresses(),
                connections.getSelection(),
                attempts.getSelection(),
                Duration.ofSeconds(handshake.getSelection()));
    }

    @Override
    public boolean performOk() {
        Optional<DeviceSettings> settings = live.settings();
        Optional<Pairing> pairing = live.pairing();
        if (!ask.isEnabled()) {
            return true;
        }
        // The dialog may be gone when the answer comes; what it belongs to is still there.
        Shell window = (Shell) getShell().getParent();
        Shell owner = window == null ? getShell() : window;
        if (settings.isEmpty() || pairing.isEmpty()) {
            if (!shown.equals(shown())) {
                Rooms.complain(owner, Messages.notRunning);
            }
            return true;
        }
        if (ask.getSelection() != shown.asks()) {
            Answers.of(pairing.get().askFirst(ask.getSelection()), owner, set -> {}, why -> Rooms.complain(owner, why));
        }
        Listening wanted = wanted();
        if (!wanted.equals(shown.listening())) {
            Answers.of(settings.get().listen(wanted), owner, set -> {}, why -> Rooms.complain(owner, why));
        }
        Meeting meeting = wantedMeeting();
        if (!meeting.equals(shown.meeting())) {
            Answers.of(settings.get().meet(meeting), owner, set -> {}, why -> Rooms.complain(owner, why));
        }
        if (!off().equals(shown.off())) {
            // What has no box, since it is not installed at present, stays as it is.
            Set<String> off = new TreeSet<>(settings.get().transportsOff());
            off.removeAll(transports.keySet());
            off.addAll(off());
            Answers.of(settings.get().switchOff(off), owner, set -> {}, why -> Rooms.complain(owner, why));
        }
        boolean runs = !settings.get().signalingAddresses().isEmpty();
        if (!served().equals(shown.signaling()) || served().isPresent() && !runs) {
            Answers.of(settings.get().runSignaling(served()), owner, set -> {}, why -> Rooms.complain(owner, why));
        }
        return true;
    }

    private Shown shown() {
        return new Shown(ask.getSelection(), wanted(), wantedMeeting(), off(), served());
    }

    /** The ways to others that are switched off, of those that have a box. */
    private Set<String> off() {
        return transports.entrySet().stream()
                .filter(transport -> !transport.getValue().getSelection())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private Optional<Integer> served() {
        return serve.getSelection() ? Optional.of(servedPort.getSelection()) : Optional.empty();
    }
}
