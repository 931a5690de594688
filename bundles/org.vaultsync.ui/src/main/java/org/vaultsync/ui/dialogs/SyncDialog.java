// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.dialogs;

import org.eclipse.jface.dialogs.TitleAreaDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Shell;
import org.vaultsync.ui.live.LiveSync;

/** A dialog with a title area, a frame of one width, and a size that a person can change. UI thread. */
public abstract class SyncDialog extends TitleAreaDialog {
    protected final LiveSync live;
    private final String title;
    private final String help;
    private final Point least;

    /**
     * @param title of the window
     * @param help the id of its help context
     * @param least how large it opens, in points, unless more is needed
     */
    protected SyncDialog(LiveSync live, Shell shell, String title, String help, Point least) {
        super(shell);
        this.live = live;
        this.title = title;
        this.help = help;
        this.least = least;
        setHelpAvailable(false);
    }

    /** One that opens as large as is needed. */
    protected SyncDialog(LiveSync live, Shell shell, String title, String help) {
        this(live, shell, title, help, new Point(0, 0));
    }

    /** Makes what is between the title and the buttons; the area has a layout of one column, which may be replaced. */
    protected abstract void fill(Composite area);

    @Override
    protected final void configureShell(Shell shell) {
        super.configureShell(shell);
        shell.setText(title);
        ContextHelp.on(shell, help);
    }

    @Override
    protected final boolean isResizable() {
        return true;
    }

    @Override
    protected final Point getInitialSize() {
        Point wanted = super.getInitialSize();
        return new Point(Math.max(wanted.x, least.x), Math.max(wanted.y, least.y));
    }

    @Override
    protected final Control createDialogArea(Composite parent) {
        Composite area = new Composite((Composite) super.createDialogArea(parent), SWT.NONE);
        GridDataFactory.fillDefaults().grab(true, true).applyTo(area);
        GridLayoutFactory.swtDefaults().margins(12, 12).spacing(6, 8).applyTo(area);
        fill(area);
        return area;
    }
}
