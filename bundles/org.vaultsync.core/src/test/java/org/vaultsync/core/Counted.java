// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.vaultsync.RoomArchives.Course;

/** Somebody who hears of all steps, and waits no more after some of them. */
final class Counted implements Course {
    final List<String> steps = new CopyOnWriteArrayList<>();
    private final int most;

    private Counted(int most) {
        this.most = most;
    }

    static Counted untilTheEnd() {
        return new Counted(Integer.MAX_VALUE);
    }

    static Counted until(int steps) {
        return new Counted(steps);
    }

    @Override
    public void at(int done, int all) {
        steps.add(done + " of " + all);
    }

    @Override
    public boolean isCancelled() {
        return steps.size() >= most;
    }
}
