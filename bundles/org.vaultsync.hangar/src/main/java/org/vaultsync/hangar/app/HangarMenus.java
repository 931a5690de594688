// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.app;

import org.eclipse.jface.action.GroupMarker;
import org.eclipse.jface.action.ICoolBarManager;
import org.eclipse.jface.action.IMenuManager;
import org.eclipse.jface.action.MenuManager;
import org.eclipse.jface.action.Separator;
import org.eclipse.jface.action.ToolBarContributionItem;
import org.eclipse.jface.action.ToolBarManager;
import org.eclipse.swt.SWT;
import org.eclipse.ui.IWorkbenchActionConstants;
import org.eclipse.ui.IWorkbenchCommandConstants;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.actions.ActionFactory;
import org.eclipse.ui.actions.ContributionItemFactory;
import org.eclipse.ui.application.ActionBarAdvisor;
import org.eclipse.ui.application.IActionBarConfigurer;
import org.eclipse.ui.menus.CommandContributionItem;
import org.eclipse.ui.menus.CommandContributionItemParameter;
import org.vaultsync.hangar.look.Words;

/** The menu bar and the tool bar, with the usual places where plug-ins add to them. */
final class HangarMenus extends ActionBarAdvisor {
    private final IWorkbenchWindow window;

    HangarMenus(IActionBarConfigurer configurer) {
        super(configurer);
        window = configurer.getWindowConfigurer().getWindow();
    }

    @Override
    protected void makeActions(IWorkbenchWindow opening) {
        register(ActionFactory.SAVE.create(opening));
        register(ActionFactory.SAVE_ALL.create(opening));
        register(ActionFactory.CLOSE.create(opening));
        register(ActionFactory.CLOSE_ALL.create(opening));
        register(ActionFactory.QUIT.create(opening));
        register(ActionFactory.PREFERENCES.create(opening));
        register(ActionFactory.ABOUT.create(opening));
        register(ActionFactory.RESET_PERSPECTIVE.create(opening));
    }

    @Override
    protected void fillMenuBar(IMenuManager bar) {
        MenuManager file = new MenuManager(Words.of("&File"), IWorkbenchActionConstants.M_FILE);
        file.add(new GroupMarker("new.start"));
        file.add(new Separator(IWorkbenchActionConstants.NEW_EXT));
        file.add(getAction(ActionFactory.CLOSE.getId()));
        file.add(getAction(ActionFactory.CLOSE_ALL.getId()));
        file.add(new Separator(IWorkbenchActionConstants.SAVE_GROUP));
        file.add(getAction(ActionFactory.SAVE.getId()));
        file.add(getAction(ActionFactory.SAVE_ALL.getId()));
        file.add(new Separator(IWorkbenchActionConstants.MB_ADDITIONS));
        file.add(new Separator());
        file.add(getAction(ActionFactory.QUIT.getId()));
        bar.add(file);

        MenuManager edit = new MenuManager(Words.of("&Edit"), IWorkbenchActionConstants.M_EDIT);
        edit.add(command(IWorkbenchCommandConstants.EDIT_UNDO, Words.of("&Undo")));
        edit.add(command(IWorkbenchCommandConstants.EDIT_REDO, Words.of("&Redo")));
        edit.add(new Separator(IWorkbenchActionConstants.CUT_EXT));
        edit.add(command(IWorkbenchCommandConstants.EDIT_CUT, Words.of("Cu&t")));
        edit.add(command(IWorkbenchCommandConstants.EDIT_COPY, Words.of("&Copy")));
        edit.add(command(IWorkbenchCommandConstants.EDIT_PASTE, Words.of("&Paste")));
        edit.add(command(IWorkbenchCommandConstants.EDIT_SELECT_ALL, Words.of("Select &All")));
        edit.add(new Separator("items"));
        edit.add(command(IWorkbenchCommandConstants.FILE_RENAME, Words.of("Rena&me...")));
        edit.add(command(IWorkbenchCommandConstants.EDIT_DELETE, Words.of("&Delete")));
        edit.add(new Separator("find"));
        edit.add(new Separator(IWorkbenchActionConstants.MB_ADDITIONS));
        bar.add(edit);

        bar.add(new GroupMarker(IWorkbenchActionConstants.MB_ADDITIONS));

        MenuManager views = new MenuManager(Words.of("Show &View"), "showView");
        views.add(ContributionItemFactory.VIEWS_SHORTLIST.create(window));
        MenuManager windowMenu = new MenuManager(Words.of("&Window"), IWorkbenchActionConstants.M_WINDOW);
        windowMenu.add(views);
        windowMenu.add(getAction(ActionFactory.RESET_PERSPECTIVE.getId()));
        windowMenu.add(new Separator("appearance"));
        windowMenu.add(new Separator(IWorkbenchActionConstants.MB_ADDITIONS));
        windowMenu.add(new Separator());
        windowMenu.add(getAction(ActionFactory.PREFERENCES.getId()));
        bar.add(windowMenu);

        MenuManager help = new MenuManager(Words.of("&Help"), IWorkbenchActionConstants.M_HELP);
        help.add(command(IWorkbenchCommandConstants.HELP_HELP_CONTENTS, Words.of("&Help Contents")));
        help.add(command(IWorkbenchCommandConstants.HELP_HELP_SEARCH, Words.of("&Search")));
        help.add(command(IWorkbenchCommandConstants.HELP_DYNAMIC_HELP, Words.of("Show &Context Help")));
        help.add(new GroupMarker("group.main"));
        help.add(command("org.eclipse.ui.cheatsheets.openCheatSheet", Words.of("Cheat Shee&ts...")));
        help.add(new GroupMarker("group.tutorials"));
        help.add(new GroupMarker("group.tools"));
        help.add(new Separator("group.updates"));
        help.add(new GroupMarker(IWorkbenchActionConstants.MB_ADDITIONS));
        help.add(new Separator("group.about"));
        help.add(getAction(ActionFactory.ABOUT.getId()));
        bar.add(help);
    }

    private CommandContributionItem command(String id, String label) {
        CommandContributionItemParameter parameter =
                new CommandContributionItemParameter(window, id, id, CommandContributionItem.STYLE_PUSH);
        parameter.label = label;
        return new CommandContributionItem(parameter);
    }

    @Override
    protected void fillCoolBar(ICoolBarManager bars) {
        ToolBarManager main = new ToolBarManager(SWT.FLAT | SWT.RIGHT);
        main.add(getAction(ActionFactory.SAVE.getId()));
        main.add(new Separator());
        main.add(command(IWorkbenchCommandConstants.EDIT_UNDO, Words.of("Undo")));
        main.add(command(IWorkbenchCommandConstants.EDIT_REDO, Words.of("Redo")));
        bars.add(new ToolBarContributionItem(main, "main"));
        bars.add(new GroupMarker(IWorkbenchActionConstants.MB_ADDITIONS));
    }
}
