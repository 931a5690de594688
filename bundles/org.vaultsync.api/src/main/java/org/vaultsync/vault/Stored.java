// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.vault;

/**
 * An item as a vault holds it.
 *
 * @param revision that its content is, or was made from
 */
public record Stored(Item item, Revision revision) {}
