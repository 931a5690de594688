// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.rooms;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.IStatus;
import org.eclipse.core.runtime.Status;
import org.eclipse.core.runtime.jobs.Job;
import org.vaultsync.RoomArchives.Contents;
import org.vaultsync.RoomArchives.Course;

/** Writes or reads the file of a room while the person sees how far it is and may cancel it. */
final class FileJob extends Job {
    private final Function<Course, CompletionStage<Contents>> work;
    private final CompletableFuture<Contents> result = new CompletableFuture<>();

    private FileJob(String name, Function<Course, CompletionStage<Contents>> work) {
        super(name);
        this.work = work;
        setUser(true);
    }

    /** Completes, on any thread, as the work does. */
    static CompletionStage<Contents> start(String name, Function<Course, CompletionStage<Contents>> work) {
        FileJob job = new FileJob(name, work);
        job.schedule();
        return job.result;
    }

    @Override
    protected IStatus run(IProgressMonitor monitor) {
        try {
            result.complete(
                    work.apply(new ToMonitor(monitor)).toCompletableFuture().join());
            return Status.OK_STATUS;
        } catch (CompletionException | CancellationException told) {
            result.completeExceptionally(told);
            return monitor.isCanceled() ? Status.CANCEL_STATUS : Status.OK_STATUS;
        } finally {
            monitor.done();
        }
    }

    private record ToMonitor(IProgressMonitor monitor) implements Course {
        @Override
        public void at(int done, int all) {
            if (done == 1) {
                monitor.beginTask("", all);
            }
            monitor.worked(1);
        }

        @Override
        public boolean isCancelled() {
            return monitor.isCanceled();
        }
    }
}
