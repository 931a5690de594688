// SPDX-License-Identifier: EPL-2.0
/** What keeps sync from working. */
package org.vaultsync.ui.diagnosis;
