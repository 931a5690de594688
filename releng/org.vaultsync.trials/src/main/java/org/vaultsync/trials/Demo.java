// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import javax.imageio.ImageIO;
import org.vaultsync.robot.driver.HostDriver;

/** Two hosts share a unit and edit it, as two people would. Says what happened, and ends well only if it did. */
public final class Demo {
    private static final String UNIT = "Anvil AV-3";

    private final Instant begin = Instant.now();
    private final Path folder;
    private final Path picture;

    private Demo(Path folder, Path picture) {
        this.folder = folder;
        this.picture = picture;
    }

    /** Arguments: the folder of the project, an empty folder to work in, the picture to write. */
    public static void main(String[] arguments) throws IOException {
        try {
            new Demo(Path.of(arguments[1]), Path.of(arguments[2])).run(Built.in(Path.of(arguments[0])));
        } catch (IllegalStateException failed) {
            System.err.println("The demo failed: " + failed.getMessage());
            System.exit(1);
        }
    }

    private void run(Built built) throws IOException {
        Installation hangar = Installation.copy(built, folder.resolve("hangar"));
        hangar.installSync();
        say("installed sync into Hangar from the update site");
        try (Pair pair = Pair.start(hangar, folder)) {
            say("started two Hangars: A with a sample vault, B empty");
            try {
                show(pair);
            } catch (IllegalStateException failed) {
                photograph(pair);
                throw new IllegalStateException(failed.getMessage() + "\n  picture " + picture + "\n  log of A "
                        + pair.a.log() + "\n  log of B " + pair.b.log());
            }
            pair.quit();
        }
        say("done");
    }

    private void show(Pair pair) throws IOException {
        String invite = pair.share(UNIT, "Friday evening");
        say("A shared " + UNIT + " in a new room, and copied an invite of " + invite.length() + " characters");
        pair.join(invite);
        say("B pasted the invite and is in the room");
        pair.b.waitRow(UNIT, Pair.SOON);
        say(UNIT + " is in the vault of B");
        pair.b.open(UNIT);
        String name = UNIT;
        for (String word : new String[] {"of", "the", "Dawn"}) {
            name += " " + word;
            edit(pair.a, "A", pair.b, "B", name);
        }
        edit(pair.b, "B", pair.a, "A", name + " Watch");
        pair.a.waitText("1 of 1", Pair.SOON);
        pair.b.waitText("1 of 1", Pair.SOON);
        say("both badges say that the other has it");
        photograph(pair);
        say("the picture is " + picture);
    }

    private void edit(HostDriver from, String author, HostDriver to, String reader, String name) {
        from.type("Name", name);
        Instant saved = from.save();
        Instant seen = to.waitField("Name", name, Pair.SOON);
        say(author + " saved the name \"" + name + "\"; the open editor of " + reader + " shows it "
                + Duration.between(saved, seen).toMillis() + " ms later");
    }

    /** One picture of both windows, side by side. */
    private void photograph(Pair pair) throws IOException {
        BufferedImage left = picture(pair.a, folder.resolve("a.png"));
        BufferedImage right = picture(pair.b, folder.resolve("b.png"));
        BufferedImage both = new BufferedImage(
                left.getWidth() + right.getWidth(),
                Math.max(left.getHeight(), right.getHeight()),
                BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = both.createGraphics();
        canvas.drawImage(left, 0, 0, null);
        canvas.drawImage(right, left.getWidth(), 0, null);
        canvas.dispose();
        Files.createDirectories(picture.toAbsolutePath().getParent());
        ImageIO.write(both, "png", picture.toFile());
    }

    private static BufferedImage picture(HostDriver host, Path file) throws IOException {
        host.screenshot(file);
        return ImageIO.read(file.toFile());
    }

    private void say(String what) {
        System.out.printf(
                "%6.1f s  %s%n", Duration.between(begin, Instant.now()).toMillis() / 1000.0, what);
    }
}
