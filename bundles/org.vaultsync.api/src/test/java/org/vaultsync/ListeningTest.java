// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListeningTest {
    @ParameterizedTest
    @CsvSource({"0, 2, 10, 1", "65535, 10000, 100000, 60", "8765, 64, 240, 5"})
    void whatIsWithinTheLimitsIsTaken(int port, int connections, int attempts, int seconds) {
        Listening set = new Listening(true, port, List.of(), connections, attempts, Duration.ofSeconds(seconds));
        assertEquals(port, set.port());
        assertEquals(Duration.ofSeconds(seconds), set.handshake());
    }

    @ParameterizedTest
    @CsvSource({
        "-1,    64, 240, 5,          'The port is -1; it must be 0 to 65535.'",
        "65536, 64, 240, 5,          'The port is 65536; it must be 0 to 65535.'",
        "8765,  1, 240, 5,           'The number of connections is 1; it must be 2 to 10000.'",
        "8765,  10001, 240, 5,       'The number of connections is 10001; it must be 2 to 10000.'",
        "8765,  64, 9, 5,            'The number of attempts is 9; it must be 10 to 100000.'",
        "8765,  64, 100001, 5,       'The number of attempts is 100001; it must be 10 to 100000.'",
        "8765,  64, 240, 0,          'The number of seconds is 0; it must be 1 to 60.'",
        "8765,  64, 240, 61,         'The number of seconds is 61; it must be 1 to 60.'"
    })
    void whatIsNotIsRefusedInASentence(int port, int connections, int attempts, int seconds, String said) {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> new Listening(true, port, List.of(), connections, attempts, Duration.ofSeconds(seconds)));
        assertEquals(said, refused.getMessage());
    }

    @Test
    void addressesStayAsTheyWere() {
        List<String> bind = new ArrayList<>(List.of("127.0.0.1"));
        Listening set = new Listening(false, 0, bind, 64, 240, Duration.ofSeconds(5));
        bind.add("10.9.0.1");
        assertEquals(List.of("127.0.0.1"), set.bind());
        assertTrue(Listening.USUAL.bind().isEmpty(), "on all addresses unless somebody chooses");
        assertTrue(Listening.USUAL.discovery());
    }
}
