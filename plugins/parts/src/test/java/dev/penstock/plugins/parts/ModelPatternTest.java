// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class ModelPatternTest {
    @Test
    void matchesTheVerySameName() {
        assertThat(new ModelPattern("gpt-4").matches("gpt-4")).isTrue();
        assertThat(new ModelPattern("gpt-4").matches("gpt-4o")).isFalse();
        assertThat(new ModelPattern("gpt.4").matches("gpt-4")).isFalse();
    }

    @Test
    void saysWhatTheStarStandsFor() {
        assertThat(new ModelPattern("openai/*").wild("openai/gpt-4")).contains("gpt-4");
        assertThat(new ModelPattern("*-mini").wild("gpt-mini")).contains("gpt");
        assertThat(new ModelPattern("a*b").wild("ab")).contains("");
        assertThat(new ModelPattern("*").wild("")).contains("");
    }

    @Test
    void doesNotUseACharacterTwice() {
        assertThat(new ModelPattern("aba*ba").matches("aba")).isFalse();
        assertThat(new ModelPattern("aba*ba").matches("ababa")).isTrue();
    }

    @Test
    void refusesEmptyPatternsAndSecondStars() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ModelPattern(""));
        assertThatIllegalArgumentException().isThrownBy(() -> new ModelPattern("a*b*"));
    }
}
