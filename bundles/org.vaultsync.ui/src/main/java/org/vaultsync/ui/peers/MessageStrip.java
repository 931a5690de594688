// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.peers;

import java.util.Optional;
import org.eclipse.jface.dialogs.Dialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.vaultsync.ui.diagnosis.Remedy;
import org.vaultsync.ui.diagnosis.RemedyButton;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;

/** A sentence at the top of the view about what went wrong, until it is dismissed or the next thing is tried. */
final class MessageStrip {
    private final Composite area;
    private final Label picture;
    private final Label sentence;
    private final RemedyButton remedy;

    MessageStrip(Composite parent) {
        area = new Composite(parent, SWT.NONE);
        GridLayoutFactory.swtDefaults().numColumns(4).margins(8, 4).applyTo(area);
        picture = new Label(area, SWT.NONE);
        picture.setImage(JFaceResources.getImage(Dialog.DLG_IMG_MESSAGE_ERROR));
        GridDataFactory.swtDefaults().align(SWT.CENTER, SWT.BEGINNING).applyTo(picture);
        sentence = new Label(area, SWT.WRAP);
        // A small hint, so that the view may be narrow and the sentence wraps instead.
        GridDataFactory.fillDefaults().grab(true, false).hint(100, SWT.DEFAULT).applyTo(sentence);
        remedy = new RemedyButton(area);
        Button dismiss = new Button(area, SWT.PUSH | SWT.FLAT);
        dismiss.setText(Messages.dismiss);
        GridDataFactory.swtDefaults().align(SWT.CENTER, SWT.BEGINNING).applyTo(dismiss);
        dismiss.addListener(SWT.Selection, clicked -> hide());
        area.setLayoutData(
                GridDataFactory.fillDefaults().grab(true, false).exclude(true).create());
        area.setVisible(false);
    }

    void show(String text) {
        show(text, true, Optional.empty());
    }

    /** @param hindered whether sync does not go on meanwhile */
    void show(String text, boolean hindered, Optional<Remedy> what) {
        remedy.offer(what);
        picture.setImage(
                JFaceResources.getImage(hindered ? Dialog.DLG_IMG_MESSAGE_ERROR : Dialog.DLG_IMG_MESSAGE_WARNING));
        sentence.setText(Names.literal(text));
        visible(true);
    }

    void hide() {
        visible(false);
    }

    private void visible(boolean visible) {
        ((GridData) area.getLayoutData()).exclude = !visible;
        area.setVisible(visible);
        area.requestLayout();
    }
}
