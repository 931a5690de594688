// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.peers;

import java.util.List;
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
import org.vaultsync.ui.diagnosis.RemedyButtons;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;

/**
 * A sentence at the top of the view: what the last action led to, until it is dismissed or the next thing is tried; else what
 * is wrong, as long as it is so or until it is dismissed.
 */
final class MessageStrip {
    private final Composite area;
    private final Label picture;
    private final Label sentence;
    private final RemedyButtons remedies;
    private Optional<Message> passing = Optional.empty();
    private Optional<Message> lasting = Optional.empty();
    private Optional<Message> shown = Optional.empty();

    private record Message(String text, String picture, List<Remedy> remedies) {}

    MessageStrip(Composite parent) {
        area = new Composite(parent, SWT.NONE);
        GridLayoutFactory.swtDefaults().numColumns(4).margins(8, 4).applyTo(area);
        picture = new Label(area, SWT.NONE);
        picture.setImage(JFaceResources.getImage(Dialog.DLG_IMG_MESSAGE_ERROR));
        GridDataFactory.swtDefaults().align(SWT.CENTER, SWT.BEGINNING).applyTo(picture);
        sentence = new Label(area, SWT.WRAP);
        // A small hint, so that the view may be narrow and the sentence wraps instead.
        GridDataFactory.fillDefaults().grab(true, false).hint(100, SWT.DEFAULT).applyTo(sentence);
        remedies = new RemedyButtons(area);
        Button dismiss = new Button(area, SWT.PUSH | SWT.FLAT);
        dismiss.setText(Messages.dismiss);
        GridDataFactory.swtDefaults().align(SWT.CENTER, SWT.BEGINNING).applyTo(dismiss);
        dismiss.addListener(SWT.Selection, clicked -> dismiss());
        area.setLayoutData(
                GridDataFactory.fillDefaults().grab(true, false).exclude(true).create());
        area.setVisible(false);
    }

    /** What went wrong with an action. */
    void show(String text) {
        passing = Optional.of(new Message(text, Dialog.DLG_IMG_MESSAGE_ERROR, List.of()));
        update();
    }

    /** What an action has done. */
    void tell(String text) {
        passing = Optional.of(new Message(text, Dialog.DLG_IMG_MESSAGE_INFO, List.of()));
        update();
    }

    /**
     * From now on this is wrong, or nothing.
     *
     * @param hindered whether sync does not go on meanwhile
     */
    void lasts(Optional<String> wrong, boolean hindered, List<Remedy> against) {
        lasting = wrong.map(text ->
                new Message(text, hindered ? Dialog.DLG_IMG_MESSAGE_ERROR : Dialog.DLG_IMG_MESSAGE_WARNING, against));
        update();
    }

    /** The next thing is tried. */
    void hide() {
        passing = Optional.empty();
        update();
    }

    private void dismiss() {
        if (passing.isEmpty()) {
            lasting = Optional.empty();
        }
        hide();
    }

    private void update() {
        Optional<Message> now = passing.or(() -> lasting);
        if (now.equals(shown)) {
            return; // a new layout of the view is not for free
        }
        shown = now;
        now.ifPresent(message -> {
            remedies.offer(message.remedies());
            picture.setImage(JFaceResources.getImage(message.picture()));
            sentence.setText(Names.literal(message.text()));
        });
        ((GridData) area.getLayoutData()).exclude = now.isEmpty();
        area.setVisible(now.isPresent());
        area.requestLayout();
    }
}
