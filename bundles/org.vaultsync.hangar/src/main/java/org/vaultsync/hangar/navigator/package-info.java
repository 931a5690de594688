// SPDX-License-Identifier: EPL-2.0
/** The tree of all items of the vault. */
package org.vaultsync.hangar.navigator;
