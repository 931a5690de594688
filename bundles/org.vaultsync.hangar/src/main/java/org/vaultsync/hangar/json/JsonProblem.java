// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.json;

/** Why a text cannot be the content of an item; the message is a sentence for people. */
public final class JsonProblem extends Exception {
    private static final long serialVersionUID = 1;

    private final int line;
    private final int column;

    JsonProblem(String sentence, int line, int column) {
        super(sentence);
        this.line = Math.max(1, line);
        this.column = Math.max(1, column);
    }

    /** From 1. */
    public int line() {
        return line;
    }

    /** From 1, counted in characters. */
    public int column() {
        return column;
    }
}
