// SPDX-License-Identifier: EPL-2.0
/** The view of this device, its rooms and who is in them. */
package org.vaultsync.ui.peers;
