// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.contract;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Listens to the log. */
public final class Heard extends Handler implements AutoCloseable {
    private final Logger logger;
    private final List<String> warnings = new CopyOnWriteArrayList<>();

    /** @param name the package whose lines are heard, with those inside */
    public Heard(String name) {
        logger = Logger.getLogger(name);
        setFormatter(new SimpleFormatter());
        logger.addHandler(this);
    }

    @Override
    public void publish(LogRecord line) {
        if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
            warnings.add(getFormatter().formatMessage(line));
        }
    }

    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
