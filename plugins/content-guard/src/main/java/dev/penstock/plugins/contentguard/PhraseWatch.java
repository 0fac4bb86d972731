// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.contentguard;

import dev.penstock.plugins.parts.SearchTimeoutException;
import java.util.List;
import java.util.Optional;

/**
 * Looks for patterns in one text that comes in pieces, and knows at every moment from where on the text may still become a match.
 * What lies before that place can be let go at once; only the beginning of a possible match has to wait.
 *
 * <p>The JDK's matcher says both: {@code hitEnd}, that it would have liked to read on; and {@code requireEnd}, that more text
 * could undo its match. Of the text it keeps what may still matter: the possible match, at most {@code matchChars}, and a little
 * before it for patterns that look behind.
 *
 * <p>Confined to the stream thread.
 */
final class PhraseWatch {
    /** How far a pattern may look behind its match. */
    private static final int LOOK_BEHIND = 64;

    private final List<Phrase> phrases;
    private final int matchChars;
    private final StringBuilder kept = new StringBuilder();

    /** The first half of a character whose second half is to come: alone it would be another character, and match nothing. */
    private String half = "";

    /** Place of the first kept character in the whole text. */
    private long keptFrom;
    /** Up to here nothing can become part of a match any more. */
    private long clear;

    PhraseWatch(List<Phrase> phrases, int matchChars) {
        this.phrases = phrases;
        this.matchChars = matchChars;
    }

    /** The next piece; the pattern that is found with it. */
    Optional<String> add(String piece) throws SearchTimeoutException {
        append(half + piece);
        Optional<String> hit = search(false);
        if (hit.isEmpty()) {
            advance();
        }
        return hit;
    }

    private void append(String text) {
        int whole = text.length();
        if (whole > 0 && Character.isHighSurrogate(text.charAt(whole - 1))) {
            whole--;
        }
        kept.append(text, 0, whole);
        half = text.substring(whole);
    }

    /** No more text: what could have been undone by more stands. */
    Optional<String> atEnd() throws SearchTimeoutException {
        kept.append(half);
        half = "";
        return search(true);
    }

    /** Nobody can say what is in the text so far: it counts as clear. */
    void letGo() {
        keptFrom = length();
        kept.setLength(0);
        half = "";
        clear = keptFrom;
    }

    /** How many characters have come. */
    long length() {
        return keptFrom + kept.length() + half.length();
    }

    /** How many of them, from the first, cannot be part of a match that is still to come. */
    long clear() {
        return clear;
    }

    private Optional<String> search(boolean end) throws SearchTimeoutException {
        int from = (int) (clear - keptFrom);
        for (Phrase phrase : phrases) {
            if (phrase.found(kept, from, end)) {
                return Optional.of(phrase.name());
            }
        }
        return Optional.empty();
    }

    private void advance() throws SearchTimeoutException {
        int from = Math.max((int) (clear - keptFrom), kept.length() - matchChars);
        int earliest = kept.length();
        for (Phrase phrase : phrases) {
            earliest = phrase.firstPossible(kept, from, earliest);
        }
        clear = keptFrom + earliest;
        int drop = Math.max(0, earliest - LOOK_BEHIND);
        kept.delete(0, drop);
        keptFrom += drop;
    }
}
