// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.eclipse.core.runtime.Adapters;
import org.eclipse.core.runtime.Platform;
import org.eclipse.jface.viewers.ILabelDecorator;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.ui.ISharedImages;
import org.eclipse.ui.PlatformUI;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;
import org.vaultsync.Badge;
import org.vaultsync.ui.ItemReference;

/** What sync brings into a host that knows nothing of it but the two interfaces. */
class HostTest extends ViewsTest {
    @Test
    void sharesEverythingThatIsSelected() {
        sync.withHome();
        selectInNavigator(3);
        screen.start(() -> execute("org.vaultsync.ui.toggle"));
        screen.await(
                "three items to be shared",
                () -> sync.calls.stream()
                                .filter(call -> call.startsWith("share " + ScriptedSync.HOME.hex()))
                                .mapToInt(call -> call.split(",").length)
                                .sum()
                        == 3);
    }

    @Test
    void sharesWhatIsSelectedByAKey() {
        sync.withHome();
        selectInNavigator(1);
        Tree tree = screen.find(Tree.class, "Units");
        screen.start(() -> {
            tree.setFocus();
            Event key = new Event();
            key.keyCode = 's';
            key.character = 's' & 0x1f; // as Ctrl makes it
            key.stateMask = SWT.MOD1 | SWT.MOD3;
            tree.notifyListeners(SWT.KeyDown, key);
        });
        screen.await(
                "an item to be shared",
                () -> sync.calls.stream().anyMatch(call -> call.startsWith("share " + ScriptedSync.HOME.hex())));
    }

    @Test
    void stopsForAllWhatIsSelected() {
        sync.withFriday();
        String item = sharedInNavigator();
        sync.sharedHere.add(item);
        screen.start(() -> execute("org.vaultsync.ui.stopForAll"));
        screen.awaitText("Stop the sync of 1 item for everybody?");
        screen.click("Stop for Everybody");
        awaitCall("stop for all [" + item + "]");
    }

    @Test
    void asksBeforeItStopsSharingWhatIsSelected() {
        sync.withFriday();
        selectInNavigator(2);
        screen.start(() -> execute("org.vaultsync.ui.toggle"));
        screen.await("the call", () -> !sync.calls.isEmpty());
        screen.start(() -> execute("org.vaultsync.ui.toggle"));
        screen.awaitText("These 2 items are shared.");
        screen.click("Stop Sharing on This Device");
        screen.await("the second call", () -> sync.calls.getLast().startsWith("stop "));
    }

    @Test
    void deletesOnlyHereAfterItStoppedSharing() {
        sync.withFriday();
        String item = sharedInNavigator();
        sync.refusal = Optional.of("The disk is full.");
        screen.start(() -> execute("org.eclipse.ui.edit.delete"));
        screen.awaitText("It is shared with others.");
        screen.click("Only Here");
        awaitCall("stop [" + item + "]");
        screen.awaitText("The disk is full.");
        screen.closeDialogs();
        assertTrue(vault().ids().contains(item), "what could not be stopped was deleted");
        sync.refusal = Optional.empty();
        screen.start(() -> execute("org.eclipse.ui.edit.delete"));
        screen.click("Only Here");
        screen.await("it to be gone", () -> !vault().ids().contains(item));
        screen.start(() -> execute("org.eclipse.ui.edit.undo"));
        screen.await("it to be back", () -> vault().ids().contains(item));
    }

    @Test
    void deletesForEverybodyOrNotAtAll() {
        sync.withFriday();
        String item = sharedInNavigator();
        screen.start(() -> execute("org.eclipse.ui.edit.delete"));
        screen.awaitText("can be brought back from the history");
        screen.click("Cancel");
        screen.awaitNoText("can be brought back from the history");
        assertTrue(vault().ids().contains(item), "what was cancelled was deleted");
        screen.start(() -> execute("org.eclipse.ui.edit.delete"));
        screen.click("For Everybody");
        screen.await("it to be gone", () -> !vault().ids().contains(item));
        assertTrue(sync.calls.stream().noneMatch(call -> call.startsWith("stop ")), sync.calls.toString());
        screen.start(() -> execute("org.eclipse.ui.edit.undo"));
        screen.await("it to be back", () -> vault().ids().contains(item));
    }

    @Test
    void asksAsAlwaysBeforeItDeletesWhatIsNotShared() {
        sync.withFriday();
        selectInNavigator(1);
        screen.start(() -> execute("org.eclipse.ui.edit.delete"));
        screen.awaitText("Delete \"");
        assertFalse(screen.ask(screen::words).contains("Only Here"));
        screen.click("Cancel");
    }

    @Test
    void saysInTheEditorThatAnItemCanOnlyBeRead() {
        sync.withFriday();
        String item = sharedInNavigator();
        Tree tree = screen.find(Tree.class, "Units");
        screen.run(() -> {
            Event event = new Event();
            event.item = tree.getSelection()[0];
            tree.notifyListeners(SWT.DefaultSelection, event);
        });
        Text tonnage = screen.find(Text.class, "65");
        screen.await("a field to edit", tonnage::getEditable);
        sync.readOnly.add(item);
        sync.put(item, Badge.SYNCED);
        screen.await("it to be read only", () -> !tonnage.getEditable());
        screen.awaitText("Read only: it was made by a newer version of sync.");
        sync.readOnly.remove(item);
        sync.put(item, Badge.SYNCED);
        screen.await("it to be as others", tonnage::getEditable);
        screen.awaitNoText("Read only");
    }

