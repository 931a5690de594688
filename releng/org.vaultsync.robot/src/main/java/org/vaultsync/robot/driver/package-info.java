// SPDX-License-Identifier: EPL-2.0
/** The other end of the robot: starts hosts and drives them. Plain Java. */
package org.vaultsync.robot.driver;
