// SPDX-License-Identifier: EPL-2.0
/** Reading pictures: what can be shown of them, as large as there is room for it. */
package org.vaultsync.hangar.picture;
