// SPDX-License-Identifier: EPL-2.0
/** JSON as Hangar reads, compares, changes and writes it. */
package org.vaultsync.hangar.json;
