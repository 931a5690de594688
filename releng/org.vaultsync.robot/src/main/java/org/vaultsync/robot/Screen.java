// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.robot;

import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.eclipse.swt.widgets.Display;

/** The way onto the UI thread. It never waits for a dialog that an action has opened. Any thread but that of the UI. */
final class Screen {
    private static final long ANSWER_SECONDS = 30;

    private volatile Display found; // written once

    /** The display of the host, once it has one. */
    Display display() {
        Display known = found;
        if (known != null && !known.isDisposed()) {
            return known;
        }
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            Display display = Display.findDisplay(thread);
            if (display != null && !display.isDisposed() && isReady(display)) {
                found = display;
                return display;
            }
        }
        throw new Refusal("the host has no display yet");
    }

    /** A display can be found while its constructor still runs, and cannot be asked anything then. */
    private static boolean isReady(Display display) {
        try {
            display.asyncExec(() -> {});
            return true;
        } catch (NullPointerException beingMade) {
            return false;
        }
    }

    /** Asks something of the widgets. */
    <T> T ask(Callable<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Display display = display();
        display.asyncExec(() -> {
            try {
                answer.complete(question.call());
            } catch (Exception | LinkageError failed) {
                answer.completeExceptionally(failed);
            }
        });
        return await(answer, display);
    }

    /**
     * Does something that may open a dialog. Returns when it is done, or when what it opened waits for a person.
     */
    void act(Runnable action) {
        CompletableFuture<Void> failure = new CompletableFuture<>();
        CompletableFuture<Void> after = new CompletableFuture<>();
        Display display = display();
        display.asyncExec(() -> {
            try {
                action.run();
            } catch (RuntimeException | LinkageError failed) {
                failure.completeExceptionally(failed);
            }
        });
        // Runs after the action, or inside of the event loop of the dialog that it opened.
        display.asyncExec(() -> after.complete(null));
        await(after, display);
        if (failure.isCompletedExceptionally()) {
            await(failure, display);
        }
    }

    /**
     * The workbench misses the end of its own start where it was about to sleep just then, and sleeps until a mouse moves
     * (WorkbenchAdvisor.openWindows; what others ask waits for the end). So it is woken, as by a mouse.
     */
    private static <T> T await(CompletableFuture<T> answer, Display display) {
        try {
            for (int second = 0; second < ANSWER_SECONDS; second++) {
                try {
                    return answer.get(1, TimeUnit.SECONDS);
                } catch (TimeoutException busyOrAsleep) {
                    if (!display.isDisposed()) {
                        display.wake();
                    }
                }
            }
            throw new Refusal("the UI thread did not answer for " + ANSWER_SECONDS + " s; it is at "
                    + Arrays.stream(display.getThread().getStackTrace())
                            .limit(20)
                            .map(StackTraceElement::toString)
                            .collect(Collectors.joining(" < ")));
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Refusal refusal) {
                throw refusal;
            }
            throw new Refusal(String.valueOf(failed.getCause()));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new Refusal("stopped");
        }
    }
}
