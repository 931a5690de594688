// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.notices;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.notifications.NotificationPopup;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Link;
import org.eclipse.swt.widgets.Shell;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;

/** Something told in a corner of the screen, for a while, and without taking the focus. UI thread. */
final class Notice {
    private static final int MILLIS_SHOWN = 8000;
    private static final int MODAL = SWT.PRIMARY_MODAL | SWT.APPLICATION_MODAL | SWT.SYSTEM_MODAL;

    private final NotificationPopup popup;

    private Notice(Display display, String text, Way... ways) {
        // A modal dialog lets nobody click on a window that is not its own.
        popup = modal(display)
                .map(NotificationPopup::forShell)
                .orElseGet(() -> NotificationPopup.forDisplay(display))
                .title(Messages.sync, true)
                .content(parent -> content(parent, text, ways))
                .delay(MILLIS_SHOWN)
                .fadeIn(false)
                .build();
    }

    /** Something that a person can do about a notice. */
    record Way(String link, Runnable action) {}

    static Notice tell(Display display, String text, Way... ways) {
        Notice notice = new Notice(display, text, ways);
        notice.popup.open();
        return notice;
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

    private Control content(Composite parent, String text, Way... ways) {
        Composite area = new Composite(parent, SWT.NONE);
        GridLayoutFactory.fillDefaults().numColumns(ways.length).spacing(16, 5).applyTo(area);
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
