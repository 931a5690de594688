// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** JSON from the network, within bounds. */
final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(32)
                            .maxStringLength(512 << 10)
                            .maxNumberLength(40)
                            .build())
                    .build())
            .build();

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ObjectNode object(String type) {
        return object().put("type", type);
    }

    /** Empty if it is not an object in JSON. */
    static Optional<ObjectNode> read(String text) {
        try {
            return MAPPER.readTree(text) instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
        } catch (JsonProcessingException none) {
            return Optional.empty();
        }
    }

    static String write(JsonNode node) {
        return node.toString();
    }

    /** The text under that name; empty if there is none. */
    static String text(JsonNode node, String name) {
        return node.path(name).isTextual() ? node.path(name).textValue() : "";
    }

    /**
     * The description in a signal.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Sdp sdp(JsonNode signal) {
        return new Sdp(text(signal, "sdp"));
    }

    /**
     * The candidate in a signal; empty for the mark of their end.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Optional<Candidate> candidate(JsonNode signal) {
        JsonNode candidate = signal.path("candidate");
        String text = text(candidate, "candidate");
        return text.isEmpty()
                ? Optional.empty()
                : Optional.of(new Candidate(
                        text,
                        text(candidate, "sdpMid"),
                        candidate.path("sdpMLineIndex").asInt(0)));
    }

    static ObjectNode described(boolean offer, Sdp sdp) {
        return object(offer ? "offer" : "answer").put("sdp", sdp.text());
    }

    static ObjectNode found(Candidate candidate) {
        ObjectNode signal = object("candidate");
        signal.putObject("candidate")
                .put("candidate", candidate.text())
                .put("sdpMLineIndex", candidate.index())
                .put("sdpMid", candidate.mid());
        return signal;
    }
}
