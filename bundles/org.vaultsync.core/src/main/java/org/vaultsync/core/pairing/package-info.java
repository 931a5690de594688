// SPDX-License-Identifier: EPL-2.0

/** Devices nearby that do not know each other: who is shown, and pairing by comparing a code. */
package org.vaultsync.core.pairing;
