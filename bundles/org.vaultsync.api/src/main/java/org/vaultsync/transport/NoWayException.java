// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport;

import java.io.IOException;

/**
 * The other device was there, and no link to it came about; the message is a sentence for people. Such a try costs more than one
 * that finds nobody, and what it costs may be lost for good, so it is not made again as often.
 */
public final class NoWayException extends IOException {
    private static final long serialVersionUID = 1;

    public NoWayException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
