// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.app;

import java.util.Map;
import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.core.commands.ExecutionException;
import org.eclipse.e4.ui.css.swt.theme.ITheme;
import org.eclipse.e4.ui.css.swt.theme.IThemeEngine;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.commands.ICommandService;
import org.eclipse.ui.commands.IElementUpdater;
import org.eclipse.ui.handlers.HandlerUtil;
import org.eclipse.ui.menus.UIElement;

/** Switches between the light and the dark theme of the platform; the choice is remembered. */
@SuppressWarnings("restriction") // The platform has had no other way to switch a theme without a restart for ten years.
public final class DarkThemeHandler extends AbstractHandler implements IElementUpdater {
    private static final String COMMAND = "org.vaultsync.hangar.dark";
    private static final String DARK = "org.eclipse.e4.ui.css.theme.e4_dark";
    private static final String LIGHT = "org.eclipse.e4.ui.css.theme.e4_default";

    @Override
    public Object execute(ExecutionEvent event) throws ExecutionException {
        themes().setTheme(isDark() ? LIGHT : DARK, true);
        HandlerUtil.getActiveWorkbenchWindowChecked(event)
                .getService(ICommandService.class)
                .refreshElements(COMMAND, null);
        return null;
    }

    @Override
    @SuppressWarnings("rawtypes") // As the platform declares it.
    public void updateElement(UIElement element, Map parameters) {
        element.setChecked(isDark());
    }

    private static boolean isDark() {
        ITheme active = themes().getActiveTheme();
        return active != null && active.getId().startsWith(DARK);
    }

    private static IThemeEngine themes() {
        return PlatformUI.getWorkbench().getService(IThemeEngine.class);
    }
}
