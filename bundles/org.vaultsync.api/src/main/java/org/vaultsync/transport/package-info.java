// SPDX-License-Identifier: EPL-2.0
/**
 * What a transport bundle implements. A transport sees and dials; who is let in and which link stays is decided by the
 * core, once for all transports.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.2.0")
package org.vaultsync.transport;
