// SPDX-License-Identifier: EPL-2.0
/** The signaling server that y-webrtc clients speak to, for a device of its own or inside of any other. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.1.0")
package org.vaultsync.signaling;
