// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Real browsers that are told what to do, a line at a time. Used by one thread. */
final class Browsers implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(90);

    private final Process process;
    private final BufferedReader answers;
    private final PrintStream orders;

    /** @param where what to put before the command, such as one that enters a network */
    Browsers(String... where) throws IOException {
        process = new ProcessBuilder(Stream.concat(Stream.of(where), Stream.of("node", "src/test/js/driven.mjs"))
                        .toList())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        answers = process.inputReader(StandardCharsets.UTF_8);
        orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answer("ready");
    }

    /** The process that all of it runs in. */
    long pid() {
        return process.pid();
    }

    /** A page in a browser of its own; opened when it is first asked something. */
    Page page(String name) {
        return new Page(name);
    }

    /** A page that works as the MekStation web app does, in a browser of its own. */
    Page vaultApp(String name) throws IOException {
        ask(name, "open", "vault-app");
        return new Page(name);
    }

    /** Tells the script itself something. */
    String ask(String... words) throws IOException {
        orders.println(String.join("\t", words));
        return answer("= ");
    }

    private String answer(String beginning) throws IOException {
        for (String line; (line = answers.readLine()) != null; ) {
            if (line.startsWith(beginning)) {
                return line.substring(beginning.length());
            }
        }
        throw new IllegalStateException("the browsers are gone");
    }

    @Override
    public void close() {
        orders.close();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }

    /** A page with the real Yjs and the real y-webrtc. */
    final class Page {
        private final String name;

        private Page(String name) {
            this.name = name;
        }

        /** Calls a function of the page. */
        String ask(String function, String... arguments) throws IOException {
            return Browsers.this.ask(
                    name + "\t" + function + (arguments.length == 0 ? "" : "\t" + String.join("\t", arguments)));
        }

        /** Waits until a function of the page returns this. */
        void until(String answer, String function, String... arguments) throws IOException {
            String now = "";
            for (long end = System.nanoTime() + SOON.toNanos(); System.nanoTime() < end; ) {
                now = ask(function, arguments);
                if (now.equals(answer)) {
                    return;
                }
                pause();
            }
            throw new IllegalStateException(
                    "the browser of " + name + " has " + function + " “" + now + "”, not “" + answer + "”");
        }
    }

    static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }
}
