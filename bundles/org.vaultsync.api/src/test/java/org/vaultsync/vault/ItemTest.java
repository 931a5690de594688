// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ItemTest {
    private static final String SHA256 = "0123456789abcdef".repeat(4);
    private static final Attachment PICTURE = new Attachment("k1", "Anvil.png", SHA256, 70_000, "image/png");

    @Test
    void anItemNeedsAnId() {
        assertThrows(IllegalArgumentException.class, () -> new Item("", "unit", "Anvil", "{}"));
    }

    @Test
    void whatBelongsToAnItemStaysAsItWas() {
        List<Attachment> attachments = new ArrayList<>(List.of(PICTURE));
        List<String> references = new ArrayList<>(List.of("u2"));
        Item item = new Item("u1", "unit", "Anvil", "{}", attachments, references);
        attachments.clear();
        references.add("u3");
        assertEquals(List.of(PICTURE), item.attachments());
        assertEquals(List.of("u2"), item.references());
        assertNotEquals(new Item("u1", "unit", "Anvil", "{}"), item);
        assertEquals(
                new Item("u1", "unit", "Anvil", "{}", List.of(), List.of()), new Item("u1", "unit", "Anvil", "{}"));
    }

    @Test
    void anAttachmentNeedsAKeyAndASizeThatCanBe() {
        assertThrows(IllegalArgumentException.class, () -> new Attachment("", "a.png", SHA256, 1, "image/png"));
        assertThrows(IllegalArgumentException.class, () -> new Attachment("k1", "a.png", SHA256, -1, "image/png"));
        assertEquals(0, new Attachment("k1", "empty.txt", SHA256, 0, "text/plain").size());
    }

    /** It names a file in vaults. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0123456789abcdef",
                "../../0123456789abcdef",
                "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF"
            })
    void anAttachmentIsFoundByASha256Alone(String hash) {
        assertThrows(IllegalArgumentException.class, () -> new Attachment("k1", "a.png", hash, 1, "image/png"));
    }

    @Test
    void whatBecameOfAPutIsOneOfThree() {
        Item item = new Item("u1", "unit", "Anvil", "{}");
        for (Put put : List.of(new Put.Taken(item), new Put.Newer(), new Put.Refused("Too large."))) {
            Optional<String> said = switch (put) {
                case Put.Taken(Item held) -> Optional.of(held.name());
                case Put.Newer() -> Optional.empty();
                case Put.Refused(String why) -> Optional.of(why);
            };
            assertEquals(
                    put instanceof Put.Taken
                            ? Optional.of("Anvil")
                            : put instanceof Put.Newer ? Optional.empty() : Optional.of("Too large."),
                    said);
        }
    }
}
