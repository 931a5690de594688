// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.vault;

/**
 * A file that belongs to an item, such as a picture. The bytes are found in the vault by their hash.
 *
 * @param key names the attachment within its item; random, so that two people may add a file each at the same time
 * @param name the file's name as people see it
 * @param sha256 of the file's bytes, 64 lower-case hexadecimal digits
 * @param size in bytes
 * @param mediaType such as {@code image/png}
 */
public record Attachment(String key, String name, String sha256, long size, String mediaType) {
    public Attachment {
        if (key.isEmpty()) {
            throw new IllegalArgumentException("an attachment needs a key");
        }
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("not a SHA-256 in lower-case hexadecimal digits: " + sha256);
        }
        if (size < 0) {
            throw new IllegalArgumentException("negative size of an attachment: " + size);
        }
    }
}
