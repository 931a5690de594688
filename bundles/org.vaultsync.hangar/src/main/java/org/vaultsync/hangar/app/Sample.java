// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.vaultsync.hangar.item.ItemType;
import org.vaultsync.hangar.json.Json;
import org.vaultsync.hangar.json.JsonProblem;
import org.vaultsync.vault.Item;

/** The items that a new vault begins with; the same in every Hangar. */
final class Sample {
    private static final String NONE = "none";

    private final BundleContext bundle;

    Sample(BundleContext bundle) {
        this.bundle = bundle;
    }

    /** None if the property {@code hangar.sample} says {@code none}, as some tests want it. */
    List<Item> items() {
        if (NONE.equals(bundle.getProperty("hangar.sample"))) {
            return List.of();
        }
        URL file = bundle.getBundle().getEntry("sample/vault.ndjson");
        List<Item> items = new ArrayList<>();
        try (BufferedReader in = new BufferedReader(new InputStreamReader(file.openStream(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                ObjectNode node = Json.object(line);
                String type = node.path("type").asText();
                ObjectNode content = (ObjectNode) node.get("content");
                items.add(new Item(
                        node.path("id").asText(),
                        type,
                        node.path("name").asText(),
                        Json.line(content),
                        List.of(),
                        ItemType.of(type).references(content).orElse(List.of())));
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        } catch (JsonProblem misprint) {
            throw new IllegalStateException("sample/vault.ndjson: " + misprint.getMessage(), misprint);
        }
        return items;
    }
}
