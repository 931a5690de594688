// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.robot;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.eclipse.swt.SWTException;
import org.eclipse.swt.widgets.Display;

/** Measures how long the UI thread leaves an event waiting, and what it was doing. */
final class Watchdog {
    private static final long PERIOD_MILLIS = 5;
    private static final long SLOW_NANOS = 50_000_000;

    private final Screen screen;
    private volatile long answered; // nanoTime when the last ping ran, UI thread only
    private long longest; // guarded by this
    private long slow; // guarded by this
    private String stack = ""; // guarded by this

    Watchdog(Screen screen) {
        this.screen = screen;
        Thread.ofPlatform().name("robot watchdog").daemon().start(this::watch);
    }

    private void watch() {
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
                try {
                    ping(screen.display());
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
        answered = 0;
        String seen = "";
        display.asyncExec(() -> answered = System.nanoTime());
        while (answered == 0 && !display.isDisposed()) {
            TimeUnit.MILLISECONDS.sleep(1);
            if (seen.isEmpty() && answered == 0 && System.nanoTime() - asked > SLOW_NANOS) {
                seen = Arrays.stream(display.getThread().getStackTrace())
                        .limit(40)
                        .map(StackTraceElement::toString)
                        .collect(Collectors.joining("\n"));
            }
        }
        long took = Math.max(0, answered - asked);
        synchronized (this) {
            if (took > SLOW_NANOS) {
                slow++;
            }
            if (took > longest) {
                longest = took;
                stack = seen;
            }
        }
    }

    synchronized void reset() {
        longest = 0;
        slow = 0;
        stack = "";
    }

    /** The longest wait in milliseconds, how often one was over 50 ms, and where the UI thread was in the longest. */
    synchronized String[] report() {
        return new String[] {String.format(Locale.ROOT, "%.1f", longest / 1e6), Long.toString(slow), stack};
    }
}
