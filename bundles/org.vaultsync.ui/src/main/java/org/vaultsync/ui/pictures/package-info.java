// SPDX-License-Identifier: EPL-2.0
/** The pictures of the sync views. */
package org.vaultsync.ui.pictures;
