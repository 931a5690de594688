// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vaultsync.ServerChecks;
import org.vaultsync.transport.OpenRooms;
import org.vaultsync.transport.OpenRooms.Channel;
import org.vaultsync.transport.OpenRooms.Notice;
import org.vaultsync.transport.contract.Heard;
import org.vaultsync.transport.contract.Lack;
import org.vaultsync.transport.contract.Recorder;

/** Devices in an open room. That it is y-webrtc's to the byte is proven with the real one, in a browser. */
@Timeout(60)
class OpenRoomsTest {
    private TestServer server;
    private WebRtcTransport transport;
    private final List<OpenRooms.Attendance> all = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        server = new TestServer();
        transport = new WebRtcTransport(name -> null, Clock.systemUTC());
    }

    @AfterEach
    void close() throws IOException {
        all.forEach(OpenRooms.Attendance::close);
        transport.close();
        server.close();
    }

    private static final class Guest implements OpenRooms.Visitor {
        final BlockingQueue<Channel> came = new LinkedBlockingQueue<>();
        final BlockingQueue<Notice> notices = new LinkedBlockingQueue<>();
        final BlockingQueue<String> changes = new LinkedBlockingQueue<>();

        @Override
        public void came(Channel channel) {
            came.add(channel);
        }

        @Override
        public void notice(Notice notice) {
            notices.add(notice);
        }

        @Override
        public void serversChanged() {
            changes.add("");
        }

        Channel next() throws InterruptedException {
            Channel channel = came.poll(20, TimeUnit.SECONDS);
            assertTrue(channel != null, "nobody came");
            return channel;
        }

        Notice nextNotice() throws InterruptedException {
            return notices.poll(20, TimeUnit.SECONDS);
        }
    }

    private OpenRooms.Attendance join(Guest guest, String password, String... servers) throws IOException {
        OpenRooms.Attendance joined = transport.join(place(password, servers), Optional.empty(), guest);
        all.add(joined);
        return joined;
    }

    /** With one place for another one. */
    private void joinAsOneOfTwo(Guest guest) throws IOException {
        all.add(transport.join(place(""), Optional.empty(), guest, 1));
    }

    /** Who tries somebody to whom no way was found again after that long at first. */
    private OpenRooms.Attendance joinWithPause(Guest guest, Duration first) throws IOException {
        OpenRooms.Attendance joined = transport.join(place(""), Optional.empty(), guest, 20, first);
        all.add(joined);
        return joined;
    }

    private OpenRooms.Place place(String password, String... servers) {
        return new OpenRooms.Place(
                "ABCDEF",
                Optional.of(password).filter(text -> !text.isEmpty()),
                servers.length > 0 ? List.of(servers) : List.of(server.address()),
                "run " + all.size());
    }

    private static Recorder start(Channel channel) {
        Recorder recorder = new Recorder();
        channel.start(recorder);
        return recorder;
    }

    private static void talk(Channel one, Channel other) throws Exception {
        Recorder atOne = start(one);
        Recorder atOther = start(other);
        one.send("to the other".getBytes(StandardCharsets.UTF_8));
        other.send("to the one".getBytes(StandardCharsets.UTF_8));
        assertArrayEquals("to the other".getBytes(StandardCharsets.UTF_8), atOther.next());
        assertArrayEquals("to the one".getBytes(StandardCharsets.UTF_8), atOne.next());
    }

    @Test
    void twoWhoKnowTheNameTalk() throws Exception {
        Guest ann = new Guest();
        Guest ben = new Guest();
        join(ann, "");
        join(ben, "");
        Channel atAnn = ann.next();
        Channel atBen = ben.next();
        talk(atAnn, atBen);
        assertEquals(Optional.of("run 1"), atAnn.instance());
        assertEquals(Optional.of("run 0"), atBen.instance());
        assertTrue(atAnn.initiator() ^ atBen.initiator());
    }

    @Test
    void whoIsLinkedStaysWhileTheServersChangeAndOthersAreMetThere() throws Exception {
        try (TestServer another = new TestServer()) {
            Guest ann = new Guest();
            Guest ben = new Guest();
            OpenRooms.Attendance there = join(ann, "");
            join(ben, "");
            Channel atAnn = ann.next();
            Channel atBen = ben.next();
            assertTrue(there.lookAt(List.of(another.address())));
            Guest cat = new Guest();
            join(cat, "", another.address());
            talk(ann.next(), cat.next());
            assertEquals(
                    List.of(another.address()),
                    there.servers().stream().map(OpenRooms.Server::address).toList());
            talk(atAnn, atBen);
            assertThrows(IllegalArgumentException.class, () -> there.lookAt(List.of("no server")));
        }
    }

    @Test
    void aPasswordHidesWhatGoesOverTheServer() throws Exception {
        Guest ann = new Guest();
        Guest ben = new Guest();
        join(ann, "sésame");
        join(ben, "sésame");
        talk(ann.next(), ben.next());
        server.published().forEach(message -> {
            assertFalse(message.contains("announce") || message.contains("candidate") || message.contains("run 0"));
        });
    }

    @Test
    void aWrongPasswordIsSaidOnBothSides() throws Exception {
        Guest ann = new Guest();
        Guest ben = new Guest();
        Guest cat = new Guest();
        join(ann, "right");
        assertTrue(ann.changes.poll(20, TimeUnit.SECONDS) != null);
        join(ben, "wrong");
        assertEquals(Notice.OTHER_PASSWORD, ann.nextNotice());
        assertEquals(Notice.OTHER_PASSWORD, ben.nextNotice());
        assertTrue(ben.changes.poll(20, TimeUnit.SECONDS) != null);
        join(cat, "");
        assertEquals(Notice.THEY_DO_NOT_ENCRYPT, ann.nextNotice());
        assertTrue(cat.changes.poll(20, TimeUnit.SECONDS) != null);
        join(new Guest(), "right"); // who answers Cat at once has answered Ben just now
        assertEquals(Notice.THEY_ENCRYPT, cat.nextNotice());
        assertEquals(Notice.THEY_DO_NOT_ENCRYPT, ben.nextNotice());
        assertTrue(ben.came.isEmpty() && cat.came.isEmpty());
    }

    /** As y-webrtc does, which announces itself only when it comes. */
    @Test
    void whoeverLooksAndDoesNotAnswerIsNoticed() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            WebSocket page = client.newWebSocketBuilder()
                    .buildAsync(URI.create(server.address()), new WebSocket.Listener() {})
                    .get(20, TimeUnit.SECONDS);
            page.sendText("{\"type\":\"subscribe\",\"topics\":[\"ABCDEF\"]}", true)
                    .get(20, TimeUnit.SECONDS);
            Guest ann = new Guest();
            join(ann, "right");
            assertEquals(Notice.NO_ANSWER, ann.nextNotice());
            page.abort();
        }
    }

    @Test
    void malformedSignalsArePassedOverAndLoggedOnceForEachWhoSendsThem() throws Exception {
        Guest ann = new Guest();
        try (Heard heard = new Heard("org.vaultsync.transport.webrtc")) {
            join(ann, "");
            String name = announced();
            for (int i = 0; i < 200; i++) {
                String signal = i % 2 == 0
                        ? "{\"type\":\"offer\",\"sdp\":\"v=0\\r\\nno description " + i + "\"}"
                        : "{\"type\":\"candidate\",\"candidate\":{\"candidate\":\"none " + i + "\"}}";
                server.say("{\"type\":\"publish\",\"topic\":\"ABCDEF\",\"data\":{\"type\":\"signal\",\"to\":\"" + name
                        + "\",\"from\":\"somebody " + i / 50 + "\",\"signal\":" + signal + "}}");
            }
            Guest ben = new Guest();
            join(ben, "");
            talk(ann.next(), ben.next());
            assertEquals(
                    4,
                    heard.warnings().stream()
                            .filter(line -> line.contains("malformed"))
                            .count(),
                    heard.warnings().toString());
        }
    }

    /** As in y-webrtc, whoever comes is passed over; here it is said. */
    @Test
    void aDeviceThatIsFullLooksForOthersOnceSomebodyGoes() throws Exception {
        Guest ann = new Guest();
        Guest ben = new Guest();
        Guest cat = new Guest();
        joinAsOneOfTwo(ann);
        OpenRooms.Attendance ofBen = join(ben, "");
        talk(ann.next(), ben.next());
        join(cat, "");
        assertEquals(Notice.FULL, ann.nextNotice());
        talk(ben.next(), cat.next());
        assertTrue(ann.came.isEmpty());

        ofBen.close();
        talk(ann.next(), cat.next());
        ann.notices.clear();
        join(ben, "");
        talk(ben.next(), cat.next());
        assertEquals(Notice.FULL, ann.nextNotice());
        assertTrue(ann.came.isEmpty());
    }

    /** y-webrtc takes every offer that comes for it, however many peers it has. */
    @Test
    void ofMoreOffersThanTwiceItsPlacesADeviceAnswersNone() throws Exception {
        Guest ann = new Guest();
        joinAsOneOfTwo(ann);
        String name = announced();
        for (int i = 0; i < 5; i++) {
            offer(name, "page " + i, DecodersTest.OFFER);
        }
        for (int i = 0; i < 3; i++) {
            assertEquals(Notice.FULL, ann.nextNotice());
        }
        awaitAnswers(2);
        Guest ben = new Guest();
        join(ben, "");
        assertEquals(Notice.FULL, ann.nextNotice());
        awaitAnswers(2);
    }

    private void awaitAnswers(int number) throws InterruptedException {
        long answers = 0;
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20); System.nanoTime() < end; ) {
            answers = server.published().stream()
                    .filter(text -> text.contains("\"answer\""))
                    .count();
            if (answers >= number) {
                break;
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertEquals(number, answers);
    }

    /** The name that the first who came has given itself. */
    private String announced() throws InterruptedException {
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20); System.nanoTime() < end; ) {
            Optional<String> name = server.published().stream()
                    .map(text -> Json.read(text).orElseThrow().path("data"))
                    .filter(data -> Json.text(data, "type").equals("announce"))
                    .map(data -> Json.text(data, "from"))
                    .findFirst();
            if (name.isPresent()) {
                return name.get();
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
        return fail("nobody announced himself");
    }

    @Test
    void theLargestMessagePassesAndALargerOneIsTheCallersFault() throws Exception {
        Guest ann = new Guest();
        Guest ben = new Guest();
        join(ann, "");
        join(ben, "");
        Channel from = ann.next();
        Recorder heard = start(ben.next());
        byte[] message = new byte[Channel.MAX_MESSAGE];
        new Random(1).nextBytes(message);
        for (int i = 0; i < 40; i++) {
            from.send(message);
        }
        assertThrows(IllegalArgumentException.class, () -> from.send(new byte[Channel.MAX_MESSAGE + 1]));
        for (int i = 0; i < 40; i++) {
            assertArrayEquals(message, heard.next());
        }
    }

    @Test
    void closingLetsOutWhatWasSentAndThePeerComesBackByItself() throws Exception {
        Guest ann = new Guest();
        Guest ben = new Guest();
        join(ann, "");
        join(ben, "");
        Channel from = ann.next();
        Recorder heard = start(ben.next());
        start(from);
        for (int i = 0; i < 50; i++) {
            from.send(new byte[100_000]);
        }
        from.close();
        heard.awaitClosed();
        assertEquals(50, heard.count());
        talk(ann.next(), ben.next());
    }

    private static void needOwnNetwork() throws IOException {
        if (NetworkInterface.getByName("web0") == null) {
            throw Lack.of("this machine does not let tests make network namespaces");
        }
    }

    /** In the network that {@code releng/own-network} makes for this JVM. Both hear of it at the same time. */
    @Test
    void theChannelOutlivesAChangeOfNetworkOfBoth() throws Exception {
        needOwnNetwork();
        Guest ann = new Guest();
        Guest ben = new Guest();
        join(ann, "");
        join(ben, "");
        Channel from = ann.next();
        Channel to = ben.next();
        Recorder atAnn = start(from);
        Recorder atBen = start(to);
        ip("ip addr add 10.8.1.7/24 dev web0 && ip addr del 10.8.0.1/24 dev web0");
        try {
            from.send("from elsewhere".getBytes(StandardCharsets.UTF_8));
            to.send("to elsewhere".getBytes(StandardCharsets.UTF_8));
            assertArrayEquals("from elsewhere".getBytes(StandardCharsets.UTF_8), atBen.next());
            assertArrayEquals("to elsewhere".getBytes(StandardCharsets.UTF_8), atAnn.next());
            assertFalse(atAnn.isClosed() || atBen.isClosed());
        } finally {
            ip("ip addr add 10.8.0.1/24 dev web0 && ip addr del 10.8.1.7/24 dev web0");
        }
    }

    /** A server under two addresses passes each announcement on twice. */
    @Test
    void anAnnouncementThatComesTwiceMakesAnOfferToAPageOnce() throws Exception {
        needOwnNetwork();
        server.pass(OpenRoomsTest::asOfAPage);
        Guest ann = new Guest();
        Guest ben = new Guest();
        join(ann, "");
        String name = announced();
        try (WebRtcTransport other = new WebRtcTransport(property -> null, Clock.systemUTC())) {
            // Two who take each other for pages are not to announce themselves to each other at once.
            all.add(other.join(place(""), Optional.empty(), ben));
            Channel page = ann.next();
            ben.next();
            assertEquals(Optional.empty(), page.instance());
            server.pass(message -> false); // nobody is answered
            String announcement = Json.write(published(Json.object("announce").put("from", page.peer())));
            long before = offers(page.peer());
            ip("ip addr add 10.8.1.7/24 dev web0");
            try {
                awaitOffers(page.peer(), before + 1);
                server.say(announcement);
                server.say(announcement);
                // What is said after that is answered after that.
                offer(name, "another page", DecodersTest.OFFER);
                await(text -> text.contains("\"to\":\"another page\"") && text.contains("\"answer\""));
                assertEquals(before + 2, offers(page.peer()));
                awaitOffers(page.peer(), before + 3);
            } finally {
                ip("ip addr del 10.8.1.7/24 dev web0");
            }
        }
    }

    private static boolean asOfAPage(ObjectNode message) {
        ((ObjectNode) message.path("data")).remove("vaultsync");
        return true;
    }

    private long offers(String to) {
        return server.published().stream()
                .map(text -> Json.read(text).orElseThrow().path("data"))
                .filter(data -> Json.text(data, "to").equals(to)
                        && Json.text(data.path("signal"), "type").equals("offer"))
                .count();
    }

    private void awaitOffers(String to, long number) throws InterruptedException {
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
                System.nanoTime() < end && offers(to) < number; ) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertEquals(number, offers(to));
    }

    private static void ip(String commands) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sh", "-c", commands).inheritIO().start();
        assertEquals(0, process.waitFor(), commands);
    }

    @Test
    void whoeverLeavesIsGone() throws Exception {
        Guest ann = new Guest();
        Guest ben = new Guest();
        OpenRooms.Attendance attendance = join(ann, "");
        join(ben, "");
        Recorder heard = start(ben.next());
        start(ann.next());
        attendance.close();
        heard.awaitClosed();
        join(ann, "");
        talk(ann.next(), ben.next());
    }

    @Test
    void oneOfSeveralServersIsEnoughAndAServerThatComesBackIsUsed() throws Exception {
        Guest ann = new Guest();
        Guest ben = new Guest();
        OpenRooms.Attendance attendance = join(ann, "", "ws://127.0.0.1:1", server.address());
        join(ben, "", server.address(), "ws://127.0.0.1:2");
        talk(ann.next(), ben.next());
        assertEquals(
                List.of(false, true),
                attendance.servers().stream().map(OpenRooms.Server::connected).toList());
        assertEquals(
                Optional.of(new ServerChecks.Problem(ServerChecks.Reason.NOT_LISTENING, "")),
                attendance.servers().getFirst().problem());
        int port = server.port();
        server.close();
        server = new TestServer(port, Clock.systemUTC());
        Guest cat = new Guest();
        join(cat, "");
        cat.next();
        cat.next();
    }

    /** As with a device that runs a server and is in several networks. */
    @Test
    void oneServerUnderTwoAddressesLinksAtOnce() throws Exception {
        String[] addresses = {server.address(), server.address().replace("127.0.0.1", "localhost")};
        for (int i = 0; i < 5; i++) {
            Guest ann = new Guest();
            Guest ben = new Guest();
            OpenRooms.Attendance ofAnn = join(ann, "", addresses);
            OpenRooms.Attendance ofBen = join(ben, "", addresses);
            talk(ann.next(), ben.next());
            ofAnn.close();
            ofBen.close();
        }
    }

    /** By its other address a server says everything once more, perhaps long after what followed has come by the first. */
    @Test
    void offersThatComeOnceMoreAndLateEndNothing() throws Exception {
        String[] addresses = {server.address(), server.address().replace("127.0.0.1", "localhost")};
        for (int i = 0; i < 5; i++) {
            Guest ann = new Guest();
            Guest ben = new Guest();
            Guest cat = new Guest();
            OpenRooms.Attendance ofAnn = join(ann, "", addresses);
            OpenRooms.Attendance ofBen = join(ben, "", addresses);
            Channel atAnn = ann.next();
            Channel atBen = ben.next();
            List<String> offers = server.published().stream()
                    .filter(text -> text.contains("\"type\":\"offer\""))
                    .toList();
            assertFalse(offers.isEmpty());
            offers.forEach(server::say);
            OpenRooms.Attendance ofCat = join(cat, ""); // comes after what was said
            ann.next();
            ben.next();
            talk(atAnn, atBen);
            ofAnn.close();
            ofBen.close();
            ofCat.close();
        }
    }

    /** Each costs native memory that is never freed, also if it is one peer that begins anew again and again. */
    @Test
    void whoBeginsAnewWithoutEndIsPassedOverAfterAWhile() throws Exception {
        Guest ann = new Guest();
        joinWithPause(ann, Duration.ofMinutes(1));
        String name = announced();
        for (int i = 0; i < 200; i++) {
            offer(name, "page", DecodersTest.OFFER.replace("7B:8B", String.format("00:%02X", i)));
        }
        assertEquals(Notice.FULL, ann.nextNotice());
    }

    /** Fails at once, where a way that does not exist takes half a minute to fail. */
    private static final String USELESS = DecodersTest.OFFER
            .replace("BUNDLE 0", "BUNDLE no such section")
            .replace("a=setup:actpass", "a=setup:active");

    private static String announcement(String from, int anew) {
        return asOfOurs(Json.write(published(Json.object("announce").put("from", from))), anew);
    }

    private static String asOfOurs(String text, int anew) {
        ObjectNode message = Json.read(text).orElseThrow();
        ((ObjectNode) message.path("data"))
                .putObject("vaultsync")
                .put("version", 1)
                .put("instance", "another run")
                .put("anew", anew);
        return Json.write(message);
    }

    private long announcements() {
        return server.published().stream()
                .filter(text -> text.contains("\"announce\""))
                .count();
    }

    private void awaitAnnouncements(long number) throws InterruptedException {
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
                System.nanoTime() < end && announcements() < number; ) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertEquals(number, announcements());
    }

    /** An offer of somebody else, and the answer: what was said before has been dealt with. */
    private void dealWith(String name, String somebodyElse) throws InterruptedException {
        offer(name, somebodyElse, DecodersTest.OFFER);
        await(text -> text.contains("\"to\":\"" + somebodyElse + "\"") && text.contains("\"answer\""));
    }

    /** Each try leaves native memory behind. Whoever announces himself without end is not tried as often as that. */
    @Test
    void whomThereIsNoWayToIsTriedAfterPausesThatGrowAndSaidToBe() throws Exception {
        Guest ann = new Guest();
        joinWithPause(ann, Duration.ofSeconds(2));
        String name = announced();
        for (int tries = 1; tries <= 2; tries++) {
            server.say(announcement("device", 0));
            awaitOffers("device", tries);
            long began = System.nanoTime();
            server.say(signal(name, "device", "answer", USELESS));
            server.say(announcement("device", 0));
            dealWith(name, "page " + tries);
            server.say(announcement("device", 0));
            awaitAnnouncements(1 + tries);
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
            assertTrue(seconds >= 2 * tries, "the next try after " + seconds + " s");
            assertEquals(tries, offers("device"));
        }
        assertEquals(Notice.NO_WAY, ann.nextNotice());
    }

    /** y-webrtc makes no other offer to whom it has made one, until that has failed. */
    @Test
    void theOfferOfAPageThatThereWasNoWayToIsAnsweredAfterThePause() throws Exception {
        Guest ann = new Guest();
        joinWithPause(ann, Duration.ofSeconds(4));
        String name = announced();
        long began = System.nanoTime();
        offer(name, "page", USELESS.replace("active", "actpass"));
        dealWith(name, "one more page");
        offer(name, "page", DecodersTest.OFFER);
        dealWith(name, "another page");
        assertFalse(isAnswered("page"));
        await(text -> text.contains("\"to\":\"page\"") && text.contains("\"answer\""));
        assertTrue(System.nanoTime() - began >= TimeUnit.SECONDS.toNanos(4));
    }

    private boolean isAnswered(String who) {
        return server.published().stream()
                .anyMatch(text -> text.contains("\"to\":\"" + who + "\"") && text.contains("\"answer\""));
    }

    /** As when its network has changed. A page that was loaded again has another name. */
    @Test
    void whoBeginsAnewIsTriedAtOnce() throws Exception {
        Guest ann = new Guest();
        join(ann, "");
        String name = announced();
        for (int tries = 1; tries <= 6; tries++) {
            server.say(announcement("device", tries));
            awaitOffers("device", tries);
            server.say(asOfOurs(signal(name, "device", "answer", USELESS), tries));
            server.say(announcement("device", tries));
            dealWith(name, "page " + tries);
            assertEquals(tries, offers("device"));
        }
    }

    @Test
    void whenAPersonAsksForItEverybodyIsTriedAtOnce() throws Exception {
        Guest ann = new Guest();
        OpenRooms.Attendance attendance = joinWithPause(ann, Duration.ofMinutes(1));
        String name = announced();
        for (int tries = 1; tries <= 6; tries++) {
            server.say(announcement("device", 0));
            awaitOffers("device", tries);
            server.say(signal(name, "device", "answer", USELESS));
            offer(name, "page " + tries, USELESS.replace("active", "actpass"));
            dealWith(name, "one more page " + tries);
            offer(name, "page " + tries, DecodersTest.OFFER);
            dealWith(name, "another page " + tries);
            assertFalse(isAnswered("page " + tries));
            attendance.again();
            // Its announcement is heard before what follows.
            int anew = tries;
            await(text -> text.contains("\"announce\"") && text.contains("\"anew\":" + anew));
            await(text -> text.contains("\"to\":\"page " + anew + "\"") && text.contains("\"answer\""));
        }
    }

    @Test
    void anOfferFromBeforeThePeerBeganAnewIsPassedOver() throws Exception {
        Guest ann = new Guest();
        join(ann, "");
        String name = announced();
        offer(name, "page 1", DecodersTest.OFFER);
        awaitAnswers(1);
        offer(name, "page 1", DecodersTest.OFFER.replace("7B:8B", "00:01"));
        awaitAnswers(2);
        offer(name, "page 1", DecodersTest.OFFER);
        offer(name, "page 2", DecodersTest.OFFER);
        awaitAnswers(3);
        offer(name, "page 3", DecodersTest.OFFER);
        awaitAnswers(4);
        assertEquals(
                2,
                server.published().stream()
                        .map(text -> Json.read(text).orElseThrow().path("data"))
                        .filter(data -> Json.text(data, "to").equals("page 1")
                                && Json.text(data.path("signal"), "type").equals("answer"))
                        .count());
    }

    /** An answer with another certificate says that its sender began anew, and is sent an offer, which is carried by hand here. */
    @Test
    void theSecondCopyOfAnAnswerIsNoneToALaterOffer() throws Exception {
        try (TestServer other = new TestServer()) {
            Guest ann = new Guest();
            Guest ben = new Guest();
            join(ann, "", server.address(), other.address());
            String nameOfAnn = announced();
            join(ben, "", other.address());
            Channel before = ann.next();
            ben.next();
            String answer = signal(
                    nameOfAnn,
                    before.peer(),
                    "answer",
                    DecodersTest.OFFER.replace("a=setup:actpass", "a=setup:active"));
            server.say(answer);
            String offer = await(text -> text.contains("\"offer\""));
            server.say(answer);
            // Ann has heard the copy when she answers what came after it.
            offer(nameOfAnn, "page", DecodersTest.OFFER);
            await(text -> text.contains("\"to\":\"page\"") && text.contains("\"answer\""));
            other.say(offer);
            talk(ann.next(), ben.next());
        }
    }

    private void offer(String to, String from, String description) {
        server.say(signal(to, from, "offer", description));
    }

    private static String signal(String to, String from, String type, String description) {
        ObjectNode data = Json.object("signal").put("to", to).put("from", from);
        data.set("signal", Json.object(type).put("sdp", description));
        return Json.write(published(data));
    }

    private static ObjectNode published(ObjectNode data) {
        ObjectNode message = Json.object("publish").put("topic", "ABCDEF");
        message.set("data", data);
        return message;
    }

    /** What was published at the first server. */
    private String await(Predicate<String> which) throws InterruptedException {
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20); System.nanoTime() < end; ) {
            Optional<String> found = server.published().stream().filter(which).findFirst();
            if (found.isPresent()) {
                return found.get();
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
        return fail("it was not published");
    }

    @Test
    void aFullMeshOfFourForms() throws Exception {
        List<Guest> guests = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            guests.add(new Guest());
            join(guests.getLast(), "");
        }
        for (Guest guest : guests) {
            for (int i = 0; i < 3; i++) {
                guest.next();
            }
        }
    }

    @Test
    void whatIsNoAddressIsTheCallersFault() {
        assertThrows(IllegalArgumentException.class, () -> join(new Guest(), "", "http://example.org"));
    }
}
