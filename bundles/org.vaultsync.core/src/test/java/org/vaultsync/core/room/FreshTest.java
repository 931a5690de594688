// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.vaultsync.RoomId;
import org.vaultsync.core.store.Tables.Piece;
import org.vaultsync.core.wire.DocumentName;

class FreshTest {
    private final Fresh fresh = new Fresh();

    private static Document document(int number) {
        return new Document(
                new DocumentName(new RoomId("0123456789abcdef0123456789abcdef"), String.format("%032x", number)));
    }

    private static Piece piece(int size) {
        return new Piece(new byte[size], Optional.of("anna"), Instant.EPOCH, false);
    }

    @Test
    void theOnlyUpdateIsThereUntilThereIsMore() {
        Document document = document(1);
        Piece piece = piece(5);
        fresh.put(document, piece);
        assertEquals(Optional.of(piece), fresh.of(document));
        assertTrue(fresh.of(document(1)).isEmpty(), "another document, of another room perhaps");
        fresh.integrated(document);
        Piece integrated = fresh.of(document).orElseThrow();
        assertTrue(integrated.integrated());
        assertArrayEquals(piece.bytes(), integrated.bytes());
        assertEquals(piece.author(), integrated.author());
        fresh.forget(document);
        fresh.integrated(document);
        assertTrue(fresh.of(document).isEmpty());
    }

    @Test
    void whatIsSmallTogetherIsKeptAndTheEldestGoFirst() {
        List<Document> documents =
                IntStream.range(0, 1100).mapToObj(FreshTest::document).toList();
        for (int round = 0; round < 3; round++) {
            documents.forEach(document -> fresh.put(document, piece(4096)));
        }
        assertFalse(documents.subList(0, 76).stream()
                .anyMatch(document -> fresh.of(document).isPresent()));
        assertTrue(documents.subList(76, 1100).stream()
                .allMatch(document -> fresh.of(document).isPresent()));
        Document large = document(2000);
        fresh.put(large, piece(5 << 20));
        assertTrue(fresh.of(large).isEmpty());
        documents.forEach(document -> assertTrue(fresh.of(document).isEmpty()));
        fresh.put(documents.getFirst(), piece(4 << 20));
        assertTrue(fresh.of(documents.getFirst()).isPresent());
    }
}
