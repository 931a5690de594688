// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.status;

import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.ToolBar;
import org.eclipse.swt.widgets.ToolItem;
import org.eclipse.ui.menus.WorkbenchWindowControlContribution;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.peers.PeersView;
import org.vaultsync.ui.rooms.Visitor;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;

/** The state of sync in the status line; a click opens the peers view. */
public final class StatusItem extends WorkbenchWindowControlContribution {
    private static final int MILLIS_BETWEEN_COUNTS = 500;

    @Override
    protected Control createControl(Composite parent) {
        LiveSync live = LiveSync.ofWorkbench();
        Composite area = new Composite(parent, SWT.NONE);
        GridLayoutFactory.fillDefaults().extendedMargins(4, 4, 0, 0).applyTo(area);
        ToolBar bar = new ToolBar(area, SWT.FLAT | SWT.RIGHT);
        ToolItem item = new ToolItem(bar, SWT.PUSH);
        item.addListener(SWT.Selection, clicked -> PeersView.show());
        LocalResourceManager pictures = new LocalResourceManager(JFaceResources.getResources(), area);
        Display display = area.getDisplay();
        Job count = Job.createSystem(Messages.sync, monitor -> {
            Summary summary = Summary.of(live.sync(), Visitor.waiting(live).size());
            if (!display.isDisposed()) {
                display.asyncExec(() -> {
                    if (!item.isDisposed()) {
                        show(summary, item, pictures);
                    }
                });
            }
        });
        area.addDisposeListener(disposed -> count.cancel());
        // While it waits to run, scheduling it once more changes nothing: a stream of changes is counted twice a
        // second.
        live.onItems(area, changed -> count.schedule(MILLIS_BETWEEN_COUNTS));
        live.onRooms(area, () -> count.schedule(MILLIS_BETWEEN_COUNTS));
        count.schedule();
        return area;
    }

    private static void show(Summary summary, ToolItem item, LocalResourceManager pictures) {
        Image picture = pictures.get(summary.picture().descriptor());
        if (picture != item.getImage()) {
            item.setImage(picture);
        }
        item.setToolTipText(Names.literal(summary.explained()));
        if (!summary.text().equals(item.getText())) {
            item.setText(summary.text());
            fit(item.getParent());
        }
    }

    /** The workbench puts the control into a place of a tool bar that keeps the width it had at first. */
    private static void fit(Control control) {
        for (Control inner = control; inner.getParent() != null; inner = inner.getParent()) {
            if (inner.getParent() instanceof ToolBar bar) {
                for (ToolItem place : bar.getItems()) {
                    if (place.getControl() == inner) {
                        place.setWidth(inner.computeSize(SWT.DEFAULT, SWT.DEFAULT).x);
                        bar.pack();
                    }
                }
            }
        }
        control.requestLayout();
    }
}
