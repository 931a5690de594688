// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.navigator;

import java.text.NumberFormat;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.jface.viewers.LabelProvider;
import org.eclipse.swt.graphics.Image;
import org.vaultsync.hangar.look.Icon;
import org.vaultsync.hangar.vault.Card;
import org.vaultsync.hangar.vault.FolderVault;

/** Names and icons of shelves and items. */
final class NodeLabels extends LabelProvider {
    private final LocalResourceManager resources;
    private final FolderVault vault;

    NodeLabels(LocalResourceManager resources, FolderVault vault) {
        this.resources = resources;
        this.vault = vault;
    }

    /** As the vault has it now: decorators may ask for the label of an element that a newer one has replaced. */
    private Card card(Node.Entry entry) {
        return vault.card(entry.card().id()).orElse(entry.card());
    }

    @Override
    public String getText(Object element) {
        return switch (element) {
            case Node.Shelf shelf ->
                "%s (%s)"
                        .formatted(
                                shelf.title(), NumberFormat.getIntegerInstance().format(shelf.count()));
            case Node.Entry entry -> card(entry).name();
            default -> String.valueOf(element);
        };
    }

    @Override
    public Image getImage(Object element) {
        return switch (element) {
            case Node.Shelf shelf ->
                resources.get(
                        (shelf.type().equals(Catalogue.DAMAGED) ? Icon.DAMAGED : Icon.of(shelf.type())).descriptor());
            case Node.Entry entry ->
                resources.get((card(entry).problem().isPresent()
                                ? Icon.DAMAGED
                                : Icon.of(card(entry).type()))
                        .descriptor());
            default -> null;
        };
    }
}
