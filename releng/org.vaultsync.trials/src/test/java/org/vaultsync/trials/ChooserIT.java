// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.vaultsync.trials.Pair.SOON;

import java.awt.AWTException;
import java.awt.Rectangle;
import java.awt.Robot;
import java.awt.Toolkit;
import java.awt.event.KeyEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.robot.driver.HostDriver;

/**
 * Hangar imports what the file chooser of the platform gives it, which is operated with real keys. They go to whatever has the
 * focus, so this has a screen of its own. A chooser is none of SWT's windows; that it is there is seen on the screen.
 */
class ChooserIT {
    private static final String SCREEN = "-screen 0 1280x1024x24";
    private static final int THINGS = 3;

    // Of all pixels, what changes: more with a chooser, more with a field in it, more with a path in that. A cursor
    // that blinks is less.
    private static final double MUCH = 0.02;
    private static final double LITTLE = 0.001;
    private static final double A_WORD = 0.0002;

    @TempDir
    Path folder;

    @Test
    void hangarImportsWhatTheChooserOfThePlatformGives() throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "it opens the chooser of GTK");
        Path pictures = Path.of("target", "pictures").toAbsolutePath();
        Files.createDirectories(pictures);
        List<String> said = BrowsersIT.run(BrowsersIT.inOwnNetwork(
                "xvfb-run",
                "-a",
                "-s",
                SCREEN,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.awt.headless=false",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                ChooserIT.class.getName(),
                System.getProperty("root"),
                folder.toString(),
                pictures.toString()));
        said.forEach(System.out::println);
        assertEquals(
                THINGS, said.stream().filter(line -> line.startsWith("seen ")).count(), String.join("\n", said));
    }

    /** On the screen that it has for itself: the folder of the project, one to work in, and one for pictures. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[1]);
        Installation hangar = Installation.copy(Built.in(Path.of(arguments[0])), folder.resolve("hangar"));
        try (HostDriver host = hangar.start(folder.resolve("workspace"), Pair.EMPTY)) {
            new Play(host, folder, Path.of(arguments[2])).run();
            host.quit();
        }
    }

    /** What is pressed in a chooser. */
    @FunctionalInterface
    private interface Keys {
        /** @param open what was on the screen when it had opened */
        void press(int[] open) throws IOException;
    }

    private static final class Play {
        private static final String BROWSE = "Browse...";
        private static final String FILE = "File:";
        private static final String NAME = "Rook from a file";

        private final HostDriver host;
        private final Path folder;
        private final Path pictures;
        private final Robot robot;

        Play(HostDriver host, Path folder, Path pictures) throws AWTException {
            this.host = host;
            this.folder = folder;
            this.pictures = pictures;
            robot = new Robot();
        }

        void run() throws Exception {
            openImport();
            withChooser(open -> press(KeyEvent.VK_ESCAPE));
            assertEquals("", host.get(FILE), "no file was chosen");
            System.out.println("seen that whoever leaves the chooser has chosen nothing");

            Path rook = Files.writeString(
                    folder.resolve("rook.json"),
                    "{\"id\":\"rook\",\"type\":\"unit\",\"name\":\"%s\",\"content\":{\"model\":\"RK-8\"}}"
                            .formatted(NAME));
            choose(rook, "chooser");
            importIt("1 item imported.");
            host.click("Close");
            host.waitRow(NAME, SOON);
            System.out.println("seen an item that came from the file that was chosen");

            Path wrong = Files.writeString(folder.resolve("wrong.json"), "{\"id\":\"wrong\",\n\"type\":");
            openImport();
            choose(wrong, "chooser-wrong");
            importIt("0 items imported, 1 refused.");
            List<String> refused = host.rows("Refused");
            assertEquals(1, refused.size(), refused.toString());
            assertTrue(refused.getFirst().matches("(?s)2\\b.*column \\d+: .+"), refused.toString());
            host.screenshot(pictures.resolve("chooser-refused.png"));
            host.click("Close");
            host.waitRow(NAME, SOON);
            System.out.println("seen where the mistake is in a file that is none: " + refused.getFirst());
        }

        private void openImport() {
            host.command("org.vaultsync.hangar.import");
            host.waitDialog("Import Items", SOON);
        }

        private void importIt(String outcome) {
            host.click("Finish");
            host.waitDialog("Import Report", SOON);
            host.waitText(outcome, SOON);
        }

        private void choose(Path file, String picture) throws Exception {
            withChooser(open -> {
                robot.keyPress(KeyEvent.VK_CONTROL);
                press(KeyEvent.VK_L);
                robot.keyRelease(KeyEvent.VK_CONTROL);
                // Letters that come before it is there are lost.
                int[] field = awaitScreen("a field for a path", now -> difference(open, now) > LITTLE);
                file.toString().chars().forEach(letter -> type((char) letter));
                awaitScreen("the path", now -> difference(field, now) > A_WORD);
                press(KeyEvent.VK_ENTER);
            });
            host.waitField(FILE, file.toString(), SOON);
            host.screenshot(pictures.resolve(picture + ".png"));
        }

        /** Opens the chooser, and presses keys that close it. Whether the host answers meanwhile is left to chance. */
        private void withChooser(Keys keys) throws Exception {
            int[] before = awaitScreen("an import", now -> true);
            CompletableFuture<Void> choosing = CompletableFuture.runAsync(() -> host.click(BROWSE));
            int[] open = awaitScreen("a chooser", now -> difference(before, now) > MUCH);
            keys.press(open);
            awaitScreen(
                    "no chooser",
                    now -> difference(before, now) < MUCH && difference(open, now) > difference(before, now));
            choosing.get(SOON.toSeconds(), TimeUnit.SECONDS);
        }

        /** Waits until something is so on the screen, and nothing moves there. */
        private int[] awaitScreen(String what, Predicate<int[]> isSo) throws IOException {
            Instant end = Instant.now().plus(SOON);
            int[] last = screen();
            while (true) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
                int[] now = screen();
                if (isSo.test(now) && difference(last, now) < A_WORD) {
                    return now;
                }
                if (Instant.now().isAfter(end)) {
                    ImageIO.write(
                            robot.createScreenCapture(all()),
                            "png",
                            pictures.resolve("chooser-wrong-screen.png").toFile());
                    throw new AssertionError(what + " is awaited on the screen");
                }
                last = now;
            }
        }

        private void type(char letter) {
            boolean shift = Character.isUpperCase(letter) || letter == '_';
            int key = letter == '_' ? KeyEvent.VK_MINUS : KeyEvent.getExtendedKeyCodeForChar(letter);
            if (shift) {
                robot.keyPress(KeyEvent.VK_SHIFT);
            }
            press(key);
            if (shift) {
                robot.keyRelease(KeyEvent.VK_SHIFT);
            }
        }

        private void press(int key) {
            robot.keyPress(key);
            robot.keyRelease(key);
        }

        private int[] screen() {
            Rectangle all = all();
            return robot.createScreenCapture(all).getRGB(0, 0, all.width, all.height, null, 0, all.width);
        }

        private static Rectangle all() {
            return new Rectangle(Toolkit.getDefaultToolkit().getScreenSize());
        }

        /** The share of the pixels that differ. */
        private static double difference(int[] one, int[] other) {
            int differing = 0;
            for (int i = 0; i < one.length; i++) {
                differing += one[i] == other[i] ? 0 : 1;
            }
            return (double) differing / one.length;
        }
    }
}
