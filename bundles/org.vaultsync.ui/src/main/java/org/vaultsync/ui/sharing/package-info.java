// SPDX-License-Identifier: EPL-2.0
/** The sync toggle, and what it does. */
package org.vaultsync.ui.sharing;
