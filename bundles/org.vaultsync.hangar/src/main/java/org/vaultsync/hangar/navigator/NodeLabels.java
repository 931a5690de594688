// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.navigator;

import java.text.NumberFormat;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.jface.viewers.DelegatingStyledCellLabelProvider.IStyledLabelProvider;
import org.eclipse.jface.viewers.LabelProvider;
import org.eclipse.jface.viewers.StyledString;
import org.eclipse.swt.graphics.Image;
import org.vaultsync.hangar.look.Icon;

/** Names and icons of shelves and items. */
final class NodeLabels extends LabelProvider implements IStyledLabelProvider {
    private final LocalResourceManager resources;

    NodeLabels(LocalResourceManager resources) {
        this.resources = resources;
    }

    @Override
    public StyledString getStyledText(Object element) {
        return switch (element) {
            case Node.Shelf shelf ->
                new StyledString(shelf.title())
                        .append(
                                "  " + NumberFormat.getIntegerInstance().format(shelf.count()),
                                StyledString.COUNTER_STYLER);
            case Node.Entry entry -> new StyledString(entry.card().name());
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
                resources.get((entry.card().problem().isPresent()
                                ? Icon.DAMAGED
                                : Icon.of(entry.card().type()))
                        .descriptor());
            default -> null;
        };
    }
}
