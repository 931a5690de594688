// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.live;

import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.eclipse.core.runtime.ILog;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.SWTException;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.vaultsync.SyncException;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Said;
import org.vaultsync.ui.text.Troubles;

/** Brings what sync answers later to the UI thread. */
public final class Answers {
    private Answers() {}

    /**
     * Hands over the result, or a sentence for people that says why there is none; neither once the owner is disposed.
     * Returns at once. UI thread.
     */
    public static <T> void of(
            CompletionStage<T> stage, Control owner, Consumer<? super T> result, Consumer<String> failure) {
        // The owner may be gone already.
        of(stage, Display.getCurrent(), () -> !owner.isDisposed(), result, failure);
    }

    /** The same for what belongs to the application and to no window. */
    public static <T> void of(
            CompletionStage<T> stage, Display display, Consumer<? super T> result, Consumer<String> failure) {
        of(stage, display, () -> true, result, failure);
    }

    /** Asks a service of sync, and says so where it has gone while the person was choosing. */
    public static <S, T> void ask(
            Optional<S> service,
            Function<? super S, CompletionStage<T>> question,
            Control owner,
            Consumer<? super T> result,
            Consumer<String> failure) {
        service.ifPresentOrElse(
                there -> of(question.apply(there), owner, result, failure), () -> failure.accept(Messages.notRunning));
    }

    private static <T> void of(
            CompletionStage<T> stage,
            Display display,
            BooleanSupplier wanted,
            Consumer<? super T> result,
            Consumer<String> failure) {
        stage.whenComplete((value, thrown) -> {
            if (thrown != null && cause(thrown) instanceof CancellationException) {
                return; // it was the person who wanted no answer any more
            }
            String sentence = thrown == null ? "" : sentence(thrown);
            try {
                display.asyncExec(() -> {
                    if (!wanted.getAsBoolean()) {
                        return;
                    }
                    if (thrown == null) {
                        result.accept(value);
                    } else {
                        failure.accept(sentence);
                    }
                });
            } catch (SWTException closing) {
                if (closing.code != SWT.ERROR_DEVICE_DISPOSED) {
                    throw closing;
                }
            }
        });
    }

    private static Throwable cause(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** What a failure of sync says to people. Any thread. */
    public static String sentence(Throwable thrown) {
        Throwable cause = cause(thrown);
        if (cause instanceof SyncException forPeople) {
            return forPeople.trouble().map(Troubles::all).orElseGet(() -> Said.in(forPeople.getMessage()));
        }
        ILog.of(Answers.class).error("sync failed without a sentence for people", cause);
        return NLS.bind(Messages.unexpected, cause);
    }
}
