// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.archive;

import java.util.concurrent.CancellationException;
import org.vaultsync.RoomArchives.Course;

/** Counts the steps of what somebody waits for, and ends it when they do not any more. */
public final class Steps {
    private final Course course;
    private final int all;
    private int done;

    public Steps(Course course, int all) {
        this.course = course;
        this.all = all;
    }

    /**
     * One more is done.
     *
     * @throws CancellationException if nobody waits for the rest
     */
    public void next() {
        if (course.isCancelled()) {
            throw new CancellationException();
        }
        course.at(++done, all);
    }
}
