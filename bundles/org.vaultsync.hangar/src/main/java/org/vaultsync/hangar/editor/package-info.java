// SPDX-License-Identifier: EPL-2.0
/** The editor of one item: a form and the raw JSON. */
package org.vaultsync.hangar.editor;
