// SPDX-License-Identifier: EPL-2.0
/** What people can choose. */
package org.vaultsync.ui.preferences;
