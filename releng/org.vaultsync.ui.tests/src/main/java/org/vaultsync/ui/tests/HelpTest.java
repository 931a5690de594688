// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import java.io.IOException;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Tree;
import org.junit.jupiter.api.Test;

class HelpTest extends ViewsTest {
    @Test
    void f1SaysWhatAViewIsFor() throws IOException {
        sync.withFriday();
        openPeers();
        Tree tree = screen.find(Tree.class, "Anna's laptop");
        screen.start(() -> {
            Control asked = tree;
            while (!asked.isListening(SWT.Help)) {
                asked = asked.getParent();
            }
            asked.notifyListeners(SWT.Help, new Event());
        });
        screen.awaitText("Your device, the rooms that it is in");
        screen.awaitPainted();
        screen.keepPicture("context-help");
    }
}
