// SPDX-License-Identifier: EPL-2.0
/** The application around the vault: its start, window, menus and commands. */
package org.vaultsync.hangar.app;
