// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.robot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.eclipse.swt.SWTException;
import org.eclipse.swt.widgets.Display;

/**
 * Measures how long the UI thread leaves an event waiting, and what it was doing meanwhile: how much of that was code of
 * sync, called by the event loop for itself or by the platform. From when it is told to begin until it reports: to be
 * asked two hundred times a second costs a host something, too.
 */
final class Watchdog {
    private static final long PERIOD_MILLIS = 5;
    private static final long SLOW_NANOS = 50_000_000;
    private static final long SAMPLE_NANOS = 4_000_000;
    private static final int MOST_SAMPLES = 200;
    private static final int FRAMES = 60;
    private static final String OURS = "org.vaultsync.";
    private static final List<String> HOST = List.of("org.vaultsync.hangar.", "org.vaultsync.robot.");

    /** A wait that was too long, with what the UI thread was seen at, a stack a sample. */
    private record Wait(long nanos, List<String> samples) {}

    private final Screen screen;
    private volatile boolean watching;
    private volatile long answered; // nanoTime when the last ping ran, UI thread only
    private long longest; // guarded by this
    private long longestOfSync; // guarded by this
    private final List<Wait> slow = new ArrayList<>(); // guarded by this

    Watchdog(Screen screen) {
        this.screen = screen;
        Thread.ofPlatform().name("robot watchdog").daemon().start(this::watch);
    }

    private void watch() {
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
                try {
                    if (watching) {
                        ping(screen.display());
                    }
                } catch (Refusal | SWTException noDisplay) {
                    TimeUnit.MILLISECONDS.sleep(100);
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void ping(Display display) throws InterruptedException {
        long asked = System.nanoTime();
        long sampled = asked;
        answered = 0;
        long ofSync = 0;
        List<String> samples = new ArrayList<>();
        display.asyncExec(() -> answered = System.nanoTime());
        while (answered == 0 && !display.isDisposed()) {
            TimeUnit.MILLISECONDS.sleep(1);
            if (samples.size() < MOST_SAMPLES && System.nanoTime() - sampled > SAMPLE_NANOS) {
                List<String> stack = Arrays.stream(display.getThread().getStackTrace())
                        .limit(FRAMES)
                        .map(StackTraceElement::toString)
                        .toList();
                long now = System.nanoTime();
                ofSync += isOfSync(stack) ? now - sampled : 0;
                sampled = now;
                samples.add(String.join("\n", stack));
            }
        }
        long took = Math.max(0, answered - asked);
        synchronized (this) {
            longest = Math.max(longest, took);
            longestOfSync = Math.max(longestOfSync, Math.min(took, ofSync));
            if (took > SLOW_NANOS) {
                slow.add(new Wait(took, samples));
            }
        }
    }

    private static boolean isOfSync(List<String> stack) {
        return stack.stream()
                .anyMatch(frame -> frame.startsWith(OURS) && HOST.stream().noneMatch(frame::startsWith));
    }

    synchronized void begin() {
        longest = 0;
        longestOfSync = 0;
        slow.clear();
        watching = true;
    }

    /**
     * Ends the watch. The longest wait in milliseconds, the most of one that was code of sync, how often one was over 50 ms, and for each
     * of these, the longest first, its milliseconds and the stacks of the UI thread in it, separated by empty lines.
     */
    synchronized List<String> report() {
        watching = false;
        List<String> report =
                new ArrayList<>(List.of(millis(longest), millis(longestOfSync), Integer.toString(slow.size())));
        slow.stream()
                .sorted(Comparator.comparingLong(Wait::nanos).reversed())
                .forEach(wait -> report.addAll(List.of(millis(wait.nanos), String.join("\n\n", wait.samples))));
        return report;
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.1f", nanos / 1e6);
    }
}
