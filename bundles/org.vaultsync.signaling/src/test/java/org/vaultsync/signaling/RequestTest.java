// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RequestTest {
    private static final List<String> SEEDS = List.of(
            "{\"type\":\"subscribe\",\"topics\":[\"a\",\"ABC-DEF\",\"\\u00fc\"]}",
            "{\"type\":\"unsubscribe\",\"topics\":[\"a\"]}",
            "{\"type\":\"publish\",\"topic\":\"a\",\"to\":\"x\",\"from\":\"y\",\"signal\":{\"sdp\":\"v=0\\r"
                    + "\\n"
                    + "\"},\"n\":[1.5e3]}",
            "{\"type\":\"publish\",\"topic\":\"a\",\"data\":\"AAECAw==\"} \n",
            "{\"type\":\"ping\"}");

    private static Request parse(String text) throws IOException {
        return Request.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aMessageIsRepeatedAsItIsWithTheNumberOfReceivers() throws IOException {
        Request.Publish publish =
                (Request.Publish) parse("{\"type\":\"publish\",\"topic\":\"a\",\"n\":1700000000000.123,\"ü\":[{}]} \n");
        assertEquals(
                "{\"type\":\"publish\",\"topic\":\"a\",\"n\":1700000000000.123,\"ü\":[{}],\"clients\":3}",
                new String(publish.told(3), StandardCharsets.UTF_8));
    }

    @Test
    void ofAMemberThatStandsTwiceTheLastCounts() throws IOException {
        assertEquals("b", ((Request.Publish) parse("{\"topic\":\"a\",\"type\":\"publish\",\"topic\":\"b\"}")).topic());
    }

    @Test
    void whatIsOfAnotherTypeIsPassedOver() throws IOException {
        assertEquals(
                new Request.Subscribe(List.of("a", "b")),
                parse("{\"type\":\"subscribe\",\"topics\":[\"a\",1,null,[\"c\"],{\"d\":\"e\"},\"b\"]}"));
        for (String text :
                List.of("[]", "null", "1", "{}", "{\"type\":7}", "{\"type\":\"publish\",\"topic\":[\"a\"]}")) {
            assertEquals(new Request.Unknown(), parse(text), text);
        }
    }

    @Test
    void deepJsonIsRefused() {
        assertThrows(IOException.class, () -> parse("{\"x\":" + "[".repeat(30_000) + "]".repeat(30_000) + "}"));
    }

    @Test
    void jsonInAnotherEncodingIsRefused() {
        assertThrows(IOException.class, () -> Request.parse(SEEDS.get(2).getBytes(StandardCharsets.UTF_16LE)));
    }

    /** Whatever comes is refused, or repeated as JSON. */
    @Test
    void malformedBytesAreRefusedOrRepeatedAsJson() throws IOException {
        long seed = Long.getLong("seed", 1);
        Random random = new Random(seed);
        int understood = 0;
        for (int n = 0; n < 50_000; n++) {
            byte[] bytes = SEEDS.get(random.nextInt(SEEDS.size())).getBytes(StandardCharsets.UTF_8);
            for (int change = random.nextInt(3); change >= 0; change--) {
                bytes = changed(bytes, random);
            }
            try {
                if (Request.parse(bytes) instanceof Request.Publish publish) {
                    understood++;
                    assertEquals(1, members(publish.told(1), "clients"), "seed " + seed + ", " + n);
                }
            } catch (IOException refused) {
                // as it should be
            }
        }
        assertTrue(understood > 500, understood + " understood");
    }

    private static byte[] changed(byte[] bytes, Random random) {
        int at = random.nextInt(bytes.length + 1);
        return switch (random.nextInt(4)) {
            case 0 -> Arrays.copyOf(bytes, Math.max(1, at));
            case 1 -> Arrays.copyOf(bytes, bytes.length + 1);
            default -> {
                byte[] other = bytes.clone();
                other[at % bytes.length] =
                        (byte) (random.nextBoolean() ? random.nextInt() : "{}[]\",:\\ 0".charAt(random.nextInt(10)));
                yield other;
            }
        };
    }

    /** How often a member stands in an object that must be JSON. */
    private static int members(byte[] json, String name) throws IOException {
        int found = 0;
        try (JsonParser parser = Request.JSON.createParser(new String(json, StandardCharsets.UTF_8))) {
            while (parser.nextToken() != null) {
                if (name.equals(parser.currentName()) && parser.currentToken().isScalarValue()) {
                    found++;
                }
            }
        }
        return found;
    }
}
