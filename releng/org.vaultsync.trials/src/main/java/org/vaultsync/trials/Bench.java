// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.vaultsync.robot.driver.HostDriver;

/** The figures that are promised, measured in real hosts. */
public final class Bench {
    private static final String UNIT = "Anvil AV-3";
    /** A line that heading, tab and tree show, too; a line, a number and a long text. */
    private static final List<String> FIELDS = List.of("Name", "Model", "Year", "Notes");

    private static final int EDITS = Integer.getInteger("edits", 1000);
    /** Between two edits: somebody who types fast, and time for both hosts to end what the last one began. */
    private static final Duration PAUSE = Duration.ofMillis(Integer.getInteger("pause", 250));

    private static final int STARTS = 5;

    private final Built built;
    private final Path folder;

    private Bench(Built built, Path folder) {
        this.built = built;
        this.folder = folder;
    }

    /** Arguments: the folder of the project, an empty folder to work in, the area or nothing for all of them. */
    public static void main(String[] arguments) throws IOException {
        Bench bench = new Bench(Built.in(Path.of(arguments[0])), Path.of(arguments[1]));
        String area = arguments.length > 2 ? arguments[2] : "";
        switch (area) {
            case "" -> {
                bench.start();
                bench.edit();
                new Arrival(Path.of(arguments[0]), Path.of(arguments[1])).measure();
            }
            case "room" -> new Arrival(Path.of(arguments[0]), Path.of(arguments[1])).measure();
            case "start" -> bench.start();
            case "edit" -> bench.edit();
            default -> {
                System.err.println("Unknown area: " + area + ". There are: start, edit, room.");
                System.exit(2);
            }
        }
    }

    /** From the start of the process until the window is there, with sync and without. */
    private void start() throws IOException {
        Installation hangar = Installation.copy(built, folder.resolve("start"));
        starts("without sync", hangar);
        hangar.installSync();
        starts("with sync", hangar);
    }

    private void starts(String label, Installation hangar) throws IOException {
        Path workspace = folder.resolve("start-" + label.replace(' ', '-'));
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i <= STARTS; i++) {
            Instant begin = Instant.now();
            try (HostDriver host = hangar.start(workspace)) {
                if (i > 0) { // the first one fills caches
                    millis.add(millis(begin, Instant.now()));
                }
                host.quit();
            }
        }
        print("start of Hangar " + label, millis);
    }

    /** From save in A until the open editor of B shows it. */
    private void edit() throws IOException {
        Installation hangar = Installation.copy(built, folder.resolve("edit"));
        hangar.installSync();
        try (Pair pair = Pair.start(hangar, folder)) {
            pair.join(pair.share(UNIT, "Bench"));
            pair.b.waitRow(UNIT, Pair.SOON);
            pair.b.open(UNIT);
            List<Double> millis = new ArrayList<>();
            Map<String, List<Double>> byField = new TreeMap<>();
            List<Double> here = new ArrayList<>();
            List<Double> there = new ArrayList<>();
            int warmUp = EDITS / 10;
            int number = 0;
            for (; number < warmUp + EDITS; number++) {
                Edit edit = edit(pair, number);
                if (number >= warmUp) {
                    millis.add(millis(edit.saved(), edit.seen()));
                    here.add(millis(edit.saved(), written(folder.resolve("a"))));
                    there.add(millis(edit.saved(), written(folder.resolve("b"))));
                    byField.computeIfAbsent(fieldOf(number), none -> new ArrayList<>())
                            .add(millis.getLast());
                }
            }
            print("edit, from save in A to shown in B", millis);
            print("  until it is in the vault of A", here);
            print("  until it is in the vault of B", there);
            byField.forEach((field, those) -> print("  of field " + field, those));
            pair.b.watch(); // not during the others: whoever asks the UI thread all the time takes some of it
            for (int end = number + warmUp; number < end; number++) {
                edit(pair, number);
            }
            HostDriver.Responsiveness ui = pair.b.watched();
            System.out.printf(
                    "UI thread of B in %d more: in code of sync for %d ms at most; longest wait %d ms, %d waits over 50 ms%n",
                    warmUp,
                    ui.ofSync().toMillis(),
                    ui.longest().toMillis(),
                    ui.slow().size());
            Files.write(
                    folder.resolve("edit.csv"),
                    millis.stream().map(String::valueOf).toList());
            pair.quit();
        }
    }

    private static String fieldOf(int number) {
        return FIELDS.get(number % FIELDS.size());
    }

    /** Types and saves one edit, and waits until it is shown. */
    private static Edit edit(Pair pair, int number) {
        String field = fieldOf(number);
        String text = field.equals("Year") ? "" + (1 + number % 9999) : UNIT + " " + number;
        pause();
        pair.a.type(field, text);
        Instant saved = number == 0 ? pair.a.save() : pair.a.saveAgain();
        return new Edit(saved, pair.b.waitField(field, text, Pair.SOON));
    }

    private record Edit(Instant saved, Instant seen) {}

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException stopped) {
            throw new IllegalStateException("Stopped.", stopped);
        }
    }

    /** When the item that is edited was last written in the vault of a workspace. */
    private static Instant written(Path workspace) throws IOException {
        return Files.getLastModifiedTime(workspace.resolve("vault/sample-unit-anvil.json"))
                .toInstant();
    }

    private static double millis(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e6;
    }

    private static void print(String what, List<Double> millis) {
        List<Double> sorted = millis.stream().sorted().toList();
        System.out.printf(
                "%s: p50 %.0f ms, p95 %.0f ms, max %.0f ms, %d times%n",
                what, at(sorted, 0.5), at(sorted, 0.95), sorted.getLast(), sorted.size());
    }

    private static double at(List<Double> sorted, double share) {
        return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(share * sorted.size())));
    }
}
