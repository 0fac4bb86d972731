// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.contentguard;

import dev.penstock.plugins.parts.SearchTimeoutException;
import dev.penstock.plugins.parts.TextSearch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A named pattern, searched for in the end of a growing text. Immutable. */
@SuppressWarnings("JdkObsolete") // hitEnd and requireEnd are for texts that are still growing, and this one is.
record Phrase(String name, Pattern pattern, TextSearch search) {

    /**
     * Whether the pattern is in the text from there on.
     *
     * @param end whether no more text will come; if more may come, a match counts only if no text can undo it
     */
    boolean found(CharSequence text, int from, boolean end) throws SearchTimeoutException {
        return search.on(pattern, text, matcher -> {
            region(matcher, from, text.length());
            while (matcher.find()) {
                if (end || !matcher.requireEnd()) {
                    return true;
                }
            }
            return false;
        });
    }

    /** The first place from there on, and before the other one, where more text could make a match; or that other one. */
    int firstPossible(CharSequence text, int from, int before) throws SearchTimeoutException {
        return search.on(pattern, text, matcher -> {
            for (int at = from; at < before; at++) {
                region(matcher, at, text.length());
                if (matcher.lookingAt() ? matcher.requireEnd() : matcher.hitEnd()) {
                    return at;
                }
            }
            return before;
        });
    }

    /** Looks behind the region, and takes its start for no start of a line. */
    private static void region(Matcher matcher, int from, int to) {
        matcher.region(from, to).useTransparentBounds(true).useAnchoringBounds(false);
    }
}
