// SPDX-License-Identifier: EPL-2.0
/** Sync in the status line. */
package org.vaultsync.ui.status;
