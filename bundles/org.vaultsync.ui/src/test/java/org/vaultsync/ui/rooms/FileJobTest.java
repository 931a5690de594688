// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.rooms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.NullProgressMonitor;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.core.runtime.jobs.ProgressProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vaultsync.RoomArchives.Contents;
import org.vaultsync.RoomArchives.Course;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;

/** What a person sees of the file of a room that is written, and how they cancel it. */
class FileJobTest {
    private static final Contents CONTENTS = new Contents(new RoomId("00".repeat(16)), "Friday", 3, 1);

    private final Monitor monitor = new Monitor();
    private final CompletableFuture<Contents> work = new CompletableFuture<>();
    private final CompletableFuture<Course> begun = new CompletableFuture<>();

    /** Of the one job. */
    private static final class Monitor extends NullProgressMonitor {
        int all;
        int worked;

        @Override
        public void beginTask(String name, int total) {
            all = total;
        }

        @Override
        public void worked(int steps) {
            worked += steps;
        }
    }

    @BeforeEach
    void watch() {
        Job.getJobManager().setProgressProvider(new ProgressProvider() {
            @Override
            public IProgressMonitor createMonitor(Job job) {
                return monitor;
            }
        });
    }

    @AfterEach
    void watchNoMore() {
        Job.getJobManager().setProgressProvider(null);
    }

    private CompletionStage<Contents> start() {
        return FileJob.start("Export Room", course -> {
            begun.complete(course);
            return work;
        });
    }

    private static Contents await(CompletionStage<Contents> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Test
    void showsHowFarItIs() throws Exception {
        CompletionStage<Contents> result = start();
        Course course = begun.get(20, TimeUnit.SECONDS);
        course.at(1, 4);
        course.at(2, 4);
        assertEquals(4, monitor.all);
        assertEquals(2, monitor.worked);
        work.complete(CONTENTS);
        assertSame(CONTENTS, await(result));
    }

    @Test
    void endsWhenItIsCancelled() throws Exception {
        AtomicReference<Job> job = new AtomicReference<>();
        CompletionStage<Contents> result = start();
        Course course = begun.get(20, TimeUnit.SECONDS);
        for (Job each : Job.getJobManager().find(null)) {
            if (each instanceof FileJob && each.getState() == Job.RUNNING) {
                job.set(each);
            }
        }
        assertTrue(job.get().isUser(), "the person sees it");
        job.get().cancel();
        assertTrue(course.isCancelled());
        work.completeExceptionally(new CancellationException());
        assertThrows(CancellationException.class, () -> await(result));
    }

    @Test
    void failsAsTheWorkDoes() {
        CompletionStage<Contents> result = start();
        work.completeExceptionally(new SyncException("The disk is full."));
        ExecutionException failed = assertThrows(ExecutionException.class, () -> await(result));
        Throwable cause = failed.getCause();
        assertEquals("The disk is full.", (cause.getCause() == null ? cause : cause.getCause()).getMessage());
    }
}
