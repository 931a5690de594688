// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.notices;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.notifications.NotificationPopup;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.CLabel;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Link;
import org.eclipse.swt.widgets.Shell;
import org.vaultsync.ui.pictures.Picture;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;

/** Something told in a corner of the screen, for a while, and without taking the focus. UI thread. */
final class Notice {
    private static final int MILLIS_SHOWN = 8000;
    private static final int GAP = 5;
    private static final int MARGIN = 8;
    private static final int MODAL = SWT.PRIMARY_MODAL | SWT.APPLICATION_MODAL | SWT.SYSTEM_MODAL;

    private final NotificationPopup popup;

    private Notice(Display display, String text, Way... ways) {
        // A modal dialog lets nobody click on a window that is not its own.
        popup = modal(display)
                .map(NotificationPopup::forShell)
                .orElseGet(() -> NotificationPopup.forDisplay(display))
                .title(Notice::title, true)
                .content(parent -> content(parent, text, ways))
                .delay(MILLIS_SHOWN)
                .fadeIn(false)
                .build();
    }

    /** Something that a person can do about a notice. */
    record Way(String link, Runnable action) {}

    static Notice tell(Display display, String text, Way... ways) {
        Notice notice = new Notice(display, text, ways);
        notice.popup.create();
        // What is left of it around all else is a frame.
        notice.popup.getShell().setBackground(display.getSystemColor(SWT.COLOR_WIDGET_NORMAL_SHADOW));
        notice.stack();
        notice.popup.open();
        return notice;
    }

    /** Above those that are there already, as long as the screen has room. */
    private void stack() {
        Shell shell = popup.getShell();
        List<Rectangle> taken = Arrays.stream(shell.getDisplay().getShells())
                .filter(other -> other.isVisible() && other.getData() instanceof NotificationPopup)
                .map(Shell::getBounds)
                .toList();
        Rectangle place = shell.getBounds();
        for (Optional<Rectangle> below = Optional.of(place); below.isPresent(); ) {
            below = taken.stream().filter(place::intersects).findFirst();
            below.ifPresent(other -> place.y = other.y - GAP - place.height);
        }
        if (place.y >= shell.getMonitor().getClientArea().y) {
            shell.setLocation(place.x, place.y);
        }
    }

    /** Takes it away, if it is still there. */
    void close() {
        Shell shell = popup.getShell();
        if (shell != null && !shell.isDisposed()) {
            popup.close();
        }
    }

    private static Optional<Shell> modal(Display display) {
        return Arrays.stream(display.getShells())
                .filter(shell -> shell.isVisible() && (shell.getStyle() & MODAL) != 0)
                .max(Comparator.comparingInt(Notice::depth));
    }

    private static int depth(Shell shell) {
        int depth = 0;
        for (Composite above = shell.getParent(); above != null; above = above.getParent()) {
            depth++;
        }
        return depth;
    }

    private static Control title(Composite parent) {
        CLabel title = new CLabel(parent, SWT.NONE);
        title.setImage(
                new LocalResourceManager(JFaceResources.getResources(), title).create(Picture.PEERS.descriptor()));
        title.setText(Messages.sync);
        title.setLeftMargin(MARGIN);
        // The popup has given it the height of small text.
        ((GridData) parent.getLayoutData()).heightHint = SWT.DEFAULT;
        return title;
    }

    private Control content(Composite parent, String text, Way... ways) {
        Composite area = new Composite(parent, SWT.NONE);
        GridLayoutFactory.fillDefaults()
                .numColumns(ways.length)
                .margins(MARGIN, 4)
                .spacing(16, 8)
                .applyTo(area);
        // To the end of the notice, whose own background is white in every theme.
        GridDataFactory.fillDefaults().grab(true, true).applyTo(area);
        Label label = new Label(area, SWT.WRAP);
        label.setText(Names.literal(text));
        GridDataFactory.fillDefaults()
                .span(ways.length, 1)
                .grab(true, false)
                .hint(300, SWT.DEFAULT)
                .applyTo(label);
        for (Way way : ways) {
            Link link = new Link(area, SWT.NONE);
            link.setText("<a>" + way.link() + "</a>");
            link.addListener(SWT.Selection, clicked -> {
                close();
                way.action().run();
            });
        }
        return area;
    }
}
