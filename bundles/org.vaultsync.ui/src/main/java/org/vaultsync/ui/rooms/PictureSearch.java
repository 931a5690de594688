// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.rooms;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.eclipse.core.runtime.ILog;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.IStatus;
import org.eclipse.core.runtime.OperationCanceledException;
import org.eclipse.core.runtime.Status;
import org.eclipse.core.runtime.SubMonitor;
import org.eclipse.core.runtime.jobs.IJobChangeEvent;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.core.runtime.jobs.JobChangeAdapter;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.widgets.Shell;
import org.vaultsync.SyncException;
import org.vaultsync.ui.text.Messages;

/**
 * Reads a picture and searches it for QR codes, while the person sees how far it is and may cancel it. It ends with the
 * window that asks for it, whose shell is its family.
 */
final class PictureSearch extends Job {
    /** In pixels; what they take in memory is several times as much in bytes. */
    static final int LARGEST_PICTURE = 40_000_000;

    private static final ILog LOG = ILog.of(PictureSearch.class);

    /** Where a picture comes from. */
    @FunctionalInterface
    interface Source {
        ImageData picture() throws IOException;
    }

    /** What finds QR codes in it; fails with an {@link OperationCanceledException} once it is cancelled. */
    @FunctionalInterface
    interface Reader {
        List<String> read(ImageData picture, IProgressMonitor monitor);
    }

    private final Shell owner;
    private final Source source;
    private final Reader reader;
    private final Predicate<String> wanted;
    private final CompletableFuture<List<String>> answer = new CompletableFuture<>();

    private PictureSearch(Shell owner, Source source, Reader reader, Predicate<String> wanted) {
        super(Messages.searchingPicture);
        this.owner = owner;
        this.source = source;
        this.reader = reader;
        this.wanted = wanted;
        addJobChangeListener(new JobChangeAdapter() {
            @Override
            public void done(IJobChangeEvent event) {
                cancelled(); // also where it was before it began
            }
        });
    }

    /** Completes, on any thread, with what is wanted of what is found; fails with a {@link SyncException}. UI thread. */
    static CompletionStage<List<String>> start(Shell owner, Source source, Reader reader, Predicate<String> wanted) {
        PictureSearch search = new PictureSearch(owner, source, reader, wanted);
        owner.addDisposeListener(gone -> search.cancel());
        search.schedule();
        return search.answer;
    }

    /** Cancels what a window searches. */
    static void cancel(Shell owner) {
        Job.getJobManager().cancel(owner);
    }

    /** Whether a window searches something now. */
    static boolean isSearching(Shell owner) {
        return Job.getJobManager().find(owner).length > 0;
    }

    @Override
    public boolean belongsTo(Object family) {
        return family == owner;
    }

    @Override
    protected IStatus run(IProgressMonitor monitor) {
        try {
            answer.complete(search(SubMonitor.convert(monitor, Messages.searchingPicture, 1)));
        } catch (SyncException none) {
            answer.completeExceptionally(none);
        } catch (OperationCanceledException byThePerson) {
            return Status.CANCEL_STATUS;
        } catch (IOException | RuntimeException | OutOfMemoryError unreadable) {
            LOG.info("a picture was not read: " + unreadable);
            answer.completeExceptionally(new SyncException(Messages.pictureUnreadable));
        }
        return Status.OK_STATUS;
    }

    private List<String> search(SubMonitor monitor) throws IOException, SyncException {
        ImageData picture = source.picture();
        if ((long) picture.width * picture.height > LARGEST_PICTURE) {
            throw new SyncException(Messages.pictureUnreadable);
        }
        List<String> texts = reader.read(picture, monitor.split(1));
        List<String> found = texts.stream().filter(wanted).toList();
        if (found.isEmpty()) {
            throw new SyncException(texts.isEmpty() ? Messages.noQr : Messages.noInviteInQr);
        }
        return found;
    }

    /** Said at once, though the step that is under way takes up to a second more. */
    @Override
    protected void canceling() {
        cancelled();
    }

    private void cancelled() {
        answer.completeExceptionally(new SyncException(Messages.searchCancelled, new CancellationException()));
    }

    /** Whether a search failed because somebody cancelled it. */
    static boolean isCancelled(Throwable failure) {
        return failure instanceof CancellationException
                || failure.getCause() != null && isCancelled(failure.getCause());
    }
}
