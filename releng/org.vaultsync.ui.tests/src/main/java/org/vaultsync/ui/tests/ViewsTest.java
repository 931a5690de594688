// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.eclipse.core.commands.common.CommandException;
import org.eclipse.core.runtime.preferences.InstanceScope;
import org.eclipse.jface.action.ActionContributionItem;
import org.eclipse.jface.action.IMenuManager;
import org.eclipse.jface.action.MenuManager;
import org.eclipse.jface.action.ToolBarManager;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.FillLayout;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.ToolItem;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.handlers.IHandlerService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.vaultsync.Badge;
import org.vaultsync.DeviceSettings;
import org.vaultsync.Diagnostics;
import org.vaultsync.ItemHistory;
import org.vaultsync.LinkByHand;
import org.vaultsync.Offers;
import org.vaultsync.Pairing;
import org.vaultsync.ServerChecks;
import org.vaultsync.SyncLog;
import org.vaultsync.SyncPolicy;
import org.vaultsync.VaultSync;
import org.vaultsync.ui.SyncControls;
import org.vaultsync.vault.Vault;

/** A test of the views against a sync that the test directs, in place of the real one. */
abstract class ViewsTest {
    private static boolean warm; // test thread

    final Screen screen = new Screen();
    final ScriptedSync sync = new ScriptedSync();
    final ScriptedOffers offers = new ScriptedOffers(sync);
    final ScriptedRecords records = new ScriptedRecords();
    private final BundleContext context =
            FrameworkUtil.getBundle(ViewsTest.class).getBundleContext();
    private ServiceRegistration<VaultSync> registration; // test thread
    private ServiceRegistration<?> recordsRegistration; // test thread
    final ScriptedPairing pairing = new ScriptedPairing();
    private ServiceRegistration<?> pairingRegistration; // test thread
    final ScriptedChecks checks = new ScriptedChecks();
    private ServiceRegistration<?> checksRegistration; // test thread
    final ScriptedByHand byHand = new ScriptedByHand();
    private ServiceRegistration<?> byHandRegistration; // test thread
    private ServiceRegistration<?> offersRegistration; // test thread
    private boolean withdrawn; // test thread
    UiWatch watch; // test thread

    @BeforeEach
    void takeThePlaceOfSync() {
        Dictionary<String, Object> first = new Hashtable<>();
        first.put(Constants.SERVICE_RANKING, 1000);
        tell(false);
        offersRegistration = context.registerService(
                new String[] {Offers.class.getName(), SyncPolicy.class.getName()}, offers, first);
        registration = context.registerService(VaultSync.class, sync, first);
        recordsRegistration = context.registerService(
                new String[] {ItemHistory.class.getName(), SyncLog.class.getName(), Diagnostics.class.getName()},
                records,
                first);
        pairingRegistration = context.registerService(
                new String[] {Pairing.class.getName(), DeviceSettings.class.getName()}, pairing, first);
        checksRegistration = context.registerService(ServerChecks.class, checks, first);
        byHandRegistration = context.registerService(LinkByHand.class, byHand, first);
        screen.run(() -> page().closeAllEditors(false));
        warmUp();
        watch = new UiWatch(PlatformUI.getWorkbench().getDisplay());
    }

    /**
     * Opens the views once before anything is measured. In a JVM that has just started all code is interpreted and all
     * widgets of GTK are the first of their kind, which took 130 ms for the peers view on a fast machine.
     */
    private void warmUp() {
        if (!warm) {
            warm = true;
            for (String view :
                    List.of("org.vaultsync.ui.peers", "org.vaultsync.ui.log", "org.vaultsync.ui.openConflicts")) {
                open(view);
                screen.run(() -> page().hideView(page().findView(view)));
            }
        }
    }

    @AfterEach
    void putThingsBack() {
        screen.closeDialogs();
        withdraw();
        watch.close();
        assertEquals(List.of(), watch.complaints());
    }

