// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.look;

import java.util.Locale;
import org.eclipse.jface.resource.ImageDescriptor;
import org.eclipse.jface.resource.ResourceLocator;
import org.vaultsync.hangar.item.ItemType;

/** The icons of Hangar, each an SVG of 16 points that reads well on light and dark. */
public enum Icon {
    UNIT,
    PILOT,
    FORCE,
    ITEM,
    DAMAGED,
    MISSING,
    ERROR,
    ADD,
    REMOVE,
    UP,
    DOWN,
    PICTURE,
    PASTE,
    DUPLICATE,
    IMPORT;

    private final ImageDescriptor descriptor = ResourceLocator.imageDescriptorFromBundle(
                    Icon.class, "icons/" + name().toLowerCase(Locale.ROOT) + ".svg")
            .orElseGet(ImageDescriptor::getMissingImageDescriptor);

    /** The icon of a type of items. */
    public static Icon of(String type) {
        return switch (type) {
            case ItemType.UNIT -> UNIT;
            case ItemType.PILOT -> PILOT;
            case ItemType.FORCE -> FORCE;
            default -> ITEM;
        };
    }

    public ImageDescriptor descriptor() {
        return descriptor;
    }
}
