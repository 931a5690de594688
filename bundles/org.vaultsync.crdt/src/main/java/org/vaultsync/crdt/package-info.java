// SPDX-License-Identifier: EPL-2.0
/**
 * Documents that merge: JSON and update bytes in, JSON and update bytes out. What stands behind it (Yjs, run by
 * GraalJS) is not seen from outside.
 *
 * <h2>The script alone</h2>
 *
 * <p>The bundle has Yjs in one file, {@code lib/replica.js} in its jar and, after a build, in its folder. It can be run by
 * anything that runs JavaScript, and needs nothing of this bundle: evaluated as a classic script, it leaves one global,
 * {@code replica}, with all that the packages export: {@code replica.Y} (yjs), {@code replica.lib0encoding}, {@code
 * replica.lib0decoding} (lib0), {@code replica.syncProtocol}, {@code replica.awarenessProtocol} (y-protocols). Versions are
 * those of {@code package-lock.json}; the only change to them is how lib0 copies a text into an update, with the same bytes.
 * To run Yjs's own tests on it, have their imports of Yjs resolve to {@code replica.Y}.
 *
 * <p>It needs {@code crypto.getRandomValues} when it is loaded (in GraalJS the option {@code js.crypto}, an experimental one), and
 * {@code setInterval} and {@code clearInterval} only where an {@code Awareness} is made. {@code TextEncoder} and
 * {@code TextDecoder} are used where they are there ({@code js.text-encoding}), as is {@code console}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.1.0")
package org.vaultsync.crdt;
