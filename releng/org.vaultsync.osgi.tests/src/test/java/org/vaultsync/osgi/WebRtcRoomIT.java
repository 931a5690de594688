// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.osgi;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.OpenRooms;
import org.vaultsync.transport.OpenRooms.Channel;

/** A device in an open room at its own signaling server, and somebody else who is in it: WebRTC, signaling and the store. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class WebRtcRoomIT {
    private static final String PORT = "vaultsync.signaling.port";
    /** Sync, step 1, of somebody who has nothing. */
    private static final byte[] ASK_FOR_ALL = {0, 0, 1, 0};
    /** The answer to that question of theirs, without which they do not know how items lie here. */
    private static final byte[] HAS_NOTHING = {0, 1, 2, 0, 0};

    @Configuration
    public Option[] peer() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return new Option[] {
                Headless.peer(),
                Headless.webrtc(),
                frameworkProperty(PORT).value(Integer.toString(free.getLocalPort())),
                frameworkProperty("vaultsync.lan.bind").value("127.0.0.1"),
                frameworkProperty("vaultsync.lan.port").value("0"),
                frameworkProperty("vaultsync.home").value(Headless.folder().toString())
            };
        }
    }

    /** Takes what comes, and hands on what it is told of the document. */
    private static final class Guest implements OpenRooms.Visitor {
        private final BlockingQueue<Channel> came = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        @Override
        public void came(Channel channel) {
            channel.start(new Link.Receiver() {
                @Override
                public void received(byte[] message) {
                    heard.add(new String(message, StandardCharsets.UTF_8));
                }

                @Override
                public void closed(String reason) {
                    heard.clear();
                }
            });
            came.add(channel);
        }

        @Override
        public void notice(OpenRooms.Notice notice) {
            // Who is expected comes, or the test fails.
        }

        @Override
        public void serversChanged() {
            // It waits for who comes.
        }

        /** Whoever comes next tells of an item. */
        void hears(String item) throws Exception {
            Channel channel = came.poll(60, TimeUnit.SECONDS);
            assertTrue("nobody came", channel != null);
            channel.send(ASK_FOR_ALL);
            channel.send(HAS_NOTHING);
            String message = "";
            while (message != null && !message.contains(item)) {
                message = heard.poll(60, TimeUnit.SECONDS);
            }
            assertTrue("nothing of " + item, message != null);
        }
    }

    @Test
    public void aRoomIsSharedOverWebRtcAndIsThereAgainAfterARestart() throws Exception {
        BundleContext context = FrameworkUtil.getBundle(WebRtcRoomIT.class).getBundleContext();
        assertEquals(Headless.FRAMEWORK, context.getBundle(0).getSymbolicName());
        String server = "ws://127.0.0.1:" + context.getProperty(PORT);
        HeadlessHost anna = new HeadlessHost();
        anna.start(context);
        OpenRooms rooms = context.getService(context.getServiceReference(OpenRooms.class));
        Guest guest = new Guest();
        OpenRooms.Attendance there = rooms.join(
                new OpenRooms.Place("ABCDEF", Optional.empty(), List.of(server), "guest"), Optional.empty(), guest);
        try {
            String room = anna.apply("enter vaultsync:ABC-DEF@" + server);
            anna.apply("save u1 {\"name\":\"Locust\"}");
            anna.apply("share " + room + " u1");
            guest.hears("Locust");

            Bundle core = Arrays.stream(context.getBundles())
                    .filter(bundle -> bundle.getSymbolicName().equals("org.vaultsync.core"))
                    .findFirst()
                    .orElseThrow();
            core.stop();
            core.start();
            guest.hears("Locust");
        } finally {
            there.close();
            anna.stop(context);
        }
    }
}
