// SPDX-License-Identifier: EPL-2.0
/**
 * Documents that merge: JSON and update bytes in, JSON and update bytes out. What stands behind it (Yjs, run by
 * GraalJS) is not seen from outside.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.1.0")
package org.vaultsync.crdt;
