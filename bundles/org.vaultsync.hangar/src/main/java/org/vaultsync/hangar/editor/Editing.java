// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.editor;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import org.eclipse.swt.widgets.Control;
import org.vaultsync.hangar.vault.FolderVault;

/** What a control of the form edits. UI thread only. */
interface Editing {
    /** The value of a field as the person sees it; a missing node if there is none. */
    JsonNode value(JsonPointer at);

    /** Whether a text that is no value yet stands in the field. */
    boolean isUnfinished(JsonPointer at);

    /** Whether the field can be set without putting something else out of its place. */
    boolean isReachable(JsonPointer at);

    /** Whether the item can only be read here. */
    boolean isReadOnly();

    /** Sets a field as a step of its own. */
    void edit(JsonPointer at, JsonNode value);

    /** Sets a field of which the text is being typed. */
    void type(JsonPointer at, JsonNode value);

    /** A text stands in the field that is no value yet. */
    void leaveUnfinished(JsonPointer at, String text);

    /** What is typed beside a value, to become a part of it, is there or is not. */
    void pendingChanged();

    /** The person has left the field. */
    void pause();

    /** Shows what is wrong with a field, or that nothing is. */
    void complain(Object key, Optional<String> sentence, Control where);

    FolderVault vault();

    /** Opens another item. */
    void open(String id);
}
