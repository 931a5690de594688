// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.pictures;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jface.resource.ImageDescriptor;
import org.eclipse.jface.resource.ResourceLocator;
import org.eclipse.swt.graphics.ImageData;
import org.vaultsync.Badge;
import org.vaultsync.Reach;

/** Our own drawings, each readable at 16 points on light and on dark ground and told apart without its colour. */
public enum Picture {
    NOT_SHARED("badges/not-shared"),
    PENDING("badges/pending"),
    SYNCING("badges/syncing"),
    SYNCED("badges/synced"),
    SENT("badges/sent"),
    CONFLICT("badges/conflict"),
    ERROR("badges/error"),

    PENDING_OVERLAY("overlays/pending"),
    SYNCING_OVERLAY("overlays/syncing"),
    SYNCED_OVERLAY("overlays/synced"),
    SENT_OVERLAY("overlays/sent"),
    CONFLICT_OVERLAY("overlays/conflict"),
    ERROR_OVERLAY("overlays/error"),

    LINKED("states/linked"),
    CONNECTING("states/connecting"),
    RETRYING("states/retrying"),
    AWAY("states/away"),
    REFUSED("states/refused"),
    PAUSED("states/paused"),
    NOTE("states/note"),
    QUALITY_GOOD("states/quality-3"),
    QUALITY_FAIR("states/quality-2"),
    QUALITY_POOR("states/quality-1"),

    /** 8 by 8 points, at a field that somebody else is in. */
    SOMEBODY("overlays/somebody"),

    DEVICE("views/device"),
    LOG("views/log"),
    PEERS("views/peers"),
    ROOM("views/room"),

    COPY("actions/copy"),
    CREATE_ROOM("actions/create-room"),
    DIAGNOSE("actions/diagnose"),
    EXPORT("actions/export"),
    HISTORY("actions/history"),
    IMPORT("actions/import"),
    INVITE("actions/invite"),
    JOIN("actions/join"),
    LEAVE("actions/leave"),
    PAUSE("actions/pause"),
    QR("actions/qr"),
    RENAME("actions/rename"),
    SYNC_NOW("actions/sync-now");

    private final String path;
    private final Map<Integer, ImageData> drawn = new ConcurrentHashMap<>(); // by zoom
    private final ImageDescriptor descriptor = ImageDescriptor.createFromImageDataProvider(this::drawn);

    Picture(String path) {
        this.path = "icons/" + path + ".svg";
    }

    /** For a resource manager, an action or a decoration. */
    public ImageDescriptor descriptor() {
        return descriptor;
    }

    /**
     * The pixels, drawn when they are first asked for: the first SVG in an application takes a second, for the classes
     * that draw it, and the UI thread should not be the one that asks first. Any thread.
     *
     * @param zoom in percent
     */
    ImageData drawn(int zoom) {
        return drawn.computeIfAbsent(
                zoom,
                percent -> ResourceLocator.imageDescriptorFromBundle(Picture.class, path)
                        .orElseGet(ImageDescriptor::getMissingImageDescriptor)
                        .getImageData(percent));
    }

    /** The badge of an item, 16 by 16 points. */
    public static Picture of(Badge badge) {
        return switch (badge) {
            case NOT_SHARED -> NOT_SHARED;
            case PENDING -> PENDING;
            case SYNCING -> SYNCING;
            case SYNCED -> SYNCED;
            case SENT -> SENT;
            case CONFLICT -> CONFLICT;
            case ERROR -> ERROR;
        };
    }

    /** What is laid over the host's own picture of an item, 8 by 8 points; nothing for an item that is not shared. */
    public static Optional<Picture> overlay(Badge badge) {
        return switch (badge) {
            case NOT_SHARED -> Optional.empty();
            case PENDING -> Optional.of(PENDING_OVERLAY);
            case SYNCING -> Optional.of(SYNCING_OVERLAY);
            case SYNCED -> Optional.of(SYNCED_OVERLAY);
            case SENT -> Optional.of(SENT_OVERLAY);
            case CONFLICT -> Optional.of(CONFLICT_OVERLAY);
            case ERROR -> Optional.of(ERROR_OVERLAY);
        };
    }

    /** Whether a member can be reached. */
    public static Picture of(Reach reach) {
        return switch (reach) {
            case Reach.Linked linked -> LINKED;
            case Reach.Dialling dialling -> dialling.attempt() == 1 ? CONNECTING : RETRYING;
            case Reach.Away away -> AWAY;
            case Reach.Refused refused -> REFUSED;
            case Reach.Paused paused -> PAUSED;
        };
    }

    /** How good a link is, from its measured round-trip time. */
    public static Picture quality(Duration roundTrip) {
        long millis = roundTrip.toMillis();
        return millis < 60 ? QUALITY_GOOD : millis < 250 ? QUALITY_FAIR : QUALITY_POOR;
    }
}
