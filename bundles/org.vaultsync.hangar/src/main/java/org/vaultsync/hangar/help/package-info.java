// SPDX-License-Identifier: EPL-2.0
/** The pages of the help, for browsers. */
package org.vaultsync.hangar.help;
