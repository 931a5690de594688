// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

/** JSON Pointers of RFC 6901, put together. */
final class Pointers {
    private Pointers() {}

    static String step(String pointer, String name) {
        return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
    }
}
