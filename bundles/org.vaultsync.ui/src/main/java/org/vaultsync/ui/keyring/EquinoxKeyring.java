// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.keyring;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.core.runtime.ILog;
import org.eclipse.core.runtime.Platform;
import org.eclipse.equinox.security.storage.ISecurePreferences;
import org.eclipse.equinox.security.storage.SecurePreferencesFactory;
import org.eclipse.equinox.security.storage.StorageException;
import org.eclipse.equinox.security.storage.provider.IProviderHints;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.vaultsync.keyring.Keyring;

/**
 * Registers the keyring of the operating system, if Equinox has a module for it. What Equinox falls back on, a password
 * of its own in a file, is no keyring.
 */
@Component(
        service = {},
        immediate = true)
public final class EquinoxKeyring {
    /** A module of Equinox secure storage that keeps its master password in the keyring of the system. */
    private record Module(String id, String name) {
        boolean isInstalled() {
            return Stream.of(Platform.getExtensionRegistry().getConfigurationElementsFor(STORAGE))
                    .map(element -> element.getDeclaringExtension().getUniqueIdentifier())
                    .anyMatch(id::equalsIgnoreCase);
        }

        /** Whether it is known to be locked without asking Equinox. */
        boolean isLocked() throws IOException {
            return id.equals(LINUX) && SecretService.isLocked();
        }
    }

    private static final ILog LOG = ILog.of(EquinoxKeyring.class);
    private static final String PREFIX = "org.eclipse.equinox.security.";
    private static final String STORAGE = PREFIX + "secureStorage";
    private static final String LINUX = PREFIX + "linuxkeystoreintegrationjna";
    private static final Map<String, List<Module>> MODULES = Map.of(
            "linux", List.of(new Module(LINUX, "The keyring of the desktop")),
            "win32",
                    List.of(
                            new Module(PREFIX + "windowspasswordprovider64bit", "Windows"),
                            new Module(PREFIX + "windowspasswordprovider", "Windows")),
            "macosx", List.of(new Module(PREFIX + "osxkeystoreintegration", "The macOS keychain")));
    private static final String NODE = "/org.vaultsync";
    private static final String PROBE = "there";
    private static final String LOCKED = "Unlock it, and sync goes on by itself.";

    private final BundleContext context;
    private Optional<ServiceRegistration<Keyring>> registration = Optional.empty(); // guarded by this
    private boolean stopped; // guarded by this

    /** Looks for a module on a thread of its own: it may take seconds. */
    @Activate
    public EquinoxKeyring(BundleContext context) {
        this.context = context;
        Thread.ofPlatform().daemon().name("vaultsync keyring").start(this::look);
    }

    @Deactivate
    synchronized void stop() {
        stopped = true;
        registration.ifPresent(ServiceRegistration::unregister);
        registration = Optional.empty();
    }

    private void look() {
        for (Module module : MODULES.getOrDefault(String.valueOf(context.getProperty("osgi.os")), List.of())) {
            if (module.isInstalled() && isThere(module)) {
                register(new Kept(module));
                return;
            }
        }
        LOG.info("keyring: none of this system is used");
    }

    private synchronized void register(Keyring keyring) {
        if (!stopped) {
            registration = Optional.of(context.registerService(Keyring.class, keyring, null));
            LOG.info("keyring: found " + keyring.name());
        }
    }

    /** A module that is there but locked or failing is one: what it holds may be needed, and people are told. */
    private static boolean isThere(Module module) {
        try {
            if (module.isLocked() || !encrypts(node(module))) {
                LOG.info("keyring: " + module.name() + ": it is locked");
            }
            return true;
        } catch (StorageException failed) {
            LOG.info("keyring: " + module.name() + ": " + failed.getMessage());
            return failed.getErrorCode() != StorageException.NO_SECURE_MODULE;
        } catch (IOException failed) {
            LOG.info("keyring: " + module.name() + ": " + failed.getMessage());
            return false;
        }
    }

    /**
     * Whether what is put there now is encrypted. Equinox takes it as plain text where it gets no password, and only says so in
     * its log.
     */
    private static boolean encrypts(ISecurePreferences node) throws StorageException {
        node.put(PROBE, "yes", true);
        boolean encrypted = node.isEncrypted(PROBE);
        if (!encrypted) {
            node.remove(PROBE);
        }
        return encrypted;
    }

    private static ISecurePreferences node(Module module) throws IOException {
        Map<String, Object> hints = new HashMap<>(
                Map.of(IProviderHints.REQUIRED_MODULE_ID, module.id(), IProviderHints.PROMPT_USER, Boolean.FALSE));
        ISecurePreferences root = SecurePreferencesFactory.open(null, hints);
        if (root == null) {
            throw new IOException("Secure storage cannot be opened.");
        }
        // Equinox puts in what it was started with, and then asks no module.
        if (hints.containsKey(IProviderHints.DEFAULT_PASSWORD)) {
            throw new IOException("it is not used, because -eclipse.password names a password");
        }
        return root.node(NODE);
    }

    private record Kept(Module module) implements Keyring {
        @Override
        public String name() {
            return module.name();
        }

        @Override
        public Optional<byte[]> read(String name) throws IOException {
            try {
                unlocked();
                ISecurePreferences node = node(module);
                Optional<byte[]> kept = Optional.ofNullable(node.getByteArray(name, null));
                if (kept.isPresent() && !node.isEncrypted(name) && encrypts(node)) {
                    keep(name, kept.get()); // an earlier version put it there while the keyring was locked
                }
                return kept;
            } catch (StorageException failed) {
                throw new IOException(sentence(failed), failed);
            }
        }

        @Override
        public void keep(String name, byte[] secret) throws IOException {
            try {
                unlocked();
                ISecurePreferences node = node(module);
                if (!encrypts(node)) {
                    throw new IOException(LOCKED);
                }
                node.putByteArray(name, secret, true);
                if (!node.isEncrypted(name)) { // it was locked this moment
                    node.remove(name);
                    throw new IOException(LOCKED);
                }
                node.flush();
            } catch (StorageException failed) {
                throw new IOException(sentence(failed), failed);
            }
        }

        private void unlocked() throws IOException {
            if (module.isLocked()) {
                throw new IOException(LOCKED);
            }
        }

        private static String sentence(StorageException failed) {
            return switch (failed.getErrorCode()) {
                case StorageException.NO_PASSWORD -> LOCKED;
                case StorageException.DECRYPTION_ERROR ->
                    "It does not hold the password of this computer's secure storage any more.";
                default -> "It fails: " + failed.getMessage() + ".";
            };
        }
    }
}
