// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.session;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.core.machine.Machine;

/**
 * Warns of links of strangers that were closed: of each reason once in a minute, and of so many reasons, since strangers can
 * think up ever new ones; how many more there were is told when a minute is over. Confined to one thread.
 */
final class Crowd {
    private static final Logger LOG = LoggerFactory.getLogger(Crowd.class);
    private static final Duration QUIET = Duration.ofMinutes(1);
    private static final int MOST = 20;

    private final Machine machine;
    private final Set<String> told = new HashSet<>();
    private long began;
    private int more;

    Crowd(Machine machine) {
        this.machine = machine;
        began = machine.nanos();
    }

    void warn(String why) {
        if (machine.nanos() - began > QUIET.toNanos()) {
            if (more > 0) {
                LOG.warn("closed {} more links of strangers in a minute", more);
            }
            began = machine.nanos();
            told.clear();
            more = 0;
        }
        if (told.size() < MOST && told.add(why)) {
            LOG.warn("closed link of a stranger: {}", why);
        } else {
            more++;
        }
    }
}
