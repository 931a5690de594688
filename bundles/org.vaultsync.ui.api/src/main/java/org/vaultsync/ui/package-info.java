// SPDX-License-Identifier: EPL-2.0
/** What a host with a user interface places in its editors and viewers, in one line each. */
package org.vaultsync.ui;
