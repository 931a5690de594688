// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.robot;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * Listens on the loopback interface while the property {@code vaultsync.robot.port} names a port; 0 takes any, and
 * {@code vaultsync.robot.file} names a file that it is written to. A request is a line: a command and its arguments,
 * percent-encoded, separated by spaces. So is the answer: {@code ok} and results, or {@code no} and a reason. A
 * connection is served by a thread of its own, a request at a time. With {@code vaultsync.robot.leave} the host ends when a
 * connection does: whoever started it may have been killed.
 */
@Component(immediate = true, service = Robot.class)
public final class Robot {
    private final ServerSocket server;
    private final Deeds deeds;
    private final boolean leaves;

    @Activate
    public Robot(BundleContext bundle) throws IOException {
        String port = bundle.getProperty("vaultsync.robot.port");
        if (port == null) {
            throw new IllegalStateException("no vaultsync.robot.port: the robot stays asleep");
        }
        server = new ServerSocket(Integer.parseInt(port), 8, InetAddress.getLoopbackAddress());
        Screen screen = new Screen();
        leaves = Boolean.parseBoolean(bundle.getProperty("vaultsync.robot.leave"));
        deeds = new Deeds(screen, new Watchdog(screen), bundle);
        String file = bundle.getProperty("vaultsync.robot.file");
        if (file != null) {
            Path told = Path.of(file);
            Path writing = told.resolveSibling(told.getFileName() + ".tmp");
            Files.writeString(writing, Integer.toString(server.getLocalPort()));
            Files.move(writing, told, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        Thread.ofPlatform().name("robot").daemon().start(this::listen);
    }

    @Deactivate
    void stop() throws IOException {
        server.close();
    }

    private void listen() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofPlatform().name("robot connection").daemon().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket;
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                Writer out = new OutputStreamWriter(socket.getOutputStream(), StandardCharsets.UTF_8)) {
            socket.setTcpNoDelay(true);
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.write(answer(line) + "\n");
                out.flush();
            }
        } catch (IOException gone) {
            // The driver has hung up.
            return;
        } finally {
            if (leaves && !server.isClosed()) {
                Runtime.getRuntime().halt(1);
            }
        }
    }

    private String answer(String line) {
        List<String> words = Arrays.stream(line.strip().split(" "))
                .map(word -> URLDecoder.decode(word, StandardCharsets.UTF_8))
                .toList();
        try {
            List<String> results = new ArrayList<>(List.of("ok"));
            results.addAll(deeds.perform(words.getFirst(), words.subList(1, words.size())));
            return encoded(results);
        } catch (Refusal refusal) {
            return encoded(List.of("no", refusal.getMessage()));
        } catch (RuntimeException | LinkageError | IOException broken) {
            return encoded(List.of("no", "the robot failed: " + broken + " at " + broken.getStackTrace()[0]));
        }
    }

    private static String encoded(List<String> words) {
        return words.stream()
                .map(word -> URLEncoder.encode(word, StandardCharsets.UTF_8))
                .collect(Collectors.joining(" "));
    }

    /** Microseconds since 1970, comparable between the processes of one machine. */
    static String now() {
        Instant now = Instant.now();
        return Long.toString(now.getEpochSecond() * 1_000_000 + now.getNano() / 1000);
    }

    /** Milliseconds since this process began. */
    static long age() {
        return System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
    }
}
