// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import java.io.IOException;
import java.net.Authenticator;
import java.net.ProxySelector;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.vaultsync.IceServer;
import org.vaultsync.Meeting;
import org.vaultsync.ServerChecks;
import org.vaultsync.Trouble;
import org.vaultsync.transport.Door;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.OpenRooms;
import org.vaultsync.transport.Transport;

/**
 * Links over WebRTC data channels to devices on any network, which are met at signaling servers; and open rooms, in which
 * browsers are, too.
 *
 * <p>The framework or system properties {@code vaultsync.signaling} (addresses with commas between), {@code
 * vaultsync.ice} (lines of {@link IceServer} with commas between) and {@code vaultsync.relay} ({@code only}) say how,
 * unless a person has set that.
 */
@Component(service = {Transport.class, OpenRooms.class, ServerChecks.class})
public final class WebRtcTransport implements Transport, OpenRooms, ServerChecks, AutoCloseable {
    static final String SIGNALING = "vaultsync.signaling";
    static final String ICE = "vaultsync.ice";
    static final String RELAY = "vaultsync.relay";
    /** As y-webrtc has it: not the same for all, so that no group closes itself off. */
    private static final int FEWEST_PEERS = 20;

    private static final int MORE_PEERS = 15;

    private final UnaryOperator<String> properties;
    private final Engine engine;
    private final Signaling signaling;
    private final NetworkWatch networks;
    private final Proxies proxies;

    @Activate
    public WebRtcTransport(BundleContext context) {
        this(context::getProperty, Clock.systemUTC());
    }

    /**
     * Without a framework.
     *
     * @param properties gives the value of a property, or null
     */
    public WebRtcTransport(UnaryOperator<String> properties, Clock clock) {
        this(properties, clock, System::nanoTime);
    }

    /** @param nanos a time that does not jump */
    WebRtcTransport(UnaryOperator<String> properties, Clock clock, LongSupplier nanos) {
        this.properties = properties;
        engine = new Engine();
        proxies = new Proxies(System::getenv);
        signaling = new Signaling(engine, clock, nanos, proxies);
        networks = new NetworkWatch(engine);
    }

    /** What the application says about proxies goes before what the system says. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void setProxies(ProxySelector asked) {
        proxies.application(Optional.of(asked));
    }

    /** The application says nothing any more. */
    public void unsetProxies(ProxySelector asked) {
        proxies.application(Optional.empty());
    }

    /** Names and passwords for the proxies of the application. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void setPasswords(Authenticator asked) {
        proxies.passwords(Optional.of(asked));
    }

    /** The application knows none any more. */
    public void unsetPasswords(Authenticator asked) {
        proxies.passwords(Optional.empty());
    }

    @Override
    public String kind() {
        return "webrtc";
    }

    @Override
    public Endpoint open(Identity self, Door door) throws IOException {
        Optional<Meeting> set = door.meeting();
        Meeting meeting = set.isPresent() ? set.get() : configured();
        if (!meeting.signaling().isEmpty()) {
            Natives.require();
        }
        return new WebRtcEndpoint(engine, signaling, meeting, self, door);
    }

    @Override
    public Optional<Trouble> trouble() {
        return Natives.trouble();
    }

    @Override
    public Attendance join(Place place, Optional<Meeting> set, Visitor visitor) throws IOException {
        return join(
                place, set, visitor, FEWEST_PEERS + ThreadLocalRandom.current().nextInt(MORE_PEERS));
    }

    Attendance join(Place place, Optional<Meeting> set, Visitor visitor, int mostPeers) throws IOException {
        return join(place, set, visitor, mostPeers, Unreached.FIRST);
    }

    Attendance join(Place place, Optional<Meeting> set, Visitor visitor, int mostPeers, Duration firstPause)
            throws IOException {
        Natives.require();
        Meeting meeting = set.isPresent() ? set.get() : configured();
        return new OpenAttendance(engine, signaling, networks, meeting, place, visitor, mostPeers, firstPause);
    }

    @Override
    public Answer gather(IceServer server) throws InterruptedException {
        return IceProbe.ask(engine, server);
    }

    @Override
    public Answer reach(String address) throws InterruptedException {
        return signaling.probe(Meeting.checked(address));
    }

    private Meeting configured() throws IOException {
        try {
            return new Meeting(
                    list(SIGNALING), list(ICE).stream().map(IceServer::parse).toList(), relayOnly());
        } catch (IllegalArgumentException wrong) {
            throw new IOException(wrong.getMessage(), wrong);
        }
    }

    private List<String> list(String property) {
        String text = properties.apply(property);
        return text == null || text.isBlank()
                ? List.of()
                : Arrays.stream(text.split(",")).map(String::strip).toList();
    }

    private boolean relayOnly() {
        String text = properties.apply(RELAY);
        return switch (text == null ? "" : text.strip()) {
            case "" -> false;
            case "only" -> true;
            default ->
                throw new IllegalArgumentException("The setting " + RELAY + " is “" + text + "”; it may be only.");
        };
    }

    /** Closes everything that is still open. */
    @Deactivate
    @Override
    public void close() {
        engine.execute(signaling::close);
        engine.close();
    }
}
