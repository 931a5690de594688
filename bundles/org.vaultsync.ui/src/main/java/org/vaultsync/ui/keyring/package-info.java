// SPDX-License-Identifier: EPL-2.0

/** The keyring of the operating system, as Equinox secure storage reaches it. */
package org.vaultsync.ui.keyring;
