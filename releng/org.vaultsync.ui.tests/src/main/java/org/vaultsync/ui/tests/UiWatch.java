// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.eclipse.core.runtime.ILogListener;
import org.eclipse.core.runtime.IStatus;
import org.eclipse.core.runtime.Platform;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.Resource;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Listener;

/**
 * Watches what our code does to the UI while a test runs: how long it keeps the UI thread, what it logs as an error (a
 * widget that is touched from another thread ends there), and what it forgets to dispose.
 *
 * <p>On a busy machine every step takes long. So what counts of a wait is the time in which the UI thread was seen in our
 * code, and of that only the time that it computed or was blocked in. What is once does not count: the loading, linking and
 * initialising of classes. Nor does what only tests have, which is the tracking of leaks. Messages that were posted to the
 * UI thread count each by itself: between two of them it takes up what the user does.
 */
final class UiWatch implements AutoCloseable {
    private static final long LONGEST_NANOS = 200_000_000;
    private static final long SAMPLE_MILLIS = 10;
    /** What the UI thread did while this one did not get to look is not known. */
    private static final long LONGEST_SAMPLE_NANOS = 50_000_000;

    private static final String OURS = "org.vaultsync.";
    private static final String TESTS = "org.vaultsync.ui.tests.";

    private final Display display;
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final List<String> complaints = new ArrayList<>(); // guarded by itself
    private final ILogListener log = (status, plugin) -> logged(status);
    private final Listener began = event -> began(event.detail);
    private final Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    private final Thread watcher = Thread.ofPlatform().name("ui watch").daemon().unstarted(this::watch);
    private final CountDownLatch collected = new CountDownLatch(1);
    private volatile int messages; // written by the UI thread
    private volatile boolean over;

    UiWatch(Display display) {
        this.display = display;
        Platform.addLogListener(log);
        Thread.setDefaultUncaughtExceptionHandler(this::died);
        Resource.setNonDisposeHandler(leak -> {
            if (Arrays.stream(leak.getStackTrace())
                    .anyMatch(frame -> frame.getMethodName().equals("leak"))) {
                collected.countDown();
            } else if (isOurs(leak.getStackTrace())) {
                complain("not disposed: " + leak.getMessage() + at(leak.getStackTrace()));
            }
        });
        display.syncExec(() -> display.addListener(SWT.PreEvent, began));
        watcher.start();
    }

    /** @param event what is about to be handled: 0 for a message that was posted */
    private void began(int event) {
        if (event == SWT.None) {
            messages++;
        }
    }

    private void logged(IStatus status) {
        if (status.getSeverity() == IStatus.ERROR
                && status.getException() != null
                && isOurs(status.getException().getStackTrace())) {
            complain("logged: " + status.getException()
                    + at(status.getException().getStackTrace()));
        }
    }

    private void died(Thread thread, Throwable why) {
        if (isOurs(why.getStackTrace())) {
            complain("thread " + thread.getName() + " died: " + why + at(why.getStackTrace()));
        }
        if (before != null) {
            before.uncaughtException(thread, why);
        }
    }

    private void watch() {
        try {
            while (!over && !display.isDisposed()) {
                turn();
                TimeUnit.MILLISECONDS.sleep(SAMPLE_MILLIS);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until the UI thread takes up an event, and adds up what it does meanwhile. */
    private void turn() throws InterruptedException {
        Thread ui = display.getThread();
        AtomicBoolean taken = new AtomicBoolean();
        display.asyncExec(() -> taken.set(true));
        long ours = 0;
        StackTraceElement[] seen = {};
        int message = messages;
        long then = System.nanoTime();
        long cpuThen = threads.getThreadCpuTime(ui.threadId());
        while (!taken.get() && !over) {
            TimeUnit.MILLISECONDS.sleep(SAMPLE_MILLIS);
            StackTraceElement[] stack = ui.getStackTrace();
            boolean blocked = ui.getState() != Thread.State.RUNNABLE;
            int messageNow = messages;
            long now = System.nanoTime();
            long cpuNow = threads.getThreadCpuTime(ui.threadId());
            if (messageNow != message) {
                judge(ours, seen);
                ours = 0;
                message = messageNow;
            }
            if (isOurs(stack) && Arrays.stream(stack).noneMatch(UiWatch::isOnce)) {
                long busy = blocked ? now - then : Math.min(now - then, cpuNow - cpuThen);
                ours += Math.min(busy, LONGEST_SAMPLE_NANOS);
                seen = stack;
            }
            then = now;
            cpuThen = cpuNow;
        }
        judge(ours, seen);
    }

    private void judge(long ours, StackTraceElement[] seen) {
        if (ours > LONGEST_NANOS) {
            complain("kept the UI thread for " + ours / 1_000_000 + " ms, at last" + at(seen));
        }
    }

    private static boolean isOnce(StackTraceElement frame) {
        return frame.getClassName().equals("java.lang.invoke.MethodHandleNatives")
                || switch (frame.getMethodName()) {
                    case "loadClass", "<clinit>", "initNonDisposeTracking" -> true;
                    default -> false;
                };
    }

    /** Whether the code that handles the present event is ours. */
    private static boolean isOurs(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (frame.getMethodName().equals("readAndDispatch")
                    || frame.getClassName().startsWith(TESTS)) {
                return false;
            }
            if (frame.getClassName().startsWith(OURS)) {
                return true;
            }
        }
        return false;
    }

    private static String at(StackTraceElement[] stack) {
        return Arrays.stream(stack).limit(40).map(frame -> "\n\tat " + frame).collect(Collectors.joining());
    }

    private void complain(String what) {
        synchronized (complaints) {
            complaints.add(what);
        }
    }

    /** What there is to complain about. */
    List<String> complaints() {
        synchronized (complaints) {
            return List.copyOf(complaints);
        }
    }

    /** UI thread. */
    private void leak() {
        new Image(display, 1, 1);
    }

    @Override
    public void close() {
        over = true;
        try {
            // What is not disposed is found when it is collected, and so is this.
            if (!display.isDisposed()) {
                display.syncExec(this::leak);
                System.gc();
                collected.await(5, TimeUnit.SECONDS);
            }
            watcher.join(5_000);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        Platform.removeLogListener(log);
        Thread.setDefaultUncaughtExceptionHandler(before);
        if (!display.isDisposed()) {
            display.syncExec(() -> display.removeListener(SWT.PreEvent, began));
        }
    }
}
