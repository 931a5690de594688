// SPDX-License-Identifier: EPL-2.0
/** What the sync views say. */
package org.vaultsync.ui.text;
