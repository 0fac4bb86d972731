// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.mock;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The text the mock answers with: word by word, or cut to a size. Immutable. */
final class Prose {

    private static final String TEXT = "A penstock is the gated pipe that leads water from a reservoir to a turbine. "
            + "It lets a strong flow through under control: the gate opens as far as the turbine can take, "
            + "and when something breaks on either side it closes at once, so that nothing runs on unseen. "
            + "This answer comes from a mock model, word by word, and it says the same thing every time. ";
    private static final String[] WORDS =
            Arrays.stream(TEXT.strip().split(" ", -1)).map(word -> word + " ").toArray(String[]::new);

    private final String[] pieces;

    /** Prose in pieces of {@code payload} bytes, or in words if it is 0. */
    Prose(int payload) {
        this.pieces = payload == 0
                ? WORDS
                : new String[] {TEXT.repeat(payload / TEXT.length() + 1).substring(0, payload)};
    }

    String piece(int index) {
        return pieces[index % pieces.length];
    }

    String whole(int pieces) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < pieces; i++) {
            text.append(piece(i));
        }
        return text.toString();
    }

    /** A model's rule of thumb: four bytes of text are a token. */
    static int tokens(String text) {
        return Math.max(1, text.getBytes(StandardCharsets.UTF_8).length / 4);
    }
}
