// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.navigator;

import java.text.NumberFormat;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.jface.viewers.LabelProvider;
import org.eclipse.swt.graphics.Image;
import org.vaultsync.hangar.item.ItemType;
import org.vaultsync.hangar.look.Icon;
import org.vaultsync.hangar.look.Words;
import org.vaultsync.hangar.vault.Card;
import org.vaultsync.hangar.vault.FolderVault;

/** Names and icons of shelves and items. */
final class NodeLabels extends LabelProvider {
    private final LocalResourceManager resources;
    private final FolderVault vault;
    private final Supplier<Catalogue> shown;

    NodeLabels(LocalResourceManager resources, FolderVault vault, Supplier<Catalogue> shown) {
        this.resources = resources;
        this.vault = vault;
        this.shown = shown;
    }

    @Override
    public String getText(Object element) {
        return switch (element) {
            case Node.Shelf shelf ->
                "%s (%s)"
                        .formatted(
                                title(shelf),
                                NumberFormat.getIntegerInstance()
                                        .format(shown.get().on(shelf).size()));
            case Node.Entry entry -> card(entry).map(Card::name).orElse("");
            default -> String.valueOf(element);
        };
    }

    /** As the vault has it now; an item that has just gone is still on its shelf. */
    private Optional<Card> card(Node.Entry entry) {
        return vault.card(entry.id()).or(() -> shown.get().card(entry.id()));
    }

    private static String title(Node.Shelf shelf) {
        return shelf.type().equals(Catalogue.DAMAGED)
                ? Words.of("Cannot be read")
                : ItemType.of(shelf.type()).many();
    }

    @Override
    public Image getImage(Object element) {
        return switch (element) {
            case Node.Shelf shelf ->
                resources.get(
                        (shelf.type().equals(Catalogue.DAMAGED) ? Icon.DAMAGED : Icon.of(shelf.type())).descriptor());
            case Node.Entry entry ->
                card(entry)
                        .map(card -> card.problem().isPresent() ? Icon.DAMAGED : Icon.of(card.type()))
                        .map(icon -> resources.get(icon.descriptor()))
                        .orElse(null);
            default -> null;
        };
    }
}
