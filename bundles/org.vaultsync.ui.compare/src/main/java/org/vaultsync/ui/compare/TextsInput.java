// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.compare;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.eclipse.compare.CompareConfiguration;
import org.eclipse.compare.CompareEditorInput;
import org.eclipse.compare.IEncodedStreamContentAccessor;
import org.eclipse.compare.ITypedElement;
import org.eclipse.compare.structuremergeviewer.Differencer;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.swt.graphics.Image;
import org.vaultsync.ui.comparison.Comparison.Side;

/** Texts that are compared and cannot be edited. */
final class TextsInput extends CompareEditorInput {
    private final Side left;
    private final Side right;
    private final Optional<Side> before;

    TextsInput(String title, Side left, Side right, Optional<Side> before) {
        super(new CompareConfiguration());
        this.left = left;
        this.right = right;
        this.before = before;
        setTitle(title);
        CompareConfiguration how = getCompareConfiguration();
        how.setLeftEditable(false);
        how.setRightEditable(false);
        how.setLeftLabel(left.name());
        how.setRightLabel(right.name());
        before.ifPresent(both -> how.setAncestorLabel(both.name()));
    }

    /** Left is left, as in the dialog below, whatever is set for the compare editor. */
    TextsInput asInDialogBelow() {
        getCompareConfiguration().setProperty(CompareConfiguration.MIRRORED, Boolean.FALSE);
        return this;
    }

    @Override
    protected Object prepareInput(IProgressMonitor monitor) {
        return new Differencer()
                .findDifferences(
                        before.isPresent(),
                        monitor,
                        null,
                        before.map(Element::new).orElse(null),
                        new Element(left),
                        new Element(right));
    }

    /** A text as the platform takes it. */
    private record Element(Side side) implements ITypedElement, IEncodedStreamContentAccessor {
        @Override
        public String getName() {
            return side.name();
        }

        @Override
        public Image getImage() {
            return null;
        }

        @Override
        public String getType() {
            return TEXT_TYPE;
        }

        @Override
        public InputStream getContents() {
            return new ByteArrayInputStream(side.content().getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String getCharset() {
            return StandardCharsets.UTF_8.name();
        }
    }
}
