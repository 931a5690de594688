// SPDX-License-Identifier: EPL-2.0
/** Lets a program outside act in a running host as a person would, and see what a person would see. */
package org.vaultsync.robot;
