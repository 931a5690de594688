// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.sharing;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.eclipse.jface.action.IContributionItem;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Widget;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.vaultsync.ui.SyncControls;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.pictures.Picture;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Sentences;

/** The controls that a host places. */
@Component
public final class ToggleControls implements SyncControls {
    private final LiveSync live;
    private final OpenItem open;
    private final Map<String, String> said = new ConcurrentHashMap<>(); // by sync, of the items that hosts describe
    private Optional<Runnable> deaf = Optional.empty(); // to rooms; UI thread

    @Activate
    public ToggleControls(@Reference LiveSync live) {
        this.live = live;
        this.open = new OpenItem(live);
    }

    @Deactivate
    void stop() {
        open.stop();
        deaf.ifPresent(Runnable::run);
    }

    @Override
    public IContributionItem toggle(String itemId) {
        return new SyncToggle(live, itemId);
    }

    @Override
    public Image badge(String itemId) {
        // The registry of the display keeps it: there are six, and they go with the display.
        return JFaceResources.getResources()
                .create(Picture.of(live.status(itemId).badge()).descriptor());
    }

    @Override
    public String describe(String itemId) {
        String stands = stands(itemId);
        said.put(itemId, stands);
        String others = open.others(itemId);
        return others.isEmpty() ? stands : NLS.bind(Messages.describedWithOthers, stands, others);
    }

    private String stands(String itemId) {
        return Sentences.of(live.status(itemId), live.sync());
    }

    @Override
    public boolean isReadOnly(String itemId) {
        return live.status(itemId).readOnly();
    }

    @Override
    public void opened(Widget owner, String itemId) {
        open.opened(owner, itemId);
    }

    @Override
    public void field(Control control, String itemId, String field) {
        open.field(control, itemId, field);
    }

    @Override
    public boolean delete(Shell shell, String question, Collection<String> itemIds, Runnable delete) {
        return new Sharing(live, shell).delete(question, List.copyOf(itemIds), delete);
    }

    @Override
    public void onChange(Widget owner, Consumer<Set<String>> changed) {
        live.onItems(owner, changed);
        live.onPresence(owner, changed);
        if (deaf.isEmpty()) {
            Display display = owner.getDisplay();
            deaf = Optional.of(live.onRooms(display, () -> look(display)));
        }
    }

    /** A pause, or who is in a room, changes what is said of items whose status stays. Away from the UI thread: they may be many. */
    private void look(Display display) {
        Answers.of(CompletableFuture.supplyAsync(this::saidOtherwise), display, live::itemsChanged, why -> {});
    }

    /** Those of which something else was said; what the host says of them from now on is known once it has asked. */
    private Set<String> saidOtherwise() {
        return said.entrySet().stream()
                .filter(each -> !stands(each.getKey()).equals(each.getValue()))
                .filter(each -> said.remove(each.getKey(), each.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }
}
