// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class TextSearchTest {
    private final AtomicLong reads = new AtomicLong();

    /** Every look at the clock takes a millisecond. */
    private final TextSearch search = new TextSearch(Duration.ofMillis(20), () -> reads.addAndGet(1_000_000));

    @Test
    void findsWhatIsThere() throws SearchTimeoutException {
        assertThat(search.found(Pattern.compile("b+"), "aabb")).isTrue();
        assertThat(search.found(Pattern.compile("c"), "aabb")).isFalse();
    }

    @Test
    void givesAPatternUpThatBacktracksForEver() {
        Pattern evil = Pattern.compile("(x+x+)+y");
        assertThatThrownBy(() -> search.found(evil, "x".repeat(5_000))).isInstanceOf(SearchTimeoutException.class);
    }

    @Test
    void givesAPatternUpThatNeedsTooMuchStack() {
        Pattern deep = Pattern.compile("(a|b)*c");
        TextSearch patient = new TextSearch(Duration.ofHours(1), () -> 0);
        assertThatThrownBy(() -> patient.found(deep, "ab".repeat(200_000))).isInstanceOf(SearchTimeoutException.class);
    }

    @Test
    void takesTheShorterOfTwoTimes() {
        Pattern none = Pattern.compile("y");
        assertThatThrownBy(() -> search.found(none, "x".repeat(3_000), Duration.ofMillis(1)))
                .isInstanceOf(SearchTimeoutException.class);
    }

    @Test
    void stopsWhenItsThreadIsInterrupted() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> search.found(Pattern.compile("y"), "x".repeat(3_000)))
                    .isInstanceOf(SearchTimeoutException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
