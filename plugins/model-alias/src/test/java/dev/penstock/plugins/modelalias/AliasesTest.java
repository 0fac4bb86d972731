// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.modelalias;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.penstock.plugins.modelalias.ModelAliasConfig.Others;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AliasesTest {
    @Test
    void prefersTheExactNameThenTheLongestPattern() {
        Aliases aliases = new Aliases(Map.of("gpt-4", "a", "gpt-4*", "b", "gpt-*", "c", "*", "d"));

        assertThat(aliases.target("gpt-4")).contains("a");
        assertThat(aliases.target("gpt-4o")).contains("b");
        assertThat(aliases.target("gpt-5")).contains("c");
        assertThat(aliases.target("llama")).contains("d");
    }

    @Test
    void repeatsWhatTheStarStandsFor() {
        Aliases aliases = new Aliases(Map.of("openai/*", "*", "eu/*", "europe-*-v1"));

        assertThat(aliases.target("openai/gpt-4")).contains("gpt-4");
        assertThat(aliases.target("eu/llama")).contains("europe-llama-v1");
        assertThat(aliases.target("llama")).isEmpty();
    }

    @Test
    void takesDollarsAndBackslashesInNamesAsTheyAre() {
        assertThat(new Aliases(Map.of("x/*", "y/*")).target("x/a$1\\b")).contains("y/a$1\\b");
    }

    @Test
    void refusesConfigurationsThatMakeNoSense() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ModelAliasConfig(Map.of("a", "b*"), Map.of(), Others.PASS))
                .withMessageStartingWith("aliases");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ModelAliasConfig(Map.of("a", " "), Map.of(), Others.PASS))
                .withMessageStartingWith("aliases");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ModelAliasConfig(Map.of(), Map.of("a**", "no"), Others.PASS))
                .withMessageStartingWith("deny");
    }
}
