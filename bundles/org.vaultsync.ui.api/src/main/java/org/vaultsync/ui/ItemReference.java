// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui;

/**
 * What the elements of a host's viewers and its editor inputs adapt to, so that the badge decorator and the sync
 * commands work on them.
 *
 * @param itemId as in {@link org.vaultsync.vault.Item#id()}
 */
public record ItemReference(String itemId) {}
