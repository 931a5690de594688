// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.Tree;

/** What the tests of Hangar have in common: its navigator, and the commands in it. */
abstract class HangarTest extends ViewsTest {
    static final String NAVIGATOR = "org.vaultsync.hangar.navigator";
    static final String UNDO = "org.eclipse.ui.edit.undo";
    static final String REDO = "org.eclipse.ui.edit.redo";

    /** UI thread. */
    Tree navigator() {
        return screen.all(Tree.class)
                .filter(tree -> "Vault".equals(tree.getData("label")))
                .findFirst()
                .orElseThrow();
    }

    /** UI thread. */
    Text searchField() {
        return screen.all(Text.class)
                .filter(text -> text.getMessage().equals("Search by name"))
                .findFirst()
                .orElseThrow();
    }

    /** Test thread. */
    void search(String words) {
        screen.run(() -> searchField().setText(words));
    }

    /** Runs a command that may open a dialog. Test thread. */
    void inNavigator(String command) {
        screen.start(() -> {
            activate(NAVIGATOR);
            execute(command);
        });
    }
}
