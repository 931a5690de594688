// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.dialogs;

import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.ScrolledComposite;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.vaultsync.ui.pictures.Picture;
import org.vaultsync.ui.text.Names;

/** Sentences with a picture before each, one below the other; what does not fit is scrolled. UI thread. */
public final class PicturedSentences {
    private final LocalResourceManager pictures;
    private final ScrolledComposite scrolled;
    private final Composite lines;
    private boolean arranging;

    /** Fills what is left of the area of a dialog. */
    public PicturedSentences(Composite area) {
        pictures = new LocalResourceManager(JFaceResources.getResources(), area);
        scrolled = new ScrolledComposite(area, SWT.V_SCROLL);
        scrolled.setExpandHorizontal(true);
        scrolled.setExpandVertical(true);
        GridDataFactory.fillDefaults().grab(true, true).applyTo(scrolled);
        lines = new Composite(scrolled, SWT.NONE);
        GridLayoutFactory.swtDefaults()
                .numColumns(2)
                .margins(12, 12)
                .spacing(8, 8)
                .applyTo(lines);
        scrolled.setContent(lines);
        scrolled.addListener(SWT.Resize, resized -> resize());
    }

    /** A sentence that can become another one. */
    public final class Line {
        private final Label picture = new Label(lines, SWT.NONE);
        private final Label sentence = new Label(lines, SWT.WRAP);

        private Line() {
            GridDataFactory.swtDefaults().align(SWT.CENTER, SWT.BEGINNING).applyTo(picture);
            GridDataFactory.fillDefaults()
                    .grab(true, false)
                    .hint(100, SWT.DEFAULT)
                    .applyTo(sentence);
        }

        /** @param meaning what the picture says; may be empty where the sentence says it */
        public void show(Picture before, String meaning, String text) {
            picture.setImage(pictures.create(before.descriptor()));
            picture.setToolTipText(meaning);
            sentence.setText(Names.literal(text));
            arrangeSoon();
        }
    }

    /** A button below what was added last. */
    public void offer(String label, Runnable run) {
        new Label(lines, SWT.NONE);
        Button button = new Button(lines, SWT.PUSH);
        button.setText(label);
        button.addListener(SWT.Selection, clicked -> run.run());
    }

    public Line add() {
        return new Line();
    }

    /** Once for all that changes together: measuring wrapped lines takes long. */
    private void arrangeSoon() {
        if (!arranging) {
            arranging = true;
            lines.getDisplay().asyncExec(() -> {
                arranging = false;
                if (!lines.isDisposed()) {
                    lines.layout(true);
                    resize();
                }
            });
        }
    }

    private void resize() {
        scrolled.setMinHeight(lines.computeSize(scrolled.getClientArea().width, SWT.DEFAULT).y);
    }
}
