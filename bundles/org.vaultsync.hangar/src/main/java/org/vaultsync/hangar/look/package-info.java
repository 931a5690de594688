// SPDX-License-Identifier: EPL-2.0
/** What all parts of the window share: icons, words, entries of menus and the showing of failures. */
package org.vaultsync.hangar.look;
