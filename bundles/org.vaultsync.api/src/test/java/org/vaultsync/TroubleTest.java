// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.vaultsync.transport.OtherKeyException;
import org.vaultsync.transport.TroubleException;

class TroubleTest {
    private static final Trouble TAKEN =
            new Trouble(Trouble.Kind.PORT_TAKEN, List.of("8765", "50321"), "Another program has port 8765.");

    @Test
    void whatOnlyTheSentenceSaysHasNoDetails() {
        Trouble other = Trouble.other("The moon is full.");
        assertEquals(new Trouble(Trouble.Kind.OTHER, List.of(), "The moon is full."), other);
    }

    @Test
    void detailsStayAsTheyWere() {
        List<String> details = new ArrayList<>(List.of("8765"));
        Trouble trouble = new Trouble(Trouble.Kind.PORT_TAKEN, details, "Another program has port 8765.");
        details.add("50321");
        assertEquals(List.of("8765"), trouble.details());
    }

    @Test
    void aFailureOfSyncSaysTheSentenceAndKeepsTheTrouble() {
        SyncException failure = new SyncException(TAKEN);
        assertEquals("Another program has port 8765.", failure.getMessage());
        assertEquals(Optional.of(TAKEN), failure.trouble());
        IOException cause = new IOException("refused");
        SyncException plain = new SyncException("Nobody answered.", cause);
        assertEquals("Nobody answered.", plain.getMessage());
        assertSame(cause, plain.getCause());
        assertEquals(Optional.empty(), plain.trouble());
        assertEquals(Optional.empty(), new SyncException("Nobody answered.").trouble());
    }

    /** As frameworks do with exceptions; a trouble cannot be serialised. */
    @Test
    void aFailureThatTravelledHasItsSentenceAndNoTrouble() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(new SyncException(TAKEN));
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            SyncException arrived = (SyncException) in.readObject();
            assertEquals("Another program has port 8765.", arrived.getMessage());
            assertEquals(Optional.empty(), arrived.trouble());
        }
    }

    @Test
    void aFailureOfATransportMeansWhatItSays() {
        IOException cause = new IOException("Address already in use");
        TroubleException told = new TroubleException(TAKEN, cause);
        assertEquals("Another program has port 8765.", told.getMessage());
        assertSame(cause, told.getCause());
        assertSame(TAKEN, TroubleException.of(told));
        assertEquals(Trouble.other("Address already in use"), TroubleException.of(cause));
        OtherKeyException other = new OtherKeyException("It has another key.", cause);
        assertEquals(Trouble.other("It has another key."), TroubleException.of(other));
        assertSame(cause, other.getCause());
    }
}
