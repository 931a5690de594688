// SPDX-License-Identifier: EPL-2.0

/** Rooms, members, sessions, dialling, the store, the mapping of items. */
package org.vaultsync.core;
