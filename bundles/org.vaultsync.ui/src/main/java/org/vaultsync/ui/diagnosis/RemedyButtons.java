// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.diagnosis;

import java.util.List;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.FillLayout;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;

/** Buttons in a cell of a grid, one below the other, that are there while there are remedies. UI thread. */
public final class RemedyButtons {
    private final Composite place;

    public RemedyButtons(Composite grid) {
        place = new Composite(grid, SWT.NONE);
        place.setLayout(new FillLayout(SWT.VERTICAL));
        GridDataFactory.swtDefaults()
                .align(SWT.BEGINNING, SWT.BEGINNING)
                .exclude(true)
                .applyTo(place);
        place.setVisible(false);
    }

    /** From now on they do this, or are not there. */
    public void offer(List<Remedy> remedies) {
        // New ones each time: one that was hidden is measured with the font that it had then.
        for (Control before : place.getChildren()) {
            before.dispose();
        }
        for (Remedy remedy : remedies) {
            Button button = new Button(place, SWT.PUSH);
            button.setText(remedy.label());
            button.addListener(SWT.Selection, clicked -> remedy.run().run());
        }
        ((GridData) place.getLayoutData()).exclude = remedies.isEmpty();
        place.setVisible(!remedies.isEmpty());
        place.requestLayout();
    }
}
