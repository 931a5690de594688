// SPDX-License-Identifier: EPL-2.0
/** The badge of an item wherever a host shows the item. */
package org.vaultsync.ui.badges;
