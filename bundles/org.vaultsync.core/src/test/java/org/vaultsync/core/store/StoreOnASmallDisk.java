// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.vaultsync.core.machine.ThisMachine;

/** A process with a disk of its own that can be full or read-only; ordered over its input, a word a line. */
final class StoreOnASmallDisk {
    private static final String LONG = "x".repeat(20_000);

    private StoreOnASmallDisk() {}

    /** @param arguments the folder */
    public static void main(String[] arguments) throws Exception {
        Path disk = Path.of(arguments[0]);
        PrintStream out = System.out;
        ThisMachine machine = new ThisMachine(Clock.systemUTC());
        Store store = null;
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order; (order = orders.readLine()) != null; ) {
            String[] words = order.split(" ", 2);
            switch (words[0]) {
                case "open" -> {
                    try {
                        store = Store.open(
                                disk.resolve("home/sync.db"),
                                machine,
                                trouble -> out.println(trouble.map(what -> "trouble " + what.sentence())
                                        .orElse("well")));
                        out.println("opened");
                    } catch (IOException cannot) {
                        out.println("refused " + cannot.getMessage());
                    }
                }
                case "write" ->
                    store.write(Tables.putSetting(words[1], words[1] + LONG))
                            .thenRun(() -> out.println("durable " + words[1]));
                case "has" -> {
                    Optional<String> value = store.read(database -> Tables.setting(database, words[1]));
                    out.println(value.equals(Optional.of(words[1] + LONG)));
                }
                case "close" -> {
                    store.close();
                    out.println("closed");
                }
                case "fill" -> out.println(fill(disk.resolve("other")));
                case "free" -> Files.delete(disk.resolve("other"));
                case "mount" -> {
                    int done = new ProcessBuilder("mount", "-o", words[1], disk.toString())
                            .inheritIO()
                            .start()
                            .waitFor();
                    out.println(done == 0 ? "mounted" : "not mounted");
                }
                default -> throw new IllegalArgumentException(order);
            }
        }
        System.exit(0);
    }

    /** Something else takes all the room that there is. */
    private static String fill(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            for (byte[] page = new byte[4096]; ; ) {
                out.write(page);
            }
        } catch (IOException full) {
            return "full";
        }
    }
}
