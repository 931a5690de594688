// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

/**
 * A device nearby that shows itself to everybody.
 *
 * @param id names it as long as it is shown
 * @param name as it calls itself; nothing proves it
 */
public record Neighbour(String id, String name) {}
