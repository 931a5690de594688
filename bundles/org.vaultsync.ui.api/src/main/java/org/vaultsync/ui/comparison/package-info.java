// SPDX-License-Identifier: EPL-2.0
/**
 * What a host may give sync to show versions of an item beside each other. Kept apart from what it only calls, because adding a method
 * here breaks implementers.
 */
package org.vaultsync.ui.comparison;
