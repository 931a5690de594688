// SPDX-License-Identifier: EPL-2.0
/** What a host application calls: rooms, the state of its items, and what happened to them. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.2.0")
package org.vaultsync;
