// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.history;

import java.util.List;
import org.eclipse.osgi.util.NLS;
import org.vaultsync.FieldChange;
import org.vaultsync.Version;
import org.vaultsync.ui.conflicts.JsonText;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.When;

/** Versions and changes in words. */
final class Told {
    private static final int LONGEST = 60;

    private Told() {}

    static String when(Version version) {
        return version.time()
                .map(time -> version.merged() ? NLS.bind(Messages.versionCame, When.was(time)) : When.was(time))
                .orElse(Messages.versionEarlier);
    }

    static String who(Version version) {
        return version.writers().isEmpty() ? Messages.versionByNobodyKnown : String.join(", ", version.writers());
    }

    static String what(Version version) {
        return switch (version.kind()) {
            case EARLIER -> Messages.versionBefore;
            case SHARED -> Messages.versionShared;
            case EDITED -> changed(version.changes());
            case RESTORED -> NLS.bind(Messages.versionRestored, changed(version.changes()));
            case DELETED -> Messages.versionDeleted;
            case CAME_BACK -> NLS.bind(Messages.versionCameBack, changed(version.changes()));
        };
    }

    private static String changed(List<FieldChange> changes) {
        return switch (changes.size()) {
            case 0 -> Messages.versionUnchanged;
            case 1 -> NLS.bind(Messages.versionOneField, field(changes.getFirst()));
            default -> NLS.bind(Messages.versionFields, changes.size(), field(changes.getFirst()));
        };
    }

    static String field(FieldChange change) {
        String path = JsonText.path(change.field());
        return path.isEmpty() ? Messages.wholeItem : path;
    }

    /** A value in full. */
    static String value(String json) {
        return json.isEmpty() ? Messages.fieldGone : JsonText.readable(json);
    }

    /** A value in one line. */
    static String brief(String json) {
        String text = value(json.length() > 4 * LONGEST ? json.substring(0, 4 * LONGEST) : json)
                .replaceAll("\\s+", " ");
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    }
}
