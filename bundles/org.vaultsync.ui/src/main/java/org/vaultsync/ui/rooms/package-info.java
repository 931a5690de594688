// SPDX-License-Identifier: EPL-2.0
/** Creating, joining and leaving rooms, and inviting others. */
package org.vaultsync.ui.rooms;
