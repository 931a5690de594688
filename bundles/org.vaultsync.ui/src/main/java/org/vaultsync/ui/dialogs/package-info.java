// SPDX-License-Identifier: EPL-2.0
/** What the dialogs of sync have in common. */
package org.vaultsync.ui.dialogs;
