// SPDX-License-Identifier: EPL-2.0
/**
 * What a host application implements: its vault. Kept apart from what it only calls, because adding a method here
 * breaks implementers.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.1.1")
package org.vaultsync.vault;
