// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.time.Instant;

/**
 * Two people wrote the same field of an item without knowing of each other. One value stands, the other is kept here
 * until a person has looked.
 *
 * @param id the same on every device
 * @param field where it is, as a JSON pointer from the item: {@code /content/tonnage}, {@code /meta/name}
 * @param standing the value that the item has, as JSON; empty text if the field is gone
 * @param lost the other value, as JSON; empty text if the other deleted the field
 * @param standingWriter the name of the device that wrote the standing value, empty if it is not known
 * @param lostWriter the name of the device that wrote the lost value, empty if it is not known
 * @param found when this device noticed
 */
public record Conflict(
        String id,
        String itemId,
        String field,
        String standing,
        String lost,
        String standingWriter,
        String lostWriter,
        Instant found) {}
