// SPDX-License-Identifier: EPL-2.0
/** What the members of a room share, and what this device takes of it. */
package org.vaultsync.ui.offers;
