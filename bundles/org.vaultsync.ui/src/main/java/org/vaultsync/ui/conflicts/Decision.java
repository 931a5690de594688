// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.conflicts;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.eclipse.core.commands.operations.AbstractOperation;
import org.eclipse.core.commands.operations.IAdvancedUndoableOperation2;
import org.eclipse.core.commands.operations.IOperationHistory;
import org.eclipse.core.commands.operations.IUndoContext;
import org.eclipse.core.commands.operations.IUndoableOperation;
import org.eclipse.core.commands.operations.ObjectUndoContext;
import org.eclipse.core.runtime.IAdaptable;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.IStatus;
import org.eclipse.core.runtime.Status;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PlatformUI;
import org.vaultsync.Badge;
import org.vaultsync.Conflict;
import org.vaultsync.VaultSync;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;

/**
 * What a person decided about a conflict, for the history of the platform. It is taken back by a new edit, as
 * {@link VaultSync#reopen} does it: what somebody has written since stays, and then this says so.
 */
final class Decision extends AbstractOperation implements IAdvancedUndoableOperation2 {
    /** Not the context of the workbench: what undoes a file there would undo this for everybody in the room. */
    static final IUndoContext ALL = new ObjectUndoContext(Decision.class, "decisions about conflicts");

    private static final int LONGEST = 40; // so much of a name or a value is said
    private static final long LOOK_MILLIS = 50;

    private final LiveSync live;
    private final Conflict conflict;
    private final Optional<String> value;
    private final Display display;

    /**
     * UI thread.
     *
     * @param value as for {@link VaultSync#settle}
     */
    Decision(LiveSync live, Conflict conflict, Optional<String> value) {
        super(NLS.bind(Messages.decisionAbout, JsonText.field(conflict), conflict.itemId()));
        this.live = live;
        this.conflict = conflict;
        this.value = value;
        display = Display.getCurrent();
        addContext(ALL);
    }

    Conflict conflict() {
        return conflict;
    }

    /** Takes the name of the item into what it is called. Not on the UI thread: the vault is asked. */
    void findName() {
        setLabel(NLS.bind(
                Messages.decisionAbout, JsonText.field(conflict), cut(Conflicts.name(live, conflict.itemId()))));
    }

    private static String cut(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    }

    /** It was carried out, and can be undone from now on. UI thread. */
    void remember() {
        history().add(this);
    }

    /** It was undone, or cannot be any more. UI thread. */
    void forget() {
        history().replaceOperation(this, new IUndoableOperation[0]);
    }

    /**
     * Sync has refused to undo it. What was decided before can be undone all the same: this waits behind that, or is forgotten
     * if its item is not shared any more. UI thread.
     */
    void stepBack() {
        IUndoableOperation[] undoable = history().getUndoHistory(ALL); // the oldest first
        if (isGone()) {
            forget();
        } else if (undoable.length > 0 && undoable[0] != this) {
            forget();
            // The second one comes before the first one.
            history().replaceOperation(undoable[0], new IUndoableOperation[] {undoable[0], this});
        }
    }

    /** Whether there is nothing any more that it could be undone in. */
    boolean isGone() {
        return live.status(conflict.itemId()).badge() == Badge.NOT_SHARED;
    }

    private static IOperationHistory history() {
        return PlatformUI.getWorkbench().getOperationSupport().getOperationHistory();
    }

    CompletionStage<Void> settle(VaultSync sync) {
        return sync.settle(conflict, value);
    }

    CompletionStage<Void> reopen(VaultSync sync) {
        return sync.reopen(conflict, value);
    }

    @Override
    public IStatus execute(IProgressMonitor monitor, IAdaptable info) {
        return redo(monitor, info);
    }

    @Override
    public IStatus redo(IProgressMonitor monitor, IAdaptable info) {
        return carryOut(this::settle, monitor, () -> {
            if (isGone()) {
                forget();
            }
        });
    }

    @Override
    public IStatus undo(IProgressMonitor monitor, IAdaptable info) {
        IStatus status = carryOut(this::reopen, monitor, this::stepBack);
        if (status.isOK()) {
            tellOfLaterEdit();
        }
        return status;
    }

    /** Sync is never waited for on the UI thread. */
    @Override
    public boolean runInBackground() {
        return true;
    }

    @Override
    public IStatus computeExecutionStatus(IProgressMonitor monitor) {
        return Status.OK_STATUS;
    }

    @Override
    public void setQuietCompute(boolean quiet) {
        // Nothing is computed before.
    }

    /** @param refused what becomes of it if sync does not do it; on the UI thread, before the person is told */
    private IStatus carryOut(
            Function<VaultSync, CompletionStage<Void>> order, IProgressMonitor monitor, Runnable refused) {
        Optional<VaultSync> sync = live.sync();
        if (sync.isEmpty()) {
            return refused(Messages.notRunning, () -> {});
        }
        CompletableFuture<Void> done = order.apply(sync.get()).toCompletableFuture();
        while (!done.isDone()) {
            try {
                done.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException notYet) {
                if (monitor != null && monitor.isCanceled()) {
                    return Status.CANCEL_STATUS;
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return Status.CANCEL_STATUS;
            } catch (ExecutionException failed) {
                return refused(Answers.sentence(failed), refused);
            }
        }
        return done.isCompletedExceptionally()
                ? refused(Answers.sentence(done.exceptionNow()), refused)
                : Status.OK_STATUS;
    }

    private IStatus refused(String why, Runnable then) {
        display.asyncExec(() -> {
            then.run();
            MessageDialog.openError(window(), Messages.conflictsTitle, Names.literal(why));
        });
        return Status.error(why);
    }

    private static Shell window() {
        IWorkbenchWindow window = PlatformUI.getWorkbench().getActiveWorkbenchWindow();
        return window == null ? null : window.getShell();
    }

    private void tellOfLaterEdit() {
        List<String> seen = List.of(conflict.standing(), value.orElseGet(conflict::standing));
        live.sync().stream()
                .flatMap(sync -> sync.conflicts(conflict.itemId()).stream())
                .filter(open -> open.id().equals(conflict.id()) && !seen.contains(open.standing()))
                .findFirst()
                .ifPresent(open -> {
                    String sentence = NLS.bind(
                            Messages.decidedAndChanged, JsonText.field(open), JsonText.brief(open.standing(), LONGEST));
                    display.asyncExec(() ->
                            MessageDialog.openInformation(window(), Messages.conflictsTitle, Names.literal(sentence)));
                });
    }
}
