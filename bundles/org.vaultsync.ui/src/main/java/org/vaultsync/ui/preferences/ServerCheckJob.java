// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.preferences;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.IStatus;
import org.eclipse.core.runtime.Status;
import org.eclipse.core.runtime.jobs.Job;
import org.vaultsync.ServerChecks.Answer;
import org.vaultsync.ui.text.Messages;

/** Tries several servers at once. Cancelling it ends all that are still under way. */
final class ServerCheckJob extends Job {
    /**
     * One server.
     *
     * @param server as a person typed it, without passwords
     * @param question blocks until it is known
     */
    record Check(String server, Question question) {}

    /** What is asked of a server. */
    @FunctionalInterface
    interface Question {
        Answer ask() throws InterruptedException;
    }

    private final List<Check> checks;
    private final BiConsumer<Integer, Answer> told;
    private final ExecutorService each = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("server check").factory());

    /**
     * A job that does nothing yet.
     *
     * @param told takes each answer with the number of its check; on any thread
     */
    ServerCheckJob(List<Check> checks, BiConsumer<Integer, Answer> told) {
        super(Messages.checkServersTitle);
        this.checks = List.copyOf(checks);
        this.told = told;
    }

    @Override
    protected IStatus run(IProgressMonitor monitor) {
        monitor.beginTask(Messages.checkServersTitle, checks.size());
        try (each) {
            for (int i = 0; i < checks.size() && !monitor.isCanceled(); i++) {
                int number = i;
                each.execute(() -> {
                    try {
                        told.accept(number, checks.get(number).question().ask());
                        monitor.worked(1);
                    } catch (InterruptedException givenUp) {
                        Thread.currentThread().interrupt();
                    }
                });
            }
        } catch (RejectedExecutionException cancelled) {
            return Status.CANCEL_STATUS;
        }
        return monitor.isCanceled() ? Status.CANCEL_STATUS : Status.OK_STATUS;
    }

    @Override
    protected void canceling() {
        each.shutdownNow();
    }
}
