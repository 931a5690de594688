// SPDX-License-Identifier: EPL-2.0
/** Items from files of other programs. */
package org.vaultsync.hangar.imports;
