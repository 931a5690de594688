// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.item;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.vaultsync.hangar.item.Field.Group;
import org.vaultsync.hangar.item.Field.Kind;
import org.vaultsync.hangar.item.Field.Option;
import org.vaultsync.hangar.json.Json;
import org.vaultsync.hangar.look.Words;

/**
 * What Hangar knows about the items of one type. Items of other types can be edited too, with the fields that their
 * content has.
 *
 * @param type as in {@link org.vaultsync.vault.Item#type()}
 * @param one what people call one of them
 * @param many what people call several
 */
public record ItemType(String type, String one, String many, List<Group> groups) {
    public static final String UNIT = "unit";
    public static final String PILOT = "pilot";
    public static final String FORCE = "force";

    private static final int LONGEST_LINE = 160;

    /** What is longer takes a widget seconds; it is on the JSON page alone. */
    private static final int LONGEST_TEXT = 100_000;

    private static final int LONGEST_LIST = 1_000;

    private static final List<ItemType> KNOWN = List.of(unit(), pilot(), force());

    public ItemType {
        groups = List.copyOf(groups);
    }

    /** The types that Hangar makes, in the order in which it shows them. */
    public static List<ItemType> known() {
        return KNOWN;
    }

    /** A known type, or one without fields of its own. */
    public static ItemType of(String type) {
        return KNOWN.stream()
                .filter(known -> known.type.equals(type))
                .findFirst()
                .orElseGet(() -> new ItemType(type, words(type), words(type), List.of()));
    }

    /** Where the content has texts of several lines, as JSON Pointers into it. */
    public Set<String> texts() {
        Set<String> texts = new LinkedHashSet<>();
        for (Group group : groups) {
            for (Field field : group.fields()) {
                if (field.kind() instanceof Kind.Notes) {
                    texts.add(field.at().tail().toString());
                }
            }
        }
        return texts;
    }

    /** The ids that the content refers to, for the types that Hangar knows; empty if what it refers to is not known. */
    public Optional<List<String>> references(ObjectNode content) {
        if (groups.isEmpty()) {
            return Optional.empty();
        }
        Set<String> ids = new LinkedHashSet<>();
        for (Group group : groups) {
            for (Field field : group.fields()) {
                if (field.kind() instanceof Kind.References) {
                    content.at(field.at().tail()).forEach(id -> {
                        if (id.isTextual() && !id.asText().isEmpty()) {
                            ids.add(id.asText());
                        }
                    });
                }
            }
        }
        return Optional.of(List.copyOf(ids));
    }

    /** The fields that the content has beyond those of the type, so far as a form can show them. */
    public List<Field> further(ObjectNode content) {
        Set<String> shown = new LinkedHashSet<>();
        for (Group group : groups) {
            for (Field field : group.fields()) {
                JsonPointer inContent = field.at().tail();
                if (!inContent.matches() && inContent.tail().matches()) {
                    shown.add(inContent.getMatchingProperty());
                }
            }
        }
        List<Field> further = new ArrayList<>();
        for (Map.Entry<String, JsonNode> member : content.properties()) {
            if (!shown.contains(member.getKey()) && !member.getKey().equals("id")) {
                kind(member.getValue())
                        .ifPresent(kind -> further.add(new Field(
                                words(member.getKey()), ItemDocument.CONTENT.appendProperty(member.getKey()), kind)));
            }
        }
        return further;
    }

