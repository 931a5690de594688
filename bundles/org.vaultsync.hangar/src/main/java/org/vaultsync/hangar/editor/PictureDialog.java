// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.editor;

import org.eclipse.jface.dialogs.Dialog;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.accessibility.AccessibleAdapter;
import org.eclipse.swt.accessibility.AccessibleEvent;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Canvas;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Shell;

/** Shows one picture as large as the window. */
final class PictureDialog extends Dialog {
    private final String name;
    private final ImageData data;

    PictureDialog(Shell parent, String name, ImageData data) {
        super(parent);
        this.name = name;
        this.data = data;
    }

    @Override
    protected void configureShell(Shell shell) {
        super.configureShell(shell);
        shell.setText(name);
    }

    @Override
    protected boolean isResizable() {
        return true;
    }

    @Override
    protected Control createDialogArea(Composite parent) {
        Composite area = (Composite) super.createDialogArea(parent);
        Image image = new Image(area.getDisplay(), data);
        Canvas canvas = new Canvas(area, SWT.DOUBLE_BUFFERED);
        GridDataFactory.fillDefaults()
                .grab(true, true)
                .hint(Math.min(900, data.width), Math.min(600, data.height))
                .applyTo(canvas);
        canvas.getAccessible().addAccessibleListener(new AccessibleAdapter() {
            @Override
            public void getName(AccessibleEvent asked) {
                asked.result = name;
            }
        });
        canvas.addListener(SWT.Dispose, event -> image.dispose());
        canvas.addListener(SWT.Paint, event -> {
            Rectangle room = canvas.getClientArea();
            double scale = Math.min((double) room.width / data.width, (double) room.height / data.height);
            int width = Math.max(1, (int) (data.width * scale));
            int height = Math.max(1, (int) (data.height * scale));
            event.gc.setInterpolation(SWT.HIGH);
            event.gc.drawImage(
                    image,
                    0,
                    0,
                    data.width,
                    data.height,
                    (room.width - width) / 2,
                    (room.height - height) / 2,
                    width,
                    height);
        });
        return area;
    }

    @Override
    protected void createButtonsForButtonBar(Composite parent) {
        createButton(parent, IDialogConstants.OK_ID, IDialogConstants.CLOSE_LABEL, true);
    }
}
