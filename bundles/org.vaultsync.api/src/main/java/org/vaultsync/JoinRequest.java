// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

/**
 * A device that holds an invite and waits for a person to let it in.
 *
 * @param id names this request
 * @param name as the device calls itself
 */
public record JoinRequest(String id, RoomId room, String name, Fingerprint fingerprint) {}
