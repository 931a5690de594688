// SPDX-License-Identifier: EPL-2.0
/** What the commands of the sync views do. */
package org.vaultsync.ui.commands;
