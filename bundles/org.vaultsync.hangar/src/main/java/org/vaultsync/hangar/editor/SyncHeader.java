// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.editor;

import java.util.Optional;
import java.util.function.Consumer;
import org.eclipse.jface.action.IToolBarManager;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.CLabel;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Display;
import org.eclipse.ui.forms.widgets.Form;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;
import org.vaultsync.hangar.look.Failures;
import org.vaultsync.ui.SyncControls;

/**
 * The toggle and the badge of sync in the header of an editor, while sync is installed. Without it there is nothing. UI
 * thread only, but for the tracking.
 */
final class SyncHeader implements ServiceTrackerCustomizer<SyncControls, SyncControls> {
    static final String CSS_CLASS = "org.eclipse.e4.ui.css.CssClassName";

    /** What sits in the heading of an editor, and the heading itself, in the style sheets. */
    static final String HEADING = "hangar-heading";

    private final Form form;
    private final String itemId;
    private final Display display;
    private final BundleContext bundle;
    private final ServiceTracker<SyncControls, SyncControls> tracker;
    private final Consumer<SyncControls> place;
    private final Consumer<Boolean> readOnly;
    private Optional<Composite> badge = Optional.empty();

    /**
     * @param place puts what the fields show of sync into the editor, each time sync comes
     * @param readOnly is told whether the item can only be read, each time that may have changed
     */
    SyncHeader(Form form, String itemId, Consumer<SyncControls> place, Consumer<Boolean> readOnly) {
        this.form = form;
        this.place = place;
        this.readOnly = readOnly;
        this.itemId = itemId;
        display = form.getDisplay();
        bundle = FrameworkUtil.getBundle(SyncHeader.class).getBundleContext();
        tracker = new ServiceTracker<>(bundle, SyncControls.class, this);
        tracker.open();
    }

    @Override
    public SyncControls addingService(ServiceReference<SyncControls> reference) {
        SyncControls controls = bundle.getService(reference);
        display.asyncExec(() -> show(Optional.of(controls)));
        return controls;
    }

    @Override
    public void modifiedService(ServiceReference<SyncControls> reference, SyncControls controls) {
        // Nothing that is shown comes from its properties.
    }

    @Override
    public void removedService(ServiceReference<SyncControls> reference, SyncControls controls) {
        if (!display.isDisposed()) {
            display.asyncExec(() -> show(Optional.empty()));
        }
        bundle.ungetService(reference);
    }

    private void show(Optional<SyncControls> controls) {
        if (form.isDisposed()) {
            return;
        }
        // The heading, its toolbar and what is in it would lay out the whole form each, on the first time slowly.
        form.setLayoutDeferred(true);
        try {
            fill(controls);
        } finally {
            form.setLayoutDeferred(false);
        }
    }

    private void fill(Optional<SyncControls> controls) {
        IToolBarManager tools = form.getToolBarManager();
        tools.removeAll();
        badge.ifPresent(former -> {
            form.setHeadClient(null);
            former.dispose();
        });
        badge = Optional.empty();
        controls.ifPresent(sync -> {
            tools.add(sync.toggle(itemId));
            Composite head = new Composite(form.getHead(), SWT.NONE);
            GridLayoutFactory.fillDefaults().applyTo(head);
            CLabel label = new CLabel(head, SWT.NONE);
            GridDataFactory.fillDefaults().grab(true, true).applyTo(label);
            label.setData("label", "Sync");
            head.setData(CSS_CLASS, HEADING);
            label.setData(CSS_CLASS, HEADING);
            label.setImage(sync.badge(itemId));
            label.setText(Failures.plain(sync.describe(itemId)));
            sync.onChange(label, changed -> {
                if (changed.contains(itemId) && !label.isDisposed()) {
                    // It has the whole width of the header already, so nothing has to be laid out anew.
                    label.setImage(sync.badge(itemId));
                    label.setText(Failures.plain(sync.describe(itemId)));
                    readOnly.accept(sync.isReadOnly(itemId));
                }
            });
            sync.opened(label, itemId);
            place.accept(sync);
            readOnly.accept(sync.isReadOnly(itemId));
            form.setHeadClient(head);
            badge = Optional.of(head);
        });
        if (controls.isEmpty()) {
            readOnly.accept(false);
        }
        tools.update(true);
        form.layout();
    }

    void dispose() {
        tracker.close();
    }
}
