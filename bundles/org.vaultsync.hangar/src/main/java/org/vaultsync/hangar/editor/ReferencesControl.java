// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.editor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jface.preference.JFacePreferences;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.jface.viewers.LabelProvider;
import org.eclipse.jface.window.Window;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.TableItem;
import org.eclipse.ui.dialogs.ElementListSelectionDialog;
import org.eclipse.ui.dialogs.FilteredList;
import org.eclipse.ui.forms.widgets.FormToolkit;
import org.vaultsync.NameOrder;
import org.vaultsync.hangar.item.Field;
import org.vaultsync.hangar.item.ItemType;
import org.vaultsync.hangar.look.Icon;
import org.vaultsync.hangar.look.Words;
import org.vaultsync.hangar.vault.Card;

/** A list of other items of the vault. */
final class ReferencesControl extends ListControl {
    private final String type;

    ReferencesControl(
            Field field,
            String type,
            Editing editing,
            Composite parent,
            FormToolkit toolkit,
            LocalResourceManager resources) {
        super(field, editing, parent, toolkit, resources);
        this.type = type;
        button(Icon.ADD, Words.of("Add to %s...", field.label()), index -> true, this::pick);
        addCommonButtons();
    }

    @Override
    protected void label(TableItem row, String id) {
        Optional<Card> card = editing.vault().card(id);
        row.setText(card.map(Card::name).orElse(Words.of("%s  (not here)", id)));
        row.setImage(resources.get((card.isPresent() ? Icon.of(card.get().type()) : Icon.MISSING).descriptor()));
        row.setForeground(
                card.isPresent() ? null : JFaceResources.getColorRegistry().get(JFacePreferences.QUALIFIER_COLOR));
    }

    /** The vault has changed: names, or what is here. */
    void vaultChanged() {
        relabel();
    }

    @Override
    protected void activate(int index) {
        editing.open(elements().get(index));
    }

    private void pick() {
        LabelProvider labels = new LabelProvider() {
            @Override
            public String getText(Object element) {
                return ((Card) element).name();
            }

            @Override
            public Image getImage(Object element) {
                return resources.get(Icon.of(((Card) element).type()).descriptor());
            }
        };
        ElementListSelectionDialog dialog = new ElementListSelectionDialog(table.getShell(), labels) {
            @Override
            protected FilteredList createFilteredList(Composite parent) {
                FilteredList list = super.createFilteredList(parent);
                list.setComparator(new NameOrder());
                return list;
            }
        };
        ItemType of = ItemType.of(type);
        dialog.setTitle(Words.of("Add %s", of.many()));
        dialog.setMessage(Words.of("Choose what to add (? = any character, * = any text):"));
        dialog.setMultipleSelection(true);
        dialog.setIgnoreCase(true);
        dialog.setEmptyListMessage(Words.of("There are no others to add."));
        dialog.setElements(editing.vault().cards().stream()
                .filter(card -> card.type().equals(type) && !elements().contains(card.id()))
                .toArray());
        if (dialog.open() == Window.OK && !table.isDisposed()) {
            List<String> next = new ArrayList<>(elements());
            for (Object chosen : dialog.getResult()) {
                String id = ((Card) chosen).id();
                if (!next.contains(id)) {
                    next.add(id);
                }
            }
            change(next, next.size() - 1);
        }
    }
}
