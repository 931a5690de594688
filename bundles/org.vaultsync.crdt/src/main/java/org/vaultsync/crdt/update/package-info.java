// SPDX-License-Identifier: EPL-2.0
/**
 * Updates as bytes, in Java alone: what a document holds is known, checked, merged and compared without opening it.
 * Format V1 of Yjs; V2 is never read.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.1.0")
package org.vaultsync.crdt.update;
