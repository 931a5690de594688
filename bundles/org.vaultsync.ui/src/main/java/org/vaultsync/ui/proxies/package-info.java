// SPDX-License-Identifier: EPL-2.0
/** What the preferences of Eclipse say about proxies, for those that connect. */
package org.vaultsync.ui.proxies;