    private static Optional<Kind> kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING ->
                value.asText().length() > LONGEST_TEXT
                        ? Optional.empty()
                        : Optional.of(
                                value.asText().length() > LONGEST_LINE
                                                || value.asText().contains("\n")
                                        ? new Kind.Notes()
                                        : new Kind.Line(false));
            case NUMBER -> Optional.of(new Kind.Decimal());
            case BOOLEAN -> Optional.of(new Kind.Flag());
            case ARRAY -> {
                if (value.size() > LONGEST_LIST) {
                    yield Optional.empty();
                }
                for (JsonNode element : value) {
                    if (!element.isTextual()) {
                        yield Optional.empty();
                    }
                }
                yield Optional.of(new Kind.Lines());
            }
            case OBJECT, NULL, MISSING, BINARY, POJO -> Optional.empty();
        };
    }

    /** {@code "criticalSlots"} and {@code "CRITICAL_SLOTS"} as "Critical slots". */
    public static String words(String key) {
        String spaced =
                key.replaceAll("([a-z0-9])([A-Z])", "$1 $2").replace('_', ' ').strip();
        if (spaced.isEmpty()) {
            return key;
        }
        boolean acronym = spaced.length() <= 3 && spaced.equals(spaced.toUpperCase(Locale.ROOT));
        String lower = acronym ? spaced : spaced.toLowerCase(Locale.ROOT);
        return lower.substring(0, 1).toUpperCase(Locale.ROOT) + lower.substring(1);
    }

    /** What a new item of this type begins with. */
    public ObjectNode template() {
        ObjectNode content = Json.empty();
        switch (type) {
            case UNIT -> {
                content.put("unitType", "Walker");
                content.put("configuration", "Biped");
                content.put("techBase", "INNER_SPHERE");
                content.put("rulesLevel", "STANDARD");
                content.put("tonnage", 50);
                content.putArray("quirks");
                content.put("notes", "");
            }
            case PILOT -> {
                content.put("callsign", "");
                content.put("gunnery", 4);
                content.put("piloting", 5);
                content.put("status", "ACTIVE");
                content.putArray("abilities");
                content.put("notes", "");
            }
            case FORCE -> {
                content.put("forceType", "LANCE");
                content.putArray("units");
                content.putArray("pilots");
                content.put("notes", "");
            }
            default -> content.put("notes", "");
        }
        return content;
    }

    private static ItemType unit() {
        return new ItemType(
                UNIT,
                Words.of("Unit"),
                Words.of("Units"),
                List.of(
                        new Group(
                                Words.of("Design"),
                                false,
                                List.of(
                                        name(),
                                        line(Words.of("Chassis"), "/chassis"),
                                        line(Words.of("Model"), "/model"),
                                        choice(
                                                Words.of("Kind"),
                                                "/unitType",
                                                "Walker",
                                                "Vehicle",
                                                "Infantry",
                                                "Aerospace"),
                                        choice(
                                                Words.of("Configuration"),
                                                "/configuration",
                                                "Biped",
                                                "Quad",
                                                "Tripod",
                                                "LAM"),
                                        choice(Words.of("Tech base"), "/techBase", "INNER_SPHERE", "CLAN", "MIXED"),
                                        choice(
                                                Words.of("Rules level"),
                                                "/rulesLevel",
                                                "INTRODUCTORY",
                                                "STANDARD",
                                                "ADVANCED",
                                                "EXPERIMENTAL",
                                                "UNOFFICIAL"),
                                        choice(
                                                Words.of("Role"),
                                                "/role",
                                                "Ambusher",
                                                "Brawler",
                                                "Juggernaut",
                                                "Missile Boat",
                                                "Scout",
                                                "Skirmisher",
                                                "Sniper",
                                                "Striker"),
                                        whole(Words.of("Year"), "/year", 1, 9999))),
                        new Group(
                                Words.of("Chassis and power"),
                                false,
                                List.of(
                                        whole(Words.of("Tonnage"), "/tonnage", 1, 1_000_000),
                                        choice(
                                                Words.of("Engine"),
                                                "/engine/type",
                                                "FUSION",
                                                "XL",
                                                "LIGHT",
                                                "COMPACT",
                                                "ICE",
                                                "FUEL_CELL"),
                                        whole(Words.of("Engine rating"), "/engine/rating", 0, 1000),
                                        whole(Words.of("Walk"), "/movement/walk", 0, 99),
                                        whole(Words.of("Jump"), "/movement/jump", 0, 99),
                                        choice(
                                                Words.of("Heat sinks"),
                                                "/heatSinks/type",
                                                "SINGLE",
                                                "DOUBLE",
                                                "COMPACT",
                                                "LASER"),
                                        whole(Words.of("Number of sinks"), "/heatSinks/count", 0, 999),
                                        choice(
                                                Words.of("Cockpit"),
                                                "/cockpit",
                                                "STANDARD",
                                                "SMALL",
                                                "INDUSTRIAL",
                                                "PRIMITIVE",
                                                "COMMAND_CONSOLE",
                                                "TORSO_MOUNTED"))),
                        new Group(Words.of("Quirks"), false, List.of(lines(Words.of("Quirks"), "/quirks"))),
                        new Group(
                                Words.of("Notes"),
                                true,
                                List.of(notes(Words.of("Notes"), "/notes"), notes(Words.of("Source"), "/source")))));
    }

    private static ItemType pilot() {
        return new ItemType(
                PILOT,
                Words.of("Pilot"),
                Words.of("Pilots"),
                List.of(
                        new Group(
                                Words.of("Person"),
                                false,
                                List.of(
                                        name(),
                                        line(Words.of("Callsign"), "/callsign"),
                                        line(Words.of("Affiliation"), "/affiliation"),
                                        choice(
                                                Words.of("Rank"),
                                                "/rank",
                                                "CADET",
                                                "SERGEANT",
                                                "LIEUTENANT",
                                                "CAPTAIN",
                                                "MAJOR"),
                                        choice(
                                                Words.of("Status"),
                                                "/status",
                                                "ACTIVE",
                                                "WOUNDED",
                                                "RESTING",
                                                "MISSING",
                                                "RETIRED"))),
                        new Group(
                                Words.of("Skills"),
                                false,
                                List.of(
                                        whole(Words.of("Gunnery"), "/gunnery", 0, 8),
                                        whole(Words.of("Piloting"), "/piloting", 0, 8),
                                        whole(Words.of("Experience"), "/experience", 0, 1_000_000),
                                        lines(Words.of("Abilities"), "/abilities"))),
                        new Group(Words.of("Notes"), true, List.of(notes(Words.of("Notes"), "/notes")))));
    }

    private static ItemType force() {
        return new ItemType(
                FORCE,
                Words.of("Force"),
                Words.of("Forces"),
                List.of(
                        new Group(
                                Words.of("Force"),
                                false,
                                List.of(
                                        name(),
                                        line(Words.of("Affiliation"), "/affiliation"),
                                        choice(
                                                Words.of("Size"),
                                                "/forceType",
                                                "LANCE",
                                                "STAR",
                                                "LEVEL_II",
                                                "COMPANY",
                                                "BATTALION"),
                                        line(Words.of("Base"), "/base"))),
                        new Group(Words.of("Notes"), false, List.of(notes(Words.of("Notes"), "/notes"))),
                        new Group(Words.of("Units"), false, List.of(references(Words.of("Units"), "/units", UNIT))),
                        new Group(
                                Words.of("Pilots"), false, List.of(references(Words.of("Pilots"), "/pilots", PILOT)))));
    }

    private static Field name() {
        return new Field(Words.of("Name"), ItemDocument.NAME, new Kind.Line(true));
    }

    private static Field line(String label, String inContent) {
        return new Field(label, at(inContent), new Kind.Line(false));
    }

    private static Field notes(String label, String inContent) {
        return new Field(label, at(inContent), new Kind.Notes());
    }

    private static Field whole(String label, String inContent, long least, long most) {
        return new Field(label, at(inContent), new Kind.Whole(least, most));
    }

    private static Field lines(String label, String inContent) {
        return new Field(label, at(inContent), new Kind.Lines());
    }

    private static Field references(String label, String inContent, String type) {
        return new Field(label, at(inContent), new Kind.References(type));
    }

    private static Field choice(String label, String inContent, String... values) {
        return new Field(
                label,
                at(inContent),
                new Kind.Choice(Arrays.stream(values)
                        .map(value -> new Option(value, label(value)))
                        .toList()));
    }

    private static String label(String value) {
        boolean shouted = value.equals(value.toUpperCase(Locale.ROOT));
        return Words.of(shouted ? words(value) : value);
    }

    private static JsonPointer at(String inContent) {
        return ItemDocument.CONTENT.append(JsonPointer.compile(inContent));
    }
}
