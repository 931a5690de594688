// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.editor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.text.BadLocationException;
import org.eclipse.jface.text.Document;
import org.eclipse.jface.text.DocumentEvent;
import org.eclipse.jface.text.IDocumentListener;
import org.eclipse.jface.text.IPainter;
import org.eclipse.jface.text.Position;
import org.eclipse.jface.text.TextViewerUndoManager;
import org.eclipse.jface.text.source.Annotation;
import org.eclipse.jface.text.source.AnnotationModel;
import org.eclipse.jface.text.source.AnnotationPainter;
import org.eclipse.jface.text.source.AnnotationRulerColumn;
import org.eclipse.jface.text.source.CompositeRuler;
import org.eclipse.jface.text.source.IAnnotationAccess;
import org.eclipse.jface.text.source.IAnnotationAccessExtension;
import org.eclipse.jface.text.source.IAnnotationPresentation;
import org.eclipse.jface.text.source.LineNumberRulerColumn;
import org.eclipse.jface.text.source.SourceViewer;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.events.VerifyEvent;
import org.eclipse.swt.graphics.Color;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Canvas;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.ui.forms.IManagedForm;
import org.eclipse.ui.forms.editor.FormPage;
import org.vaultsync.TextEdit;
import org.vaultsync.hangar.edit.Wrapping;
import org.vaultsync.hangar.item.ItemDocument;
import org.vaultsync.hangar.json.Json;
import org.vaultsync.hangar.json.JsonProblem;
import org.vaultsync.hangar.look.Words;
import org.vaultsync.ui.measure.TextSize;

/** The content as JSON text, with its mistakes marked. What is not an object is not taken into the draft. */
final class RawPage extends FormPage {
    private static final int PARSE_MILLIS = 150;
    private static final int UNDO_STEPS = 100;

    /** The toolkit lays out each line as a whole, which takes a second for a million characters. */
    private static final int LONGEST_LINE = Wrapping.LONGEST_LINE;

    private static final int LONGEST_FIELD = 1_000;

    /** The message about what was not taken. */
    private static final Object REFUSED = new Object();

    private final ItemEditor editor;
    private final Document document = new Document();
    private final AnnotationModel annotations = new AnnotationModel();
    private CompositeRuler ruler;
    private SourceViewer viewer;
    private TextViewerUndoManager undo;
    private JsonNode shown = MissingNode.getInstance();
    private Optional<ObjectNode> sessionStart = Optional.empty();
    private boolean showing;
    private boolean pending;
    private boolean hidden; // there is a line in it that is too long
    private final Runnable parse = this::flush;

    RawPage(ItemEditor editor) {
        super(editor, "raw", "JSON");
        this.editor = editor;
    }

    @Override
    protected void createFormContent(IManagedForm managed) {
        Composite body = managed.getForm().getBody();
        GridLayoutFactory.fillDefaults().applyTo(body);
        ruler = new CompositeRuler(4);
        IAnnotationAccess access = new ProblemAccess();
        AnnotationRulerColumn marks = new AnnotationRulerColumn(14, access);
        marks.addAnnotationType(RawProblem.TYPE);
        ruler.addDecorator(0, marks);
        LineNumberRulerColumn numbers = new LineNumberRulerColumn();
        numbers.setForeground(new Color(128, 136, 148));
        ruler.addDecorator(1, numbers);
        viewer = new SourceViewer(body, ruler, SWT.H_SCROLL | SWT.V_SCROLL | SWT.MULTI);
        GridDataFactory.fillDefaults().grab(true, true).hint(300, 200).applyTo(viewer.getControl());
        StyledText text = viewer.getTextWidget();
        text.setFont(JFaceResources.getTextFont());
        text.setData("label", "JSON");
        // None above: the columns beside the text cannot count lines with one.
        text.setMargins(6, 0, 4, 0);
        text.addLineStyleListener(new JsonColours(text));
        undo = new TextViewerUndoManager(UNDO_STEPS);
        viewer.setUndoManager(undo);
        viewer.setEventConsumer(this::receive);
        viewer.setDocument(document, annotations);
        undo.connect(viewer);
        AnnotationPainter painter = new AnnotationPainter(viewer, access);
        painter.addDrawingStrategy(RawProblem.TYPE, RawPage::underline);
        painter.addAnnotationType(RawProblem.TYPE, RawProblem.TYPE);
        painter.setAnnotationTypeColor(RawProblem.TYPE, new Color(217, 83, 79));
        viewer.addPainter(painter);
        painter.paint(IPainter.CONFIGURATION);
        document.addDocumentListener(new IDocumentListener() {
            @Override
            public void documentAboutToBeChanged(DocumentEvent event) {
                // Only what comes of it counts.
            }

            @Override
            public void documentChanged(DocumentEvent event) {
                if (!showing) {
                    typed();
                }
            }
        });
        text.addListener(SWT.FocusOut, event -> flush());
        enable();
        show();
    }

