// SPDX-License-Identifier: EPL-2.0
/** What a platform gives that can keep secrets. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.1.0")
package org.vaultsync.keyring;
