// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.diagnosis;

import java.util.Optional;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.FillLayout;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;

/** A button in a grid that is there while there is a remedy. UI thread. */
public final class RemedyButton {
    private final Composite place;

    public RemedyButton(Composite grid) {
        place = new Composite(grid, SWT.NONE);
        place.setLayout(new FillLayout());
        GridDataFactory.swtDefaults()
                .align(SWT.BEGINNING, SWT.BEGINNING)
                .exclude(true)
                .applyTo(place);
        place.setVisible(false);
    }

    /** From now on it does this, or is not there. */
    public void offer(Optional<Remedy> remedy) {
        // A new one each time: one that was hidden is measured with the font that it had then.
        for (Control before : place.getChildren()) {
            before.dispose();
        }
        remedy.ifPresent(there -> {
            Button button = new Button(place, SWT.PUSH);
            button.setText(there.label());
            button.addListener(SWT.Selection, clicked -> there.run().run());
        });
        ((GridData) place.getLayoutData()).exclude = remedy.isEmpty();
        place.setVisible(remedy.isPresent());
        place.requestLayout();
    }
}
