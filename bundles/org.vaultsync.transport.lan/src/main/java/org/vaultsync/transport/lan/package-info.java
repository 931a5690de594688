// SPDX-License-Identifier: EPL-2.0

/** TCP with TLS 1.3 between devices of one network. */
package org.vaultsync.transport.lan;