    /** Whether the notices of everything are on. */
    static void tell(boolean wanted) {
        for (String kind : List.of("joined", "request", "refused", "conflict", "offered", "stopped", "failed")) {
            InstanceScope.INSTANCE.getNode("org.vaultsync.ui").putBoolean("notice." + kind, wanted);
        }
    }

    /** The real sync is in place again. */
    void withdraw() {
        if (!withdrawn) {
            withdrawn = true;
            registration.unregister();
            recordsRegistration.unregister();
            pairingRegistration.unregister();
            checksRegistration.unregister();
            byHandRegistration.unregister();
            offersRegistration.unregister();
        }
    }

    SyncControls controls() {
        return context.getService(context.getServiceReference(SyncControls.class));
    }

    IWorkbenchPage page() {
        return PlatformUI.getWorkbench().getWorkbenchWindows()[0].getActivePage();
    }

    void openPeers() {
        open("org.vaultsync.ui.peers");
    }

    /** Presses an entry of the menus of the peers view; it may open a dialog. */
    void pressInPeers(String text) {
        screen.start(() -> Stream.of(menuOfPeers().getItems())
                .filter(ActionContributionItem.class::isInstance)
                .map(entry -> ((ActionContributionItem) entry).getAction())
                .filter(action -> action.getText().replace("&", "").equals(text))
                .findFirst()
                .orElseThrow()
                .run());
    }

    /** The menu of the peers view, as filled when it opens. UI thread. */
    IMenuManager menuOfPeers() {
        MenuManager menu = (MenuManager) page().findView("org.vaultsync.ui.peers")
                .getViewSite()
                .getActionBars()
                .getMenuManager();
        menu.createContextMenu(
                        PlatformUI.getWorkbench().getWorkbenchWindows()[0].getShell())
                .notifyListeners(SWT.Show, new Event());
        return menu;
    }

    void openHistory(String itemId) {
        sync.put(itemId, Badge.SYNCED);
        screen.press(toggles(itemId).getFirst());
        screen.click("Show History…");
    }

    void open(String view) {
        screen.run(() -> {
            try {
                page().showView(view);
            } catch (PartInitException broken) {
                throw new AssertionError(broken);
            }
        });
    }

    /** A window with the toggles of some items, as a host would have them in an editor; the window is a dialog here. */
    List<ToolItem> toggles(String... items) {
        AtomicReference<List<ToolItem>> toggles = new AtomicReference<>();
        screen.run(() -> {
            Shell shell =
                    new Shell(PlatformUI.getWorkbench().getWorkbenchWindows()[0].getShell(), SWT.SHELL_TRIM);
            shell.setText("A host");
            shell.setLayout(new FillLayout());
            ToolBarManager bar = new ToolBarManager(SWT.FLAT);
            for (String item : items) {
                bar.add(controls().toggle(item));
            }
            toggles.set(List.of(bar.createControl(shell).getItems()));
            shell.setSize(300, 120);
            shell.open();
        });
        return toggles.get();
    }

    void awaitCall(String call) {
        screen.await("the call “" + call + "”", () -> sync.calls.contains(call));
    }

    /** Tells news of rooms, twice, and waits for each until the view of the log, which is open, looks at what there is. */
    void awaitNewsOfRooms() {
        for (int time = 0; time < 2; time++) {
            int before = records.looks.get();
            sync.tellRooms();
            screen.await("a look", () -> records.looks.get() > before);
        }
    }

    static Vault vault() {
        return PlatformUI.getWorkbench().getService(Vault.class);
    }

    /** As a click into the view does, also on a display where no window is ever the active one. */
    static void activate(String view) {
        try {
            PlatformUI.getWorkbench().getWorkbenchWindows()[0].getActivePage().showView(view);
        } catch (PartInitException broken) {
            throw new AssertionError(broken);
        }
    }

    static void execute(String command) {
        try {
            PlatformUI.getWorkbench()
                    .getWorkbenchWindows()[0]
                    .getService(IHandlerService.class)
                    .executeCommand(command, null);
        } catch (CommandException broken) {
            throw new AssertionError(broken);
        }
    }
}