    /** Whether it can be edited has changed. */
    void enable() {
        if (viewer != null) {
            viewer.setEditable(!editor.isReadOnly() && !hidden);
        }
    }

    /** Keeps out what is too much, before it is in the document: the rest stays as it was. */
    private void receive(VerifyEvent event) {
        int length = document.getLength() - (event.end - event.start) + event.text.length();
        if (length > Json.LONGEST) {
            refuse(event, Json.tooLarge(length));
        } else if (TextSize.longestLine(event.text) > LONGEST_LINE) {
            inLines(event);
        }
    }

    /** What programs write without line breaks gets them. */
    private void inLines(VerifyEvent event) {
        String before = document.get();
        String after = before.substring(0, event.start) + event.text + before.substring(event.end);
        try {
            String pretty = Json.pretty(Json.object(after));
            int longest = TextSize.longestLine(pretty);
            if (pretty.length() > Json.LONGEST) {
                refuse(event, Json.tooLarge(pretty.length()));
            } else if (longest > LONGEST_LINE) {
                refuse(event, tooLong(longest));
            } else {
                event.start = 0;
                event.end = before.length();
                event.text = pretty;
            }
        } catch (JsonProblem none) {
            refuse(event, tooLong(TextSize.longestLine(event.text)));
        }
    }

    private void refuse(VerifyEvent event, String why) {
        event.doit = false;
        editor.complain(REFUSED, Optional.of(Words.of("Not pasted. %s", why)), null);
    }

    private static String tooLong(int characters) {
        return Words.of(
                "A line of this has %,d characters. As JSON, lines of %,d can be edited here.",
                characters, LONGEST_LINE);
    }

    /** Whether this page shows the value of a field, which stands in one line with its name. */
    static boolean shows(JsonNode value) {
        return Json.line(value).length() <= LONGEST_LINE - LONGEST_FIELD;
    }

    private void typed() {
        editor.complain(REFUSED, Optional.empty(), null);
        if (sessionStart.isEmpty() && shown instanceof ObjectNode before) {
            sessionStart = Optional.of(before);
        }
        pending = true;
        editor.leaveUnfinished(ItemDocument.CONTENT, "");
        viewer.getControl().getDisplay().timerExec(PARSE_MILLIS, parse);
    }

    /** Takes what was typed into the draft now, if it is an object. */
    void flush() {
        if (!pending || viewer.getControl() == null || viewer.getControl().isDisposed()) {
            return;
        }
        pending = false;
        try {
            ObjectNode content = Json.object(document.get());
            shown = content;
            mark(Optional.empty());
            editor.replaceContent(content, sessionStart);
        } catch (JsonProblem problem) {
            mark(Optional.of(problem));
            editor.leaveUnfinished(ItemDocument.CONTENT, document.get());
        }
    }

    private void mark(Optional<JsonProblem> problem) {
        annotations.removeAllAnnotations();
        problem.ifPresent(mistake -> {
            try {
                int line = Math.min(mistake.line(), document.getNumberOfLines()) - 1;
                int start = document.getLineOffset(line);
                int length = document.getLineLength(line);
                int offset = start + Math.min(Math.max(0, mistake.column() - 1), Math.max(0, length - 1));
                int marked = Math.min(Math.max(1, start + length - offset), Math.max(0, document.getLength() - offset));
                annotations.addAnnotation(
                        new RawProblem(mistake.getMessage()), new Position(offset, Math.min(marked, 12)));
            } catch (BadLocationException outside) {
                annotations.addAnnotation(new RawProblem(mistake.getMessage()), new Position(0, 0));
            }
        });
        ruler.update();
        editor.complain(
                this,
                problem.map(mistake -> Words.of(
                        "JSON page, line %d, column %d: %s", mistake.line(), mistake.column(), mistake.getMessage())),
                null);
    }

