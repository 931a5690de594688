// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

/**
 * Another device in a room.
 *
 * @param name as the device calls itself
 * @param items how many of the room's items it has in their latest state, as it has acknowledged
 */
public record Member(Fingerprint fingerprint, String name, Reach reach, int items) {}
