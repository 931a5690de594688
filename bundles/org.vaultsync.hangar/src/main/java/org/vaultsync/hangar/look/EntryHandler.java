// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.look;

import java.util.function.BooleanSupplier;
import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;

/** An entry of a menu, while its part is the active one. UI thread. */
public final class EntryHandler extends AbstractHandler {
    private final BooleanSupplier enabled;
    private final Runnable work;

    /** @param enabled is asked now, and at each {@link #refresh} */
    public EntryHandler(BooleanSupplier enabled, Runnable work) {
        this.enabled = enabled;
        this.work = work;
        refresh();
    }

    public void refresh() {
        setBaseEnabled(enabled.getAsBoolean());
    }

    @Override
    public Object execute(ExecutionEvent event) {
        work.run();
        return null;
    }
}