    /** Shows what the draft holds, touching only what differs. */
    void show() {
        if (viewer == null || editor.isUnfinished(ItemDocument.CONTENT)) {
            return;
        }
        JsonNode content = editor.value(ItemDocument.CONTENT);
        if (Json.same(shown, content)) {
            return;
        }
        shown = content.deepCopy();
        String text = Json.pretty(content);
        int longest = TextSize.longestLine(text);
        hidden = longest > LONGEST_LINE;
        patch(hidden ? "" : text);
        enable();
        editor.complain(
                REFUSED, hidden ? Optional.of(Words.of("Not shown. %s", tooLong(longest))) : Optional.empty(), null);
        sessionStart = Optional.empty();
        undo.reset();
        mark(Optional.empty());
    }

    @Override
    public void setActive(boolean active) {
        super.setActive(active);
        if (active && ruler != null) {
            // The line numbers do not notice that they have got a size.
            viewer.getControl().getDisplay().asyncExec(ruler::update);
        }
    }

    /** Draws a wave below a mistake; without a canvas it only asks for the place to be drawn anew. */
    private static void underline(Annotation mistake, GC gc, StyledText text, int offset, int length, Color colour) {
        int end = Math.min(offset + Math.max(1, length), text.getCharCount());
        if (gc == null) {
            text.redrawRange(offset, end - offset, true);
            return;
        }
        if (end == 0) {
            return; // an empty text has no place to draw it at
        }
        Rectangle place = text.getTextBounds(Math.min(offset, end - 1), end - 1);
        int base = place.y + place.height - 2;
        gc.setForeground(colour);
        for (int x = place.x; x < place.x + place.width; x += 4) {
            gc.drawLine(x, base, x + 2, base - 2);
            gc.drawLine(x + 2, base - 2, x + 4, base);
        }
    }

    /** Throws a half-typed text away. */
    void showAgain() {
        shown = MissingNode.getInstance();
        pending = false;
        show();
    }

    private void patch(String next) {
        showing = true;
        StyledText text = viewer.getTextWidget();
        int top = text.getTopPixel();
        try {
            for (TextEdit edit : TextEdit.between(document.get(), next)) {
                document.replace(edit.at(), edit.count(), edit.text());
            }
        } catch (BadLocationException impossible) {
            throw new IllegalStateException(impossible);
        } finally {
            showing = false;
        }
        text.setTopPixel(top);
    }

    boolean isFocused() {
        return viewer != null && editor.getActivePageInstance() == this;
    }

    boolean canUndo() {
        return isFocused() && undo.undoable();
    }

    boolean canRedo() {
        return isFocused() && undo.redoable();
    }

    void undo() {
        undo.undo();
        flush();
    }

    void redo() {
        undo.redo();
        flush();
    }

    /** The form would show another content than this text. */
    @Override
    public boolean canLeaveThePage() {
        flush();
        return !editor.isUnfinished(ItemDocument.CONTENT);
    }

    /** All annotations here are problems. */
    private static final class ProblemAccess implements IAnnotationAccess, IAnnotationAccessExtension {
        @Override
        @Deprecated
        public Object getType(Annotation annotation) {
            return annotation.getType();
        }

        @Override
        @Deprecated
        public boolean isMultiLine(Annotation annotation) {
            return false;
        }

        @Override
        @Deprecated
        public boolean isTemporary(Annotation annotation) {
            return true;
        }

        @Override
        public String getTypeLabel(Annotation annotation) {
            return Words.of("Mistake");
        }

        @Override
        public int getLayer(Annotation annotation) {
            return IAnnotationPresentation.DEFAULT_LAYER + 1;
        }

        @Override
        public void paint(Annotation annotation, GC gc, Canvas canvas, Rectangle bounds) {
            if (annotation instanceof RawProblem problem) {
                problem.paint(gc, canvas, bounds);
            }
        }

        @Override
        public boolean isPaintable(Annotation annotation) {
            return annotation instanceof RawProblem;
        }

        @Override
        public boolean isSubtype(Object type, Object potentialSupertype) {
            return type.equals(potentialSupertype);
        }

        @Override
        public Object[] getSupertypes(Object type) {
            return new Object[0];
        }
    }
}
