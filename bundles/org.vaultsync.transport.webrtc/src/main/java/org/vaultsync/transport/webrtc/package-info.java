// SPDX-License-Identifier: EPL-2.0
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.1.0")
package org.vaultsync.transport.webrtc;
