// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.navigator;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.IStatus;
import org.eclipse.core.runtime.Status;
import org.eclipse.core.runtime.jobs.IJobChangeEvent;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.core.runtime.jobs.JobChangeAdapter;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.jface.dialogs.ProgressMonitorDialog;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Shell;
import org.osgi.service.component.annotations.Component;
import org.vaultsync.hangar.look.Failures;
import org.vaultsync.hangar.look.Words;
import org.vaultsync.hangar.vault.VaultSteps.Course;

/**
 * What people ask of the vault, which may take long: done by jobs that show how far they are and can be cancelled, one after the
 * other, in the order in which it was asked. UI thread, where a method says nothing else.
 */
@Component(service = Errands.class)
public final class Errands {
    private static final int MILLIS_BETWEEN_LOOKS = 100;

    /** Something that reads or writes the vault. */
    @FunctionalInterface
    public interface Errand {
        /**
         * Not on the UI thread.
         *
         * @throws IOException if it could not be done, with a sentence for people, which is shown to them
         */
        void run(Course course) throws IOException;
    }

    private final Deque<Work> asked = new ArrayDeque<>(); // guarded by itself; the first is being done
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private CompletableFuture<Void> idle = CompletableFuture.completedFuture(null); // guarded by asked
    private final AtomicInteger failures = new AtomicInteger();

    /**
     * Does it after all that was asked before, and returns at once.
     *
     * @param title of what says that it failed
     * @param name what is being done
     * @param then what to do after it was done, on the UI thread; not if it failed
     */
    public void ask(Shell shell, String title, String name, Errand errand, Runnable then) {
        Work work = new Work(shell, title, name, errand, then);
        boolean alone;
        synchronized (asked) {
            asked.add(work);
            alone = asked.size() == 1;
            if (alone) {
                idle = new CompletableFuture<>();
            }
        }
        if (alone) {
            work.schedule(); // waits for listeners of other jobs, which may be in over()
        }
        listeners.forEach(Runnable::run);
    }

    /** Whether something is not done yet. Any thread. */
    public boolean isBusy() {
        synchronized (asked) {
            return !asked.isEmpty();
        }
    }

    /** Runs it on the UI thread whenever something was asked or is done. */
    public void addListener(Runnable changed) {
        listeners.add(changed);
    }

    public void removeListener(Runnable changed) {
        listeners.remove(changed);
    }

    /**
     * Waits until all is done, and shows it: a deleted item that is being brought back is nowhere but in this process.
     *
     * @return false if the person does not want to wait, or something of it failed, which they are told
     */
    public boolean finish(Shell shell) {
        if (!isBusy()) {
            return true;
        }
        int before = failures.get();
        try {
            new ProgressMonitorDialog(shell).run(true, true, this::await);
        } catch (InterruptedException cancelled) {
            return false;
        } catch (InvocationTargetException broken) {
            throw new IllegalStateException(broken.getCause());
        }
        return before == failures.get() && !isBusy();
    }

    private void await(IProgressMonitor monitor) throws InterruptedException {
        monitor.beginTask(Words.of("Hangar closes as soon as this is done"), IProgressMonitor.UNKNOWN);
        while (true) {
            CompletableFuture<Void> end;
            synchronized (asked) {
                if (asked.isEmpty()) {
                    return;
                }
                monitor.subTask(asked.getFirst().getName());
                end = idle;
            }
            if (monitor.isCanceled()) {
                throw new InterruptedException("the person does not want to wait");
            }
            try {
                end.get(MILLIS_BETWEEN_LOOKS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException notYet) {
                // look again, also whether the person still wants to wait
            } catch (ExecutionException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    private void over(Work work) {
        Work next;
        CompletableFuture<Void> end;
        synchronized (asked) {
            asked.remove(work);
            next = asked.peekFirst();
            end = idle;
        }
        if (next != null) {
            next.schedule();
        } else {
            end.complete(null);
        }
    }

    private final class Work extends Job {
        private final Shell shell;
        private final Display display;
        private final String title;
        private final Errand errand;
        private final Runnable then;

        Work(Shell shell, String title, String name, Errand errand, Runnable then) {
            super(name);
            this.shell = shell;
            this.display = shell.getDisplay();
            this.title = title;
            this.errand = errand;
            this.then = then;
            setUser(true);
            // Also one that is cancelled before it began is over.
            addJobChangeListener(new JobChangeAdapter() {
                @Override
                public void done(IJobChangeEvent event) {
                    over(Work.this);
                    later(() -> listeners.forEach(Runnable::run));
                }
            });
        }

        @Override
        protected IStatus run(IProgressMonitor monitor) {
            try {
                errand.run(new ToMonitor(monitor));
                if (!monitor.isCanceled()) {
                    later(then);
                }
                return monitor.isCanceled() ? Status.CANCEL_STATUS : Status.OK_STATUS;
            } catch (IOException failure) {
                String sentence = Failures.plain(failure.getMessage());
                failures.incrementAndGet();
                later(() -> MessageDialog.openError(shell.isDisposed() ? null : shell, title, sentence));
                return Status.OK_STATUS;
            } catch (RuntimeException broken) {
                failures.incrementAndGet();
                throw broken; // the platform says and logs it
            } finally {
                monitor.done();
            }
        }

        private void later(Runnable work) {
            if (!display.isDisposed()) {
                display.asyncExec(work);
            }
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
