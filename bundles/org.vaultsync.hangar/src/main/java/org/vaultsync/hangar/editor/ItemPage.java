// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.editor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.ui.forms.IManagedForm;
import org.eclipse.ui.forms.editor.FormPage;
import org.eclipse.ui.forms.widgets.FormToolkit;
import org.vaultsync.hangar.item.Field;
import org.vaultsync.hangar.item.Field.Group;
import org.vaultsync.hangar.item.Field.Kind;
import org.vaultsync.hangar.item.ItemDocument;
import org.vaultsync.hangar.item.ItemType;
import org.vaultsync.hangar.look.Words;
import org.vaultsync.ui.SyncControls;

/** The form: the fields that people edit, in sections side by side. */
final class ItemPage extends FormPage {
    private static final int NOTES_HEIGHT = 96;

    /** So many fields that only this item has get a widget; an item may have a hundred thousand. */
    private static final int MOST_FURTHER = 50;

    private final ItemEditor editor;
    private final ItemType type;
    private final List<FieldControl> controls = new ArrayList<>();
    private final List<FieldControl> furtherControls = new ArrayList<>();
    private List<Field> further = List.of();
    private int notShown; // further fields without a widget
    private LocalResourceManager resources;
    private PicturesControl pictures;
    private Composite furtherSection;

    ItemPage(ItemEditor editor, ItemType type) {
        super(editor, "form", Words.of("Form"));
        this.editor = editor;
        this.type = type;
    }

    @Override
    protected void createFormContent(IManagedForm managed) {
        FormToolkit toolkit = managed.getToolkit();
        Composite body = managed.getForm().getBody();
        resources = new LocalResourceManager(JFaceResources.getResources(), body);
        GridLayoutFactory.fillDefaults()
                .numColumns(2)
                .equalWidth(true)
                .margins(10, 10)
                .spacing(14, 12)
                .applyTo(body);
        long narrow = type.groups().stream().filter(group -> !group.wide()).count();
        type.groups().stream().filter(group -> !group.wide()).forEach(group -> addGroup(group, body, toolkit));
        Composite client = section(toolkit, body, Words.of("Pictures"), narrow % 2 == 0);
        pictures = new PicturesControl(editor, client, toolkit, resources);
        GridDataFactory.fillDefaults().grab(true, true).span(2, 1).applyTo(pictures.control());
        type.groups().stream().filter(Group::wide).forEach(group -> addGroup(group, body, toolkit));
        show();
    }

    private void addGroup(Group group, Composite body, FormToolkit toolkit) {
        Composite client = section(toolkit, body, group.title(), group.wide());
        group.fields().forEach(field -> controls.add(control(field, client, toolkit, group)));
    }

    /** Not a section of the platform: it draws a picture of itself as large as it is whenever something in it changes. */
    private Composite section(FormToolkit toolkit, Composite body, String title, boolean wide) {
        Composite section = toolkit.createComposite(body);
        GridLayoutFactory.fillDefaults().spacing(0, 3).applyTo(section);
        GridDataFactory.fillDefaults()
                .grab(true, false)
                .span(wide ? 2 : 1, 1)
                .hint(260, SWT.DEFAULT)
                .applyTo(section);
        Label heading = toolkit.createLabel(section, title);
        heading.setFont(JFaceResources.getFontRegistry().getBold(JFaceResources.DEFAULT_FONT));
        GridDataFactory.fillDefaults().applyTo(heading);
        Label line = new Label(section, SWT.SEPARATOR | SWT.HORIZONTAL);
        GridDataFactory.fillDefaults().grab(true, false).applyTo(line);
        Composite client = toolkit.createComposite(section);
        GridDataFactory.fillDefaults().grab(true, true).applyTo(client);
        GridLayoutFactory.fillDefaults()
                .numColumns(2)
                .margins(4, 6)
                .spacing(10, 7)
                .applyTo(client);
        return client;
    }

