// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.preferences;

import org.vaultsync.ui.text.Messages;

/** What people may want to be told of. */
public enum NoticeKind {
    /** A device came into a room. */
    JOINED("notice.joined", Messages.noticeJoined),
    /** A device waits to be let in. */
    REQUEST("notice.request", Messages.noticeRequest),
    /** A device was turned away or turned this one away. */
    REFUSED("notice.refused", Messages.noticeRefused),
    /** Two people changed the same thing. */
    CONFLICT("notice.conflict", Messages.noticeConflict),
    /** Somebody shares an item in a room in which this device asks first. */
    OFFERED("notice.offered", Messages.noticeOffered),
    /** An item cannot be synced any more. */
    STOPPED("notice.stopped", Messages.noticeStopped),
    /** Nothing can be synced, or nothing stored. */
    FAILED("notice.failed", Messages.noticeFailed);

    private final String key;
    private final String label;

    NoticeKind(String key, String label) {
        this.key = key;
        this.label = label;
    }

    String key() {
        return key;
    }

    String label() {
        return label;
    }
}
