// SPDX-License-Identifier: EPL-2.0
/** What an open editor holds: one person's edits on top of an item that others edit too. */
package org.vaultsync.hangar.edit;
