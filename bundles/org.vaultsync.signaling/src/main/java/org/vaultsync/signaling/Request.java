// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a client of y-webrtc asks for, as JSON. Of a member that stands twice the last one counts, as in JavaScript. */
sealed interface Request {
    /** To hear what is published to these topics. */
    record Subscribe(List<String> topics) implements Request {}

    /** To hear it no longer. */
    record Unsubscribe(List<String> topics) implements Request {}

    /**
     * To repeat this message to all that hear the topic.
     *
     * @param open the message without its last brace, so that a member can be added
     */
    record Publish(String topic, byte[] open) implements Request {
        /** The message with one more member. The number of receivers is the last member, so it counts. */
        byte[] told(int clients) {
            byte[] end = (",\"clients\":" + clients + "}").getBytes(StandardCharsets.US_ASCII);
            byte[] whole = Arrays.copyOf(open, open.length + end.length);
            System.arraycopy(end, 0, whole, open.length, end.length);
            return whole;
        }
    }

    /** To hear that the server is there. */
    record Ping() implements Request {}

    /** Nothing that this server knows. */
    record Unknown() implements Request {}

    /** Keeps no names: whoever sends them could fill the memory with them. */
    JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    /**
     * Reads a message.
     *
     * @throws IOException if it is not JSON in UTF-8
     */
    static Request parse(byte[] message) throws IOException {
        String type = "";
        String topic = "";
        List<String> topics = List.of();
        CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(message));
        try (JsonParser parser = JSON.createParser(text.array(), 0, text.limit())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                parser.skipChildren();
                nothingMore(parser);
                return new Unknown();
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                switch (name) {
                    case "type" -> type = text(parser, value);
                    case "topic" -> topic = text(parser, value);
                    case "topics" -> topics = texts(parser, value);
                    default -> parser.skipChildren();
                }
            }
            nothingMore(parser);
        }
        return switch (type) {
            case "subscribe" -> new Subscribe(topics);
            case "unsubscribe" -> new Unsubscribe(topics);
            case "publish" -> topic.isEmpty() ? new Unknown() : new Publish(topic, open(message));
            case "ping" -> new Ping();
            default -> new Unknown();
        };
    }

    private static void nothingMore(JsonParser parser) throws IOException {
        if (parser.nextToken() != null) {
            throw new IOException("more than one value");
        }
    }

    private static String text(JsonParser parser, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            return parser.getText();
        }
        parser.skipChildren();
        return "";
    }

    private static List<String> texts(JsonParser parser, JsonToken value) throws IOException {
        List<String> texts = new ArrayList<>();
        if (value == JsonToken.START_ARRAY) {
            for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                if (next == JsonToken.VALUE_STRING) {
                    texts.add(parser.getText());
                } else {
                    parser.skipChildren();
                }
            }
        } else {
            parser.skipChildren();
        }
        return texts;
    }

    /** Only white space may stand behind the last brace of what has been read. */
    private static byte[] open(byte[] message) {
        int end = message.length - 1;
        while (message[end] != '}') {
            end--;
        }
        return Arrays.copyOf(message, end);
    }
}
