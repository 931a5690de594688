// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.live;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.swt.widgets.Control;

/**
 * Looks how it stands, away from the UI thread: while much arrives that is often. What changes during a look may not be in
 * what was seen, so that it is looked at once more afterwards.
 *
 * <p>UI thread.
 */
public final class Lookout<T> {
    private final Control owner;
    private final Supplier<T> what;
    private final Consumer<T> seen;
    private final Consumer<String> failed;
    private boolean looking;
    private boolean again;

    /**
     * @param owner until it is disposed
     * @param what to look at, on another thread
     */
    public Lookout(Control owner, Supplier<T> what, Consumer<T> seen, Consumer<String> failed) {
        this.owner = owner;
        this.what = what;
        this.seen = seen;
        this.failed = failed;
    }

    /** Looks now, or once more after the present look. */
    public void look() {
        again = looking;
        if (!looking) {
            looking = true;
            Answers.of(
                    CompletableFuture.supplyAsync(what),
                    owner,
                    now -> {
                        seen.accept(now);
                        looked();
                    },
                    why -> {
                        failed.accept(why);
                        looked();
                    });
        }
    }

    /** What is being looked at may be older than what is known by now. */
    public void outdate() {
        again = looking;
    }

    private void looked() {
        looking = false;
        if (again) {
            look();
        }
    }
}
