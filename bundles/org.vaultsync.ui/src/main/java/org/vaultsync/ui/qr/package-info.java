// SPDX-License-Identifier: EPL-2.0
/** QR codes: drawn, and found in pictures. */
package org.vaultsync.ui.qr;
