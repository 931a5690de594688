// SPDX-License-Identifier: EPL-2.0
/** The vault of Hangar: a folder of JSON files, one for each item. */
package org.vaultsync.hangar.vault;
