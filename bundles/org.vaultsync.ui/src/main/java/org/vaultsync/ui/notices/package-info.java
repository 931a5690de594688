// SPDX-License-Identifier: EPL-2.0
/** What people are told of without having looked. */
package org.vaultsync.ui.notices;
