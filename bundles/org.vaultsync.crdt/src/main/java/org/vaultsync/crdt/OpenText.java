// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt;

import java.util.List;

/**
 * A text that stands open in an editor, which edits it letter by letter while others do.
 *
 * <p>Two threads use it: the one that the editor lives on, and the one that runs the engine. Neither waits for the other,
 * and an offset always means the text as the editor has it at that moment. What the editor does is queued until the
 * engine's thread writes it; what others do is held until the editor pulls it. Where they meet, both threads work out
 * alike where the edits of the one stand among those of the others: the editor gets them behind what it has queued itself.
 * Where both put something in at one place, that of the others stands first.
 *
 * <p>Others are all who write into the replica otherwise: other devices, other editors, {@link Replica#edit}, an undo.
 */
public interface OpenText extends AutoCloseable {
    /** The editor's thread: the text as the editor has it, with all that it did and pulled. */
    String text();

    /**
     * The editor's thread: a person did this to {@link #text()}. Returns at once; what is queued is to be
     * {@linkplain #write() written} soon.
     *
     * @throws IllegalArgumentException if the text has no such offsets, or if half of a surrogate pair would be left
     */
    void edit(TextEdit edit);

    /**
     * The editor's thread: what others did since the last pull, for the editor to do now, in this order; each means the
     * text that the one before has left. They are no edits of the person: {@link #edit} is not called for them.
     */
    List<TextEdit> pull();

    /**
     * The engine's thread: writes what the editor has queued, in one transaction.
     *
     * @return the update, format V1; empty when nothing was queued, or when the text {@linkplain #stands() is gone}
     */
    byte[] write() throws ReplicaException;

    /**
     * Any thread: whether the text is still in the document and its replica open. Once it is not, nothing more is written
     * or pulled; what the editor shows can still be saved as any {@linkplain Replica#edit edit}.
     */
    boolean stands();

    /** The engine's thread. What is queued and was not written is dropped. Closing twice does nothing. */
    @Override
    void close();
}
