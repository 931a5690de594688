// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.navigator;

import java.text.NumberFormat;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.jface.viewers.DelegatingStyledCellLabelProvider.IStyledLabelProvider;
import org.eclipse.jface.viewers.LabelProvider;
import org.eclipse.jface.viewers.StyledString;
import org.eclipse.jface.viewers.StyledString.Styler;
import org.eclipse.swt.graphics.Color;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.TextStyle;
import org.vaultsync.hangar.look.Icon;
import org.vaultsync.hangar.vault.Card;
import org.vaultsync.hangar.vault.FolderVault;

/** Names and icons of shelves and items. */
final class NodeLabels extends LabelProvider implements IStyledLabelProvider {
    /** Reads well on light and dark. */
    private static final Color GREY = new Color(0x80, 0x88, 0x94);

    private static final Styler COUNT = new Styler() {
        @Override
        public void applyStyles(TextStyle style) {
            style.foreground = GREY;
        }
    };

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
    public StyledString getStyledText(Object element) {
        return switch (element) {
            case Node.Shelf shelf ->
                new StyledString(shelf.title())
                        .append("  " + NumberFormat.getIntegerInstance().format(shelf.count()), COUNT);
            case Node.Entry entry -> new StyledString(card(entry).name());
            default -> new StyledString(String.valueOf(element));
        };
    }

    @Override
    public String getText(Object element) {
        return getStyledText(element).getString();
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
