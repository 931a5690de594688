// SPDX-License-Identifier: EPL-2.0
/** Conflicts of an item, for a person to look at. */
package org.vaultsync.ui.conflicts;
