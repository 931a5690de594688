// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.vaultsync.core.identity.Sha256;
import org.vaultsync.crdt.update.Knowledge;

/**
 * The digests of a room's documents as two devices compare them: of each document, of each of 256 buckets of documents,
 * and of the room. A bucket's is computed anew only when it is asked for after a change. Belongs to the room's thread.
 */
final class Digests {
    static final int BUCKETS = 256;

    private static final byte[] NOTHING = Knowledge.NOTHING.digest();

    private final List<NavigableMap<String, byte[]>> documents = new ArrayList<>();
    private final List<byte[]> buckets = new ArrayList<>(Collections.nCopies(BUCKETS, null)); // null: to be computed

    Digests() {
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            documents.add(new TreeMap<>());
        }
    }

    void put(String docId, byte[] digest) {
        int bucket = bucket(docId);
        if (Arrays.equals(digest, NOTHING)) {
            documents.get(bucket).remove(docId);
        } else {
            documents.get(bucket).put(docId, digest);
        }
        buckets.set(bucket, null);
    }

    /** The documents of a bucket that hold anything, by id. */
    NavigableMap<String, byte[]> of(int bucket) {
        return Collections.unmodifiableNavigableMap(documents.get(bucket));
    }

    List<byte[]> buckets() {
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            if (buckets.get(bucket) == null) {
                MessageDigest sha = Sha256.begin();
                documents.get(bucket).forEach((id, digest) -> {
                    sha.update(id.getBytes(StandardCharsets.US_ASCII));
                    sha.update(digest);
                });
                buckets.set(bucket, Arrays.copyOf(sha.digest(), 16));
            }
        }
        return List.copyOf(buckets);
    }

    byte[] room() {
        MessageDigest sha = Sha256.begin();
        buckets().forEach(sha::update);
        return Arrays.copyOf(sha.digest(), 16);
    }

    /** The first byte of the hash of a document's id. */
    private static int bucket(String docId) {
        return Sha256.of(docId.getBytes(StandardCharsets.US_ASCII))[0] & 0xff;
    }
}
