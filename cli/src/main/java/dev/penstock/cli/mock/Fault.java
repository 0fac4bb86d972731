// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.mock;

import java.util.Arrays;
import java.util.stream.Collectors;

/** What goes wrong with an answer, and how it looks on the wire. Immutable. */
public enum Fault {
    /** The answer is whole. */
    NONE("none"),
    /** The connection is closed in the middle of the body, without the final chunk. */
    CUT("cut"),
    /** The connection stays open and nothing comes any more. */
    STALL("stall"),
    /** The connection is reset (RST) in the middle of the body. */
    RESET("reset"),
    /** The API's own error event is sent inside the 200, and the body ends properly. */
    ERROR_EVENT("error-event"),
    /** Status 429 with {@code Retry-After} and the API's error body. */
    TOO_MANY_REQUESTS("429"),
    /** Status 500 with the API's error body. */
    SERVER_ERROR("500"),
    /** Every event is sent but the terminal one, and the body ends properly. */
    NO_TERMINAL("no-terminal");

    private final String word;

    Fault(String word) {
        this.word = word;
    }

    /**
     * The fault of this name.
     *
     * @throws IllegalArgumentException naming every known fault
     */
    public static Fault named(String word) {
        return Arrays.stream(values())
                .filter(fault -> fault.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown fault '" + word + "', known are " + names()));
    }

    static String names() {
        return Arrays.stream(values()).map(Fault::toString).collect(Collectors.joining(", "));
    }

    /** Breaks the body off, after some events. */
    boolean breaksOff() {
        return this == CUT || this == STALL || this == RESET || this == ERROR_EVENT;
    }

    @Override
    public String toString() {
        return word;
    }
}
