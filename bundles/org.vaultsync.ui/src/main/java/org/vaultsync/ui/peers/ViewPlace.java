// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.peers;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.e4.ui.model.application.ui.advanced.MPerspective;
import org.eclipse.e4.ui.model.application.ui.advanced.MPlaceholder;
import org.eclipse.e4.ui.model.application.ui.basic.MPartStack;
import org.eclipse.e4.ui.model.application.ui.basic.MWindow;
import org.eclipse.e4.ui.workbench.modeling.EModelService;
import org.eclipse.ui.IPerspectiveDescriptor;
import org.eclipse.ui.IStartup;
import org.eclipse.ui.IWindowListener;
import org.eclipse.ui.IWorkbench;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PerspectiveAdapter;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.views.IViewCategory;

/**
 * Keeps a place for the views of sync below everything else, in each perspective that has none. What a host names in its
 * perspective is forgotten where a window was laid out before sync was installed, and without a place a view opens over what
 * the person works with. UI thread.
 */
public final class ViewPlace extends PerspectiveAdapter implements IStartup, IWindowListener {
    private static final String CATEGORY = "org.vaultsync.ui";
    private static final float SHARE_OF_WINDOW = 0.4f;

    /** Called on a thread of the workbench. */
    @Override
    public void earlyStartup() {
        IWorkbench workbench = PlatformUI.getWorkbench();
        workbench.getDisplay().asyncExec(() -> {
            workbench.addWindowListener(this);
            for (IWorkbenchWindow window : workbench.getWorkbenchWindows()) {
                windowOpened(window);
            }
        });
    }

    @Override
    public void windowOpened(IWorkbenchWindow window) {
        window.addPerspectiveListener(this);
        keep(window);
    }

    @Override
    public void windowActivated(IWorkbenchWindow window) {
        // It has its place already.
    }

    @Override
    public void windowDeactivated(IWorkbenchWindow window) {
        // Its place stays.
    }

    @Override
    public void windowClosed(IWorkbenchWindow window) {
        // Its listeners go with it.
    }

    @Override
    public void perspectiveActivated(IWorkbenchPage page, IPerspectiveDescriptor perspective) {
        keep(page.getWorkbenchWindow());
    }

    private static void keep(IWorkbenchWindow window) {
        EModelService model = window.getService(EModelService.class);
        MPerspective perspective = model.getActivePerspective(window.getService(MWindow.class));
        if (perspective == null || perspective.getChildren().isEmpty()) {
            return;
        }
        String tag = nameOfCategory();
        if (model.findElements(perspective, null, MPartStack.class, List.of(tag))
                .isEmpty()) {
            ofPeersView(model, perspective)
                    .orElseGet(() -> below(model, perspective))
                    .getTags()
                    .add(tag);
        }
    }

    /** The workbench opens a view where the name of its category is a tag. */
    private static String nameOfCategory() {
        return Stream.of(PlatformUI.getWorkbench().getViewRegistry().getCategories())
                .filter(category -> category.getId().equals(CATEGORY))
                .map(IViewCategory::getLabel)
                .findFirst()
                .orElseThrow();
    }

    private static Optional<MPartStack> ofPeersView(EModelService model, MPerspective perspective) {
        return model.findElements(perspective, PeersView.ID, MPlaceholder.class).stream()
                .map(placeholder -> (Object) placeholder.getParent())
                .filter(MPartStack.class::isInstance)
                .map(MPartStack.class::cast)
                .findFirst();
    }

    private static MPartStack below(EModelService model, MPerspective perspective) {
        MPartStack place = model.createModelElement(MPartStack.class);
        place.setToBeRendered(false); // until there is a view in it
        model.insert(place, perspective.getChildren().getFirst(), EModelService.BELOW, SHARE_OF_WINDOW);
        return place;
    }
}
