// SPDX-License-Identifier: EPL-2.0
/** Sync as the views see it: there or not, and its news on the UI thread. */
package org.vaultsync.ui.live;
