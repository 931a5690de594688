// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.navigator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.vaultsync.NameOrder;
import org.vaultsync.hangar.item.ItemType;
import org.vaultsync.hangar.vault.Card;

/**
 * The items of the vault as the tree shows them at one moment: on shelves by type, by name, those that match what is
 * searched for.
 */
record Catalogue(List<Node.Shelf> shelves, Map<String, List<Card>> cards) {
    /** The shelf of the items whose files cannot be read; no item has this type. */
    static final String DAMAGED = "\u0000damaged";

    static final Catalogue EMPTY = new Catalogue(List.of(), Map.of());

    static Catalogue of(Collection<Card> cards, String search) {
        List<String> words = Arrays.stream(search.toLowerCase(Locale.ROOT).split("\\s+"))
                .filter(word -> !word.isEmpty())
                .toList();
        Map<String, List<Card>> byType = new LinkedHashMap<>();
        ItemType.known().forEach(type -> byType.put(type.type(), new ArrayList<>()));
        for (Card card : cards) {
            if (matches(card, words)) {
                String type = card.problem().isPresent() ? DAMAGED : card.type();
                byType.computeIfAbsent(type, none -> new ArrayList<>()).add(card);
            }
        }
        Comparator<Card> byName =
                Comparator.comparing(Card::name, new NameOrder()).thenComparing(Card::id);
        if (!words.isEmpty()) {
            byType.values().removeIf(List::isEmpty);
        }
        byType.values().forEach(list -> list.sort(byName));
        return new Catalogue(byType.keySet().stream().map(Node.Shelf::new).toList(), byType);
    }

    private static boolean matches(Card card, List<String> words) {
        String text = (card.name() + " " + card.id()).toLowerCase(Locale.ROOT);
        return words.stream().allMatch(text::contains);
    }

    Optional<Card> card(String id) {
        return cards.values().stream()
                .flatMap(List::stream)
                .filter(card -> card.id().equals(id))
                .findFirst();
    }

    List<Card> on(Node.Shelf shelf) {
        return cards.getOrDefault(shelf.type(), List.of());
    }
}
