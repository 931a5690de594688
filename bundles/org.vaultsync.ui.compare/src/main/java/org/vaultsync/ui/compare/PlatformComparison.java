// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.compare;

import java.util.Optional;
import org.eclipse.compare.CompareUI;
import org.osgi.service.component.annotations.Component;
import org.vaultsync.ui.comparison.Comparison;

/** Shows texts in the compare editor, and in the compare dialog, of the platform. UI thread. */
@Component
public final class PlatformComparison implements Comparison {
    @Override
    public void inEditor(String title, Side left, Side right) {
        CompareUI.openCompareEditor(new TextsInput(title, left, right, Optional.empty()));
    }

    @Override
    public void inDialog(String title, Side left, Side right, Optional<Side> before) {
        CompareUI.openCompareDialog(new TextsInput(title, left, right, before).asInDialogBelow());
    }
}
