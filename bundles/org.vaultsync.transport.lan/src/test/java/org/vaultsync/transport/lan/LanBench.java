// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.vaultsync.Fingerprint;
import org.vaultsync.Listening;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.contract.Guests;
import org.vaultsync.transport.contract.Identities;
import org.vaultsync.transport.contract.Recorder;

/** Measures; not run with the tests. Prints one line a figure. */
class LanBench {
    private static final int VOLUME = 512 << 20;
    private static final int CHUNK = 16 << 10;
    private static final int ROUNDS = 5;

    private final Identity a = Identities.make();
    private final Identity b = Identities.make();
    private final Fingerprint keyA = Identities.fingerprint(a);
    private final Fingerprint keyB = Identities.fingerprint(b);
    private final Guests door = new Guests();

    private static LanTransport transport() {
        Limits often = Limits.USUAL.with(new Listening(false, 0, List.of(), 64, 100_000, Duration.ofSeconds(5)));
        return new LanTransport(
                name -> switch (name) {
                    case LanSettings.PORT -> "0";
                    case LanSettings.DISCOVERY -> "off";
                    default -> null;
                },
                often);
    }

    private static void print(String figure, String value, String target) {
        System.out.printf(Locale.ROOT, "lan: %-58s %12s   (%s)%n", figure, value, target);
    }

    private static void print(String figure, List<Long> nanos, String target) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        print(
                figure,
                milliseconds(sorted[sorted.length / 2]) + " / " + milliseconds(sorted[sorted.length * 95 / 100]),
                "p50 / p95 in ms of " + sorted.length + "; " + target);
    }

    private static String milliseconds(long nanos) {
        return String.format(Locale.ROOT, nanos < 100_000_000 ? "%.1f" : "%.0f", nanos / 1e6);
    }

    @Test
    void handshakeToFirstByte() throws Exception {
        List<Long> took = new ArrayList<>();
        byte[] hello = {1};
        try (Endpoint dialling = transport().open(a, new Guests());
                Endpoint listening = transport().open(b, door)) {
            String address = listening.addresses().getLast();
            for (int i = 0; i < 400; i++) {
                long began = System.nanoTime();
                Link out = dialling.dial(address, keyB, door.expect(new Guest.Pinned(keyA)));
                Recorder heard = new Recorder();
                out.start(heard);
                Link in = door.next();
                in.send(hello);
                heard.next();
                long nanos = System.nanoTime() - began;
                if (i >= 100) {
                    took.add(nanos);
                }
                out.close();
                in.close();
            }
        }
        print("dial, both keys proved, to the first byte, warm", took, "target p95 150 ms with core");
    }

    @Test
    void throughput() throws Exception {
        List<Double> bare = new ArrayList<>();
        List<Double> links = new ArrayList<>();
        byte[] chunk = new byte[CHUNK];
        new Random(1).nextBytes(chunk);
        long before = 0;
        for (int i = 0; i <= ROUNDS; i++) {
            double one = bareSockets(chunk);
            double other = link(chunk);
            if (i == 0) {
                before = used();
            } else {
                bare.add(one);
                links.add(other);
            }
        }
        long grown = used() - before;
        double bareMedian = median(bare);
        double linkMedian = median(links);
        print("bare TLS 1.3 sockets, hashed and written", whole(bareMedian) + " MB/s", "median of " + ROUNDS);
        print("a link, hashed and written", whole(linkMedian) + " MB/s", "median of " + ROUNDS);
        print("a link against bare sockets", whole(100 * linkMedian / bareMedian) + " %", "target 60 %");
        print("heap grown over that", (grown >> 10) + " KiB", "target flat");
    }

    private static String whole(double value) {
        return String.format(Locale.ROOT, "%.0f", value);
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** What the receiving side does with what comes. */
    private static final class Sink implements AutoCloseable {
        private final MessageDigest hash;
        private final Path path;
        private final OutputStream file;

        Sink() throws IOException {
            try {
                hash = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException everyPlatformHasIt) {
                throw new IllegalStateException(everyPlatformHasIt);
            }
            path = Files.createTempFile("bench", ".attachment");
            file = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16);
        }

        void take(byte[] bytes, int length) {
            try {
                hash.update(bytes, 0, length);
                file.write(bytes, 0, length);
            } catch (IOException full) {
                throw new UncheckedIOException(full);
            }
        }

        @Override
        public void close() throws IOException {
            file.close();
            if (Files.size(path) != VOLUME) {
                throw new IOException("only " + Files.size(path) + " bytes came");
            }
            HexFormat.of().formatHex(hash.digest());
            Files.delete(path);
        }
    }

    private double bareSockets(byte[] chunk) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            Thread.ofPlatform().start(() -> {
                try (Socket tcp = server.accept();
                        Sink sink = new Sink()) {
                    Connections.tune(tcp);
                    ClientHello hello = ClientHello.read(tcp.getInputStream()).orElseThrow();
                    SSLSocket tls = new PinnedTls(b, Optional.of(keyA)).accept(tcp, hello);
                    InputStream in = tls.getInputStream();
                    byte[] buffer = new byte[CHUNK];
                    for (int n; (n = in.read(buffer)) >= 0; ) {
                        sink.take(buffer, n);
                    }
                    done.complete(null);
                } catch (IOException broken) {
                    done.completeExceptionally(broken);
                }
            });
            try (Socket tcp = new Socket(server.getInetAddress(), server.getLocalPort())) {
                Connections.tune(tcp);
                SSLSocket tls = new PinnedTls(a, Optional.of(keyB)).dial(tcp, door.stranger());
                tls.startHandshake();
                OutputStream out = tls.getOutputStream();
                long began = System.nanoTime();
                for (int sent = 0; sent < VOLUME; sent += CHUNK) {
                    out.write(chunk);
                }
                tls.shutdownOutput();
                done.get(5, TimeUnit.MINUTES);
                return VOLUME / 1e6 / ((System.nanoTime() - began) / 1e9);
            }
        }
    }

    private double link(byte[] chunk) throws Exception {
        try (Endpoint dialling = transport().open(a, new Guests());
                Endpoint listening = transport().open(b, door);
                Sink sink = new Sink()) {
            Link out = dialling.dial(listening.addresses().getLast(), keyB, door.expect(new Guest.Pinned(keyA)));
            out.start(new Recorder());
            CountDownLatch done = new CountDownLatch(1);
            door.next().start(new Link.Receiver() {
                private int came;

                @Override
                public void received(byte[] message) {
                    int payload = Math.min(message.length, CHUNK);
                    sink.take(message, payload);
                    came += payload;
                    if (came == VOLUME) {
                        done.countDown();
                    }
                }

                @Override
                public void closed(String reason) {
                    done.countDown();
                }
            });
            byte[] message = Arrays.copyOf(chunk, CHUNK + 16); // the header of a frame of core
            long began = System.nanoTime();
            for (int sent = 0; sent < VOLUME; sent += CHUNK) {
                out.send(message);
            }
            done.await();
            return VOLUME / 1e6 / ((System.nanoTime() - began) / 1e9);
        }
    }
}
