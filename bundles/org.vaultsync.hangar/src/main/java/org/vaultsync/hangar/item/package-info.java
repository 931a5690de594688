// SPDX-License-Identifier: EPL-2.0
/** What Hangar knows about its items: their types and fields, and the item as one JSON document. */
package org.vaultsync.hangar.item;
