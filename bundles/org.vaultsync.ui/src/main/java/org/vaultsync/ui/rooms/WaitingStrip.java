// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.rooms;

import java.util.List;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.layout.GridLayout;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.pictures.Picture;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;

/** Who waits to be let in, a line for each with a button to answer; not there while nobody does. UI thread. */
public final class WaitingStrip {
    private static final int MOST = 3;

    private final LiveSync live;
    private final Composite area;
    private final LocalResourceManager pictures;
    private List<Visitor> shown = List.of();

    /** @param grid where it takes a row of its own */
    public WaitingStrip(Composite grid, LiveSync live) {
        this.live = live;
        area = new Composite(grid, SWT.NONE);
        pictures = new LocalResourceManager(JFaceResources.getResources(), area);
        GridLayoutFactory.swtDefaults().numColumns(3).margins(8, 4).applyTo(area);
        GridDataFactory.fillDefaults()
                .grab(true, false)
                .span(((GridLayout) grid.getLayout()).numColumns, 1)
                .exclude(true)
                .applyTo(area);
        area.setVisible(false);
        live.onRooms(area, this::update);
        update();
    }

    private void update() {
        List<Visitor> now = Visitor.waiting(live);
        if (now.equals(shown)) {
            return;
        }
        shown = now;
        for (Control before : area.getChildren()) {
            before.dispose();
        }
        now.stream().limit(MOST).forEach(this::line);
        if (now.size() > MOST) {
            int more = now.size() - MOST;
            sentence(more == 1 ? Messages.visitorsOneMore : NLS.bind(Messages.visitorsMore, more), 3);
        }
        ((GridData) area.getLayoutData()).exclude = now.isEmpty();
        area.setVisible(!now.isEmpty());
        area.requestLayout();
    }

    private void line(Visitor visitor) {
        new Label(area, SWT.NONE).setImage(pictures.get(Picture.DEVICE.descriptor()));
        sentence(visitor.sentence(), 1);
        Button answer = new Button(area, SWT.PUSH | SWT.FLAT);
        answer.setText(Messages.answer);
        answer.setToolTipText(Names.literal(visitor.sentence()));
        answer.addListener(SWT.Selection, clicked -> visitor.ask(live, area.getShell()));
    }

    private void sentence(String text, int columns) {
        Label sentence = new Label(area, SWT.WRAP);
        sentence.setText(Names.literal(text));
        // A small hint, so that the view may be narrow and the sentence wraps instead.
        GridDataFactory.fillDefaults()
                .align(SWT.FILL, SWT.CENTER)
                .grab(true, false)
                .span(columns, 1)
                .hint(100, SWT.DEFAULT)
                .applyTo(sentence);
    }
}