    /** Selects an item and shares it; the id of it. */
    private String sharedInNavigator() {
        selectInNavigator(1);
        Tree tree = screen.find(Tree.class, "Units");
        String item = screen.ask(() -> Adapters.adapt(tree.getSelection()[0].getData(), ItemReference.class)
                .itemId());
        sync.put(item, Badge.SYNCED);
        return item;
    }

    @Test
    void laysTheBadgeOverThePictureOfAnItem() {
        ItemReference item = new ItemReference("item1");
        ILabelDecorator decorator =
                screen.ask(() -> PlatformUI.getWorkbench().getDecoratorManager().getLabelDecorator());
        Image plain =
                screen.ask(() -> PlatformUI.getWorkbench().getSharedImages().getImage(ISharedImages.IMG_OBJ_FILE));
        sync.withFriday();
        sync.put("item1", Badge.SYNCED);
        AtomicReference<Image> decorated = new AtomicReference<>();
        screen.await("a decorated picture", () -> {
            decorated.set(decorator.decorateImage(plain, item));
            return decorated.get() != null && decorated.get() != plain;
        });
        ImageData with = screen.ask(decorated.get()::getImageData);
        ImageData without = screen.ask(plain::getImageData);
        assertFalse(Arrays.equals(with.data, without.data), "no badge in the picture");
    }

    /** What Hangar needs it would have without sync; all else that our bundles need came with them. */
    @Test
    void bringsNoViewPageWizardOrMenuThatIsNotOurs() {
        Set<String> ofTheHost = needed(Set.of("org.vaultsync.hangar"));
        assertTrue(ofTheHost.contains("org.eclipse.ui.workbench"), ofTheHost.toString());
        Set<String> ours = Arrays.stream(Platform.getBundle("org.vaultsync.ui")
                        .getBundleContext()
                        .getBundles())
                .map(Bundle::getSymbolicName)
                .filter(name -> name.startsWith("org.vaultsync.") && !name.equals("org.vaultsync.ui.tests"))
                // of a feature for hosts that have the compare editors already
                .filter(name -> !name.equals("org.vaultsync.ui.compare"))
                .collect(Collectors.toSet());
        Set<String> brought = needed(ours);
        brought.removeAll(ofTheHost);
        assertTrue(brought.contains("org.eclipse.jface.notifications"), brought.toString());
        Map<String, List<String>> added = new TreeMap<>();
        for (String point : List.of(
                "actionSets",
                "editors",
                "exportWizards",
                "importWizards",
                "intro",
                "menus",
                "newWizards",
                "perspectives",
                "popupMenus",
                "preferencePages",
                "propertyPages",
                "views")) {
            List<String> there = Arrays.stream(
                            Platform.getExtensionRegistry().getConfigurationElementsFor("org.eclipse.ui." + point))
                    .filter(each -> brought.contains(each.getContributor().getName()))
                    .map(each -> Optional.ofNullable(each.getAttribute("locationURI"))
                            .orElseGet(() -> each.getAttribute("id")))
                    .sorted()
                    .toList();
            if (!there.isEmpty()) {
                added.put(point, there);
            }
        }
        assertEquals(
                Map.of(
                        "menus",
                        List.of("popup:org.eclipse.ui.popup.any?after=additions", "toolbar:org.eclipse.ui.trim.status"),
                        "preferencePages",
                        List.of(
                                "org.vaultsync.ui.preferences",
                                "org.vaultsync.ui.preferences.key",
                                "org.vaultsync.ui.preferences.network",
                                "org.vaultsync.ui.preferences.types"),
                        "views",
                        List.of(
                                "org.vaultsync.ui",
                                "org.vaultsync.ui.log",
                                "org.vaultsync.ui.openConflicts",
                                "org.vaultsync.ui.peers")),
                added);
    }

    /** These bundles and those that they need, directly or not. */
    private static Set<String> needed(Set<String> first) {
        Set<String> names = new TreeSet<>();
        Deque<BundleWiring> left = new ArrayDeque<>();
        first.forEach(name -> left.push(Platform.getBundle(name).adapt(BundleWiring.class)));
        while (!left.isEmpty()) {
            BundleWiring wiring = left.pop();
            if (names.add(wiring.getBundle().getSymbolicName())) {
                wiring.getRequiredWires(null).forEach(wire -> left.push(wire.getProviderWiring()));
            }
        }
        return names;
    }

    private void selectInNavigator(int count) {
        Tree tree = screen.find(Tree.class, "Units");
        screen.run(() -> {
            activate("org.vaultsync.hangar.navigator");
            TreeItem units = tree.getItem(0);
            tree.setSelection(Arrays.copyOf(units.getItems(), count));
            tree.notifyListeners(SWT.Selection, new Event());
        });
    }
}
