// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.dialogs;

import java.util.Optional;
import org.eclipse.help.HelpSystem;
import org.eclipse.help.IContext;
import org.eclipse.help.IContext2;
import org.eclipse.jface.dialogs.PopupDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.events.HelpListener;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.help.IWorkbenchHelpSystem;
import org.vaultsync.ui.text.Names;

/** What F1 says: in the help of the host, or in a small window where the host has none. UI thread. */
public final class ContextHelp {
    private static final String BUNDLE = "org.vaultsync.ui.";
    private static final int WIDTH = 360;

    private ContextHelp() {}

    /** @param id of the context, in {@code help/contexts.xml} */
    public static void on(Control control, String id) {
        IWorkbenchHelpSystem help = PlatformUI.getWorkbench().getHelpSystem();
        help.setHelp(control, BUNDLE + id);
        HelpListener ours = asked -> {
            if (!help.hasHelpUI()) {
                Optional.ofNullable(HelpSystem.getContext(BUNDLE + id))
                        .ifPresent(context -> new Window(control, context).open());
            }
        };
        control.addHelpListener(ours);
    }

    /** Goes away by itself. */
    private static final class Window extends PopupDialog {
        private final Control about;
        private final IContext context;

        Window(Control about, IContext context) {
            super(
                    about.getShell(),
                    INFOPOPUP_SHELLSTYLE,
                    true,
                    false,
                    false,
                    false,
                    false,
                    context instanceof IContext2 titled ? titled.getTitle() : null,
                    null);
            this.about = about;
            this.context = context;
        }

        @Override
        protected Control createDialogArea(Composite parent) {
            Composite area = new Composite(parent, SWT.NONE);
            GridLayoutFactory.swtDefaults().margins(10, 8).applyTo(area);
            Label text = new Label(area, SWT.WRAP);
            text.setText(Names.literal(context.getText()));
            GridDataFactory.fillDefaults().hint(WIDTH, SWT.DEFAULT).applyTo(text);
            return area;
        }

        @Override
        protected Point getInitialLocation(Point size) {
            Point corner = about.toDisplay(0, 0);
            return new Point(
                    corner.x + Math.max(0, (about.getSize().x - size.x) / 2),
                    corner.y + Math.max(0, (about.getSize().y - size.y) / 3));
        }
    }
}
