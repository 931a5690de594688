// SPDX-License-Identifier: EPL-2.0
/**
 * What it would take to show a picture or a text, measured before a toolkit is given it: items come from others, who may put anything
 * into them. No windows, no services; any thread.
 */
package org.vaultsync.ui.measure;
