// SPDX-License-Identifier: EPL-2.0

/** The reference host: a vault of units, pilots and forces. */
package org.vaultsync.hangar;
