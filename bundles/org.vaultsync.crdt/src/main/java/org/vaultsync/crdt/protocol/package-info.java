// SPDX-License-Identifier: EPL-2.0
/**
 * What clients of Yjs say to each other, byte for byte as y-protocols has it: sync steps, updates, and awareness. Bytes
 * alone; no document is opened for it.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.1.0")
package org.vaultsync.crdt.protocol;
