// SPDX-License-Identifier: EPL-2.0

/** Views, badges, toggles, dialogs, preferences. */
package org.vaultsync.ui.views;
