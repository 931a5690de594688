// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.robot;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.osgi.framework.BundleContext;
import org.vaultsync.Fingerprint;
import org.vaultsync.VaultSync;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Put;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;
import org.vaultsync.vault.Vault;

/** What is done to the vault of the host, and to sync, behind the back of the windows. */
final class VaultDeeds {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final BundleContext bundles;

    VaultDeeds(BundleContext bundles) {
        this.bundles = bundles;
    }

    List<String> ids() {
        return vault().ids();
    }

    /** The name, the content and the revision of an item, or nothing. */
    List<String> get(String id) {
        return vault().get(id)
                .map(stored -> List.of(
                        stored.item().name(),
                        stored.item().content(),
                        stored.revision().text()))
                .orElse(List.of());
    }

    List<String> remove(String id) {
        return List.of(Boolean.toString(
                vault().remove(id, vault().get(id).orElseThrow().revision())));
    }

    private Vault vault() {
        return bundles.getService(bundles.getServiceReference(Vault.class));
    }

    /** The id of each item, with a digest that is equal for deep-equal content, whatever the order of its members. */
    List<String> digests() throws IOException {
        Vault vault = vault();
        List<String> digests = new ArrayList<>();
        for (String id : vault.ids()) {
            Optional<Stored> stored = vault.get(id);
            if (stored.isPresent()) {
                String content = JSON.writeValueAsString(
                        JSON.readValue(stored.get().item().content(), Object.class));
                digests.add(id + " "
                        + Fingerprint.of(content.getBytes(StandardCharsets.UTF_8))
                                .hex());
            }
        }
        return digests;
    }

    /** Shares all items in the only room, as a person does who selects them all. */
    List<String> shareAll() {
        String began = Robot.now();
        settled(sync().share(sync().rooms().getFirst().id(), vault().ids()));
        return List.of(began, Robot.now());
    }

    List<String> nameDevice(String name) {
        settled(sync().nameDevice(name));
        return List.of();
    }

    private VaultSync sync() {
        return bundles.getService(bundles.getServiceReference(VaultSync.class));
    }

    private static void settled(CompletionStage<?> stage) {
        try {
            stage.toCompletableFuture().get(5, TimeUnit.MINUTES);
        } catch (ExecutionException | TimeoutException failed) {
            throw new Refusal(String.valueOf(failed));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new Refusal("stopped");
        }
    }

    /** Puts an item into the vault as sync does. */
    List<String> put(String id, String type, String name, String content) {
        Optional<Revision> held = vault().get(id).map(Stored::revision);
        Revision revision = new Revision("robot" + Robot.now());
        String began = Robot.now();
        Put put = vault().put(new Item(id, type, name, content), revision, held);
        if (!(put instanceof Put.Taken)) {
            throw new Refusal(String.valueOf(put));
        }
        return List.of(began);
    }
}
