// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.editor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.Optional;
import org.eclipse.swt.SWT;
import org.eclipse.swt.events.VerifyEvent;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.forms.widgets.FormToolkit;
import org.vaultsync.hangar.edit.Caret;
import org.vaultsync.hangar.edit.LineBreaks;
import org.vaultsync.hangar.edit.Wrapping;
import org.vaultsync.hangar.item.Field;
import org.vaultsync.hangar.item.Field.Kind;
import org.vaultsync.hangar.json.Json;
import org.vaultsync.hangar.json.JsonProblem;
import org.vaultsync.hangar.look.Words;
import org.vaultsync.ui.measure.TextSize;

/** A field of text, one line or several, or of a number. */
final class TextControl extends FieldControl {
    private static final int LONGEST_NUMBER = 400;

    private final Text text;

    TextControl(Field field, Editing editing, Composite parent, FormToolkit toolkit) {
        super(field, editing);
        boolean notes = field.kind() instanceof Kind.Notes;
        text = new Text(parent, SWT.BORDER | (notes ? SWT.MULTI | SWT.WRAP | SWT.V_SCROLL : SWT.SINGLE));
        toolkit.adapt(text, true, false);
        if (notes) {
            text.addVerifyListener(this::keepShort);
        }
        text.addModifyListener(event -> {
            if (!isShowing()) {
                read();
            }
        });
        text.addListener(SWT.FocusOut, event -> editing.pause());
    }

    @Override
    Text control() {
        return text;
    }

    @Override
    protected void enable(boolean enabled) {
        text.setEditable(enabled);
        boolean asJson = !enabled && !editing.isReadOnly() && RawPage.shows(editing.value(at()));
        text.setToolTipText(asJson ? Words.of("This is edited on the JSON page.") : null);
    }

    @Override
    protected boolean takes(JsonNode value) {
        return super.takes(value) && isWhole(value);
    }

    /** Whether all of a value is shown: what cannot be wrapped at once would stop everything for as long as that takes. */
    private boolean isWhole(JsonNode value) {
        return !(field.kind() instanceof Kind.Notes) || Wrapping.isQuick(text(value));
    }

    @Override
    protected Optional<String> remark(JsonNode value) {
        if (isWhole(value)) {
            return Optional.empty();
        }
        String all = text(value);
        return Optional.of(
                RawPage.shows(value)
                        ? Words.of(
                                "Only the beginning is shown: %s has a word of %,d letters. It is edited on the JSON page.",
                                field.label(), TextSize.longestWord(all))
                        : Words.of(
                                "Only the beginning is shown: %s has %,d characters, too many to be edited in one line.",
                                field.label(), all.length()));
    }

    /** Keeps out what could not be wrapped, before it is in the text: the rest stays as it was. */
    private void keepShort(VerifyEvent event) {
        if (isShowing()) {
            return;
        }
        String before = text.getText();
        String after = LineBreaks.read(before.substring(0, event.start) + event.text + before.substring(event.end));
        if (!Wrapping.isQuick(after)) {
            event.doit = false;
            int word = TextSize.longestWord(after);
            editing.complain(
                    this,
                    Optional.of(
                            word > Wrapping.LONGEST_WORD
                                    ? Words.of("Not taken: %s would have a word of %,d letters.", field.label(), word)
                                    : Words.of(
                                            "Not taken: %s would have a line of %,d characters.",
                                            field.label(), TextSize.longestLine(after))),
                    text);
        }
    }

    @Override
    protected void put(JsonNode value) {
        String before = text.getText();
        String whole = isWhole(value) ? text(value) : TextSize.beginning(text(value));
        String after = field.kind() instanceof Kind.Notes ? LineBreaks.shown(whole, text.getLineDelimiter()) : whole;
        if (before.equals(after)) {
            return;
        }
        Point selection = text.getSelection();
        int top = text.getTopIndex();
        text.setText(after);
        // Also where the window is not the active one: the person comes back to the caret as they left it.
        text.setSelection(Caret.moved(before, after, selection.x), Caret.moved(before, after, selection.y));
        if (text.getTopIndex() != top) {
            text.setTopIndex(top);
        }
    }

    private static String text(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        return value.isTextual() ? value.textValue() : Json.line(value);
    }

    private void read() {
        String typed = LineBreaks.read(text.getText());
        switch (field.kind()) {
            case Kind.Line line -> {
                Optional<String> why = whyNot(line, typed);
                if (why.isPresent()) {
                    unfinished(typed, why.get());
                } else {
                    typed(text(typed));
                }
            }
            case Kind.Notes notes -> typed(text(typed));
            case Kind.Whole whole -> readNumber(typed, whole.least(), whole.most());
            case Kind.Decimal decimal -> readNumber(typed);
            case Kind.Flag flag -> throw new IllegalStateException();
            case Kind.Choice choice -> throw new IllegalStateException();
            case Kind.Lines lines -> throw new IllegalStateException();
            case Kind.References references -> throw new IllegalStateException();
        }
    }

    private Optional<String> whyNot(Kind.Line line, String typed) {
        if (line.required() && typed.isBlank()) {
            return Optional.of(Words.of("%s must not be empty.", field.label()));
        }
        return typed.chars().anyMatch(Character::isISOControl)
                ? Optional.of(Words.of("%s must not have control characters.", field.label()))
                : Optional.empty();
    }

    /** An empty text where there was nothing stays nothing. */
    private JsonNode text(String typed) {
        return typed.isEmpty() && editing.value(at()).isMissingNode()
                ? MissingNode.getInstance()
                : TextNode.valueOf(typed);
    }

    private void readNumber(String typed, long least, long most) {
        String digits = typed.strip();
        if (digits.isEmpty()) {
            typed(MissingNode.getInstance());
        } else if (digits.matches("-?[0-9]{1,18}")
                && Long.parseLong(digits) >= least
                && Long.parseLong(digits) <= most) {
            long number = Long.parseLong(digits);
            typed(number(Long.toString(number)));
        } else {
            unfinished(typed, Words.of("%s is a whole number from %d to %d.", field.label(), least, most));
        }
    }

    private void readNumber(String typed) {
        String digits = typed.strip();
        if (digits.isEmpty()) {
            typed(MissingNode.getInstance());
            return;
        }
        try {
            if (digits.length() > LONGEST_NUMBER) {
                throw new NumberFormatException();
            }
            BigDecimal number = new BigDecimal(digits);
            typed(number(digits.matches("-?(0|[1-9][0-9]*)") ? digits : number.toString()));
        } catch (NumberFormatException noNumber) {
            unfinished(typed, Words.of("%s is a number, such as 12 or 0.5.", field.label()));
        }
    }

    private static JsonNode number(String digits) {
        try {
            return Json.object("{\"n\":" + digits + "}").get("n");
        } catch (JsonProblem impossible) {
            throw new IllegalArgumentException("not a number: " + digits, impossible);
        }
    }

    /** Selects all of the text, so that typing replaces it. */
    void select() {
        text.setFocus();
        text.selectAll();
    }
}
