// SPDX-License-Identifier: EPL-2.0
/** What sync did. */
package org.vaultsync.ui.log;
