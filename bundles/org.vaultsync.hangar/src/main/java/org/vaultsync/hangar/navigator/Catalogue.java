// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.navigator;

import java.text.CollationKey;
import java.text.Collator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.vaultsync.hangar.item.ItemType;
import org.vaultsync.hangar.look.Words;
import org.vaultsync.hangar.vault.Card;

/**
 * The items of the vault as the tree shows them at one moment: on shelves by type, by name, those that match what is
 * searched for.
 */
record Catalogue(List<Node.Shelf> shelves, Map<String, List<Node.Entry>> entries) {
    /** The shelf of the items whose files cannot be read; no item has this type. */
    static final String DAMAGED = "\u0000damaged";

    static final Catalogue EMPTY = new Catalogue(List.of(), Map.of());

    static Catalogue of(Collection<Card> cards, String search) {
        List<String> words = Arrays.stream(search.toLowerCase(Locale.ROOT).split("\\s+"))
                .filter(word -> !word.isEmpty())
                .toList();
        Map<String, List<Node.Entry>> byType = new LinkedHashMap<>();
        ItemType.known().forEach(type -> byType.put(type.type(), new ArrayList<>()));
        for (Card card : cards) {
            String type = card.problem().isPresent() ? DAMAGED : card.type();
            if (matches(card, words)) {
                byType.computeIfAbsent(type, none -> new ArrayList<>()).add(new Node.Entry(card));
            }
        }
        Collator collator = Collator.getInstance();
        Map<String, CollationKey> keys = new HashMap<>();
        Comparator<Node.Entry> byName = Comparator.comparing(
                        (Node.Entry entry) -> keys.computeIfAbsent(entry.card().name(), collator::getCollationKey))
                .thenComparing(entry -> entry.card().id());
        byType.values().forEach(list -> list.sort(byName));
        List<Node.Shelf> shelves = new ArrayList<>();
        byType.forEach((type, list) -> {
            boolean known = ItemType.known().stream().anyMatch(one -> one.type().equals(type));
            if (!list.isEmpty() || known && words.isEmpty()) {
                String title = type.equals(DAMAGED)
                        ? Words.of("Cannot be read")
                        : ItemType.of(type).many();
                shelves.add(new Node.Shelf(type, title, list.size()));
            }
        });
        return new Catalogue(shelves, byType);
    }

    private static boolean matches(Card card, List<String> words) {
        String text = (card.name() + " " + card.id()).toLowerCase(Locale.ROOT);
        return words.stream().allMatch(text::contains);
    }

    List<Node.Entry> on(Node.Shelf shelf) {
        return entries.getOrDefault(shelf.type(), List.of());
    }
}
