// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.parts;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Searches for regular expressions within a time, because a pattern that looks harmless can take years over a text that somebody
 * has made for it. The JDK's matcher reads its text one character at a time, so the text itself watches the clock.
 *
 * <p>Immutable.
 *
 * @param limit for one search
 * @param nanoTime a monotonic clock
 */
public record TextSearch(Duration limit, LongSupplier nanoTime) {
    public TextSearch {
        if (!limit.isPositive()) {
            throw new IllegalArgumentException("limit must be more than zero: " + limit);
        }
    }

    public TextSearch(Duration limit) {
        this(limit, System::nanoTime);
    }

    /** Whether the pattern is anywhere in the text. */
    public boolean found(Pattern pattern, CharSequence text) throws SearchTimeoutException {
        return on(pattern, text, Matcher::find);
    }

    /** The same within another time, if it is shorter than the limit. */
    public boolean found(Pattern pattern, CharSequence text, Duration within) throws SearchTimeoutException {
        return on(pattern, text, within.compareTo(limit) < 0 ? within : limit, Matcher::find);
    }

    /** Whatever is to be done with a matcher, within the limit. */
    public <T> T on(Pattern pattern, CharSequence text, Function<Matcher, T> search) throws SearchTimeoutException {
        return on(pattern, text, limit, search);
    }

    private <T> T on(Pattern pattern, CharSequence text, Duration within, Function<Matcher, T> search)
            throws SearchTimeoutException {
        var watch = new WatchedText.Watch(nanoTime, nanoTime.getAsLong() + within.toNanos());
        try {
            return search.apply(pattern.matcher(new WatchedText(text, watch)));
        } catch (WatchedText.Expired e) {
            throw new SearchTimeoutException("a pattern took longer than " + within.toMillis() + " ms");
        } catch (StackOverflowError e) { // (a|b)* recurses once per character
            throw new SearchTimeoutException("a pattern needs more stack than there is");
        }
    }
}