    private FieldControl control(Field field, Composite client, FormToolkit toolkit, Group group) {
        boolean alone = group.fields().size() == 1 && group.title().equals(field.label());
        boolean tall = field.kind() instanceof Kind.Notes
                || field.kind() instanceof Kind.Lines
                || field.kind() instanceof Kind.References;
        if (!alone) {
            Label label = toolkit.createLabel(client, field.label());
            GridDataFactory.fillDefaults()
                    .align(SWT.BEGINNING, tall ? SWT.BEGINNING : SWT.CENTER)
                    .hint(Math.max(110, label.computeSize(SWT.DEFAULT, SWT.DEFAULT).x), SWT.DEFAULT)
                    .applyTo(label);
        }
        FieldControl control = switch (field.kind()) {
            case Kind.Line line -> new TextControl(field, editor, client, toolkit);
            case Kind.Notes notes -> new TextControl(field, editor, client, toolkit);
            case Kind.Whole whole -> new TextControl(field, editor, client, toolkit);
            case Kind.Decimal decimal -> new TextControl(field, editor, client, toolkit);
            case Kind.Flag flag -> new FlagControl(field, editor, client, toolkit);
            case Kind.Choice choice -> new ChoiceControl(field, choice, editor, client, toolkit);
            case Kind.Lines lines -> new LinesControl(field, editor, client, toolkit, resources);
            case Kind.References references ->
                new ReferencesControl(field, references.type(), editor, client, toolkit, resources);
        };
        Control widget = control instanceof ListControl list ? list.place() : control.control();
        control.control().setData("label", field.label());
        GridDataFactory data = GridDataFactory.fillDefaults()
                .grab(true, tall)
                .span(alone ? 2 : 1, 1)
                .hint(120, field.kind() instanceof Kind.Notes ? NOTES_HEIGHT : SWT.DEFAULT);
        data.applyTo(widget);
        return control;
    }

    /** Shows what the draft holds, touching only what has changed. */
    void show() {
        if (pictures == null) {
            return;
        }
        showFurther();
        controls.forEach(FieldControl::show);
        furtherControls.forEach(FieldControl::show);
        pictures.show();
        pictures.setEditable(!editor.isReadOnly());
    }

    /** The fields that only this item has come and go with its content. */
    private void showFurther() {
        List<Field> all =
                editor.value(ItemDocument.CONTENT) instanceof ObjectNode content ? type.further(content) : List.of();
        List<Field> now = all.subList(0, Math.min(all.size(), MOST_FURTHER));
        if (now.equals(further) && all.size() - now.size() == notShown
                || furtherControls.stream().anyMatch(one -> one.control().isFocusControl() || one.isPending())) {
            return;
        }
        further = now;
        furtherControls.forEach(one -> editor.complain(one, Optional.empty(), one.control()));
        furtherControls.clear();
        if (furtherSection != null) {
            furtherSection.dispose();
            furtherSection = null;
        }
        notShown = all.size() - now.size();
        if (!further.isEmpty()) {
            Composite body = getManagedForm().getForm().getBody();
            FormToolkit toolkit = getManagedForm().getToolkit();
            Group group = new Group(Words.of("More"), true, further);
            Composite client = section(toolkit, body, group.title(), group.wide());
            furtherSection = client.getParent();
            further.forEach(field -> furtherControls.add(control(field, client, toolkit, group)));
            if (notShown > 0) {
                Label rest = toolkit.createLabel(client, Words.of("%,d more are on the JSON page.", notShown));
                GridDataFactory.fillDefaults().span(2, 1).applyTo(rest);
            }
        }
        getManagedForm().reflow(true);
    }

    /** Shows at each field who else is in it. */
    void showSync(SyncControls sync, String itemId) {
        controls.forEach(
                control -> sync.field(control.control(), itemId, control.at().toString()));
    }

    /** What is in the vault beside this item has changed. */
    void vaultChanged() {
        for (FieldControl control : controls) {
            if (control instanceof ReferencesControl references) {
                references.vaultChanged();
            }
        }
    }

    void attachmentStored(String sha256) {
        if (pictures != null) {
            pictures.attachmentStored(sha256);
        }
    }

    /** Whether something is typed beside a value, such as a line that was not added to its list. */
    boolean isPending() {
        return Stream.concat(controls.stream(), furtherControls.stream()).anyMatch(FieldControl::isPending);
    }

    /** What is typed beside a value is meant, too. */
    void takePending() {
        Stream.concat(controls.stream(), furtherControls.stream()).toList().forEach(FieldControl::takePending);
    }

    /** Half-typed texts were taken back. */
    void showAgain() {
        controls.forEach(FieldControl::showAgain);
        furtherControls.forEach(FieldControl::showAgain);
    }

    void selectName() {
        controls.stream()
                .filter(control -> control.at().equals(ItemDocument.NAME))
                .findFirst()
                .ifPresent(name -> ((TextControl) name).select());
    }
}
