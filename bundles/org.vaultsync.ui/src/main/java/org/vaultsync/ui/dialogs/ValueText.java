// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.dialogs;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.jface.util.Util;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.accessibility.AccessibleAdapter;
import org.eclipse.swt.accessibility.AccessibleEvent;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.events.VerifyEvent;
import org.eclipse.swt.widgets.Composite;
import org.vaultsync.ui.measure.TextSize;
import org.vaultsync.ui.text.LongLines;
import org.vaultsync.ui.text.Messages;

/**
 * A value of an item, or a code, as a text of several lines, however long. Lines are wrapped where that is quick, and without
 * the hyphens that GTK draws into a long word of a {@link org.eclipse.swt.widgets.Text}: of a code, whoever reads it out would
 * read them. Of lines that are too long even to be shown there is the beginning alone, and then nothing can be typed. UI thread.
 */
public final class ValueText {
    private final StyledText text;
    private Optional<String> whole = Optional.empty(); // what it stands for, if only a part of that is shown
    private boolean editable;
    private boolean showing;
    private Consumer<String> refused = why -> {};

    /**
     * @param style {@link SWT#READ_ONLY}, or {@link SWT#NONE} for a text to be typed into
     * @param name what a screen reader calls it
     */
    public ValueText(Composite parent, int style, Supplier<String> name) {
        text = new StyledText(parent, style | SWT.BORDER | SWT.MULTI | SWT.H_SCROLL | SWT.V_SCROLL);
        text.setWordWrap(true);
        text.setAlwaysShowScrollBars(false);
        text.setMargins(4, 3, 4, 3);
        text.getAccessible().addAccessibleListener(new AccessibleAdapter() {
            @Override
            public void getName(AccessibleEvent event) {
                event.result = name.get();
            }
        });
        editable = text.getEditable();
        text.addVerifyListener(this::verify);
        // Tab leaves the field, as in every other text of a dialog.
        text.addTraverseListener(event -> {
            if (event.detail == SWT.TRAVERSE_TAB_NEXT || event.detail == SWT.TRAVERSE_TAB_PREVIOUS) {
                event.doit = true;
            }
        });
    }

    /** Tells why what a person typed or pasted was not taken. */
    public void onRefused(Consumer<String> listener) {
        refused = listener;
    }

    public StyledText control() {
        return text;
    }

    /** Shows a text; what a person sees of it stays where it is. */
    public void show(String shown) {
        String part = LongLines.cut(shown);
        whole = part.equals(shown) ? Optional.empty() : Optional.of(shown);
        String lines = Util.isWindows() ? part.replace("\n", "\r\n") : part;
        if (!text.getText().equals(lines)) {
            showing = true;
            try {
                // Before a text comes that cannot be wrapped, and after one has gone.
                if (!LongLines.areWrapped(part)) {
                    text.setWordWrap(false);
                }
                text.setText(lines);
                if (!text.getWordWrap() && LongLines.areWrapped(part)) {
                    text.setWordWrap(true);
                }
            } finally {
                showing = false;
            }
        }
        enable();
    }

    /** The text in full. */
    public String read() {
        return whole.orElseGet(() -> text.getText().replace("\r\n", "\n"));
    }

    /** Whether a person may type, where all of the text is shown. */
    public void setEditable(boolean wanted) {
        editable = wanted;
        enable();
    }

    private void enable() {
        boolean able = editable && whole.isEmpty();
        if (text.getEditable() != able) {
            text.setEditable(able);
        }
    }

    private void verify(VerifyEvent event) {
        if (showing) {
            return;
        }
        int first = text.getOffsetAtLine(text.getLineAtOffset(event.start));
        int last = text.getLineAtOffset(event.end);
        int end = last + 1 < text.getLineCount() ? text.getOffsetAtLine(last + 1) : text.getCharCount();
        String lines = text.getTextRange(first, event.start - first)
                + event.text
                + text.getTextRange(event.end, end - event.end);
        int longest = TextSize.longestLine(lines);
        if (longest > LongLines.LONGEST) {
            event.doit = false;
            refused.accept(
                    NLS.bind(Messages.lineRefused, "%,d".formatted(longest), "%,d".formatted(LongLines.LONGEST)));
        } else if (text.getWordWrap() && !LongLines.areWrapped(lines)) {
            text.setWordWrap(false);
        }
    }
}
