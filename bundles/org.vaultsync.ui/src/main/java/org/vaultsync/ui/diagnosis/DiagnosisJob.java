// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.diagnosis;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.IStatus;
import org.eclipse.core.runtime.Status;
import org.eclipse.core.runtime.jobs.IJobChangeEvent;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.core.runtime.jobs.JobChangeAdapter;
import org.vaultsync.Diagnosis;
import org.vaultsync.Diagnostics;
import org.vaultsync.SyncException;
import org.vaultsync.ui.text.Messages;

/** Looks for what keeps sync from working, while the person sees that it does, and may cancel it. */
final class DiagnosisJob extends Job {
    private final Diagnostics diagnostics;
    private final CompletableFuture<Diagnosis> answer = new CompletableFuture<>();
    private final CompletableFuture<Void> cancelled = new CompletableFuture<>();

    DiagnosisJob(Diagnostics diagnostics) {
        super(Messages.diagnosisTitle);
        this.diagnostics = diagnostics;
        addJobChangeListener(new JobChangeAdapter() {
            @Override
            public void done(IJobChangeEvent event) {
                // Also where it was cancelled before it began.
                answer.completeExceptionally(new SyncException(Messages.diagnosisCancelled));
            }
        });
    }

    /** Completes on any thread, and fails with a sentence for people if it is cancelled. */
    CompletionStage<Diagnosis> answer() {
        return answer;
    }

    @Override
    protected IStatus run(IProgressMonitor monitor) {
        monitor.beginTask(Messages.diagnosisTitle, IProgressMonitor.UNKNOWN);
        CompletableFuture<Diagnosis> asked = diagnostics.check().toCompletableFuture();
        try {
            CompletableFuture.anyOf(asked, cancelled).join();
            answer.complete(asked.join());
            return Status.OK_STATUS;
        } catch (CancellationException | CompletionException ended) {
            asked.cancel(true);
            if (monitor.isCanceled()) {
                return Status.CANCEL_STATUS;
            }
            answer.completeExceptionally(ended);
            return Status.OK_STATUS;
        } finally {
            monitor.done();
        }
    }

    @Override
    protected void canceling() {
        cancelled.completeExceptionally(new CancellationException());
    }
}
