// SPDX-License-Identifier: EPL-2.0
/** Versions of items in the compare editor of the Eclipse platform. */
package org.vaultsync.ui.compare;
