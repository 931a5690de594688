// SPDX-License-Identifier: EPL-2.0
/** What happened to items, and the way back. */
package org.vaultsync.ui.history;
