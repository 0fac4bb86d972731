// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A plugin's record: not ours, without documentation, with its own defaults. */
class BinderTest {
    private final ConfigProblems problems = new ConfigProblems();

    /** As a plugin author writes it. */
    record Sampling(
            @Nullable Double rate,
            @Nullable Duration every,
            @Nullable List<String> models,
            @Nullable Map<String, Integer> weights,
            @Nullable Mode mode,
            @Nullable Token token,
            Optional<String> note,
            @Nullable Nested nested) {
        Sampling {
            rate = rate == null ? Double.valueOf(0.5) : rate;
            if (rate > 1) {
                throw new IllegalArgumentException("rate must not be more than 1");
            }
        }
    }

    record Nested(int size) {}

    enum Mode {
        FAST,
        SLOW_AND_SURE
    }

    /** A type of another package. */
    record Token(String text) {}

    private Optional<Sampling> bind(String yaml) {
        ScalarTypes types = ScalarTypes.standard().with(ScalarType.secretOf(Token.class, Token::new));
        ConfigNode node = new ConfigLoader(Map.of("T", "s3cret")).tree("penstock.yaml", yaml, Path.of("."), problems);
        return new Binder(types).bind(Sampling.class, node, problems);
    }

    private List<String> messages() {
        return problems.errors().stream().map(ConfigProblem::summary).toList();
    }

    @Test
    void givesNullForWhatIsAbsentAndLetsTheRecordDecide() {
        Sampling sampling = bind("{}").orElseThrow();
        assertThat(sampling.rate()).isEqualTo(0.5);
        assertThat(sampling.every()).isNull();
        assertThat(sampling.models()).isNull();
        assertThat(sampling.nested()).isNull();
        assertThat(sampling.note()).isEmpty();
    }

    @Test
    void bindsEveryKindOfComponent() {
        Sampling sampling = bind("""
            rate: 0.25
            every: 5s
            models: a, b
            weights: {x: 1}
            mode: slow_and_sure
            token: "${T}"
            note: hello
            nested: {size: 3}
            """).orElseThrow();
        assertThat(sampling)
                .isEqualTo(new Sampling(
                        0.25,
                        Duration.ofSeconds(5),
                        List.of("a", "b"),
                        Map.of("x", 1),
                        Mode.SLOW_AND_SURE,
                        new Token("s3cret"),
                        Optional.of("hello"),
                        new Nested(3)));
        assertThat(problems.warnings()).isEmpty();
    }

    @Test
    void placesWhatTheConstructorRefusesAtTheKeyItNames() {
        assertThat(bind("every: 1s\nrate: 2\n")).isEmpty();
        assertThat(messages()).containsExactly("penstock.yaml:2:7: rate: must not be more than 1");
    }

    @Test
    void refusesUnknownKeysAndWrongTypesTogether() {
        assertThat(bind("rat: 1\nevery: 5\nmode: fats\nnested: {}\nweights: {x: y}\n"))
                .isEmpty();
        assertThat(messages())
                .containsExactly(
                        "penstock.yaml:1:1: rat: unknown key; did you mean \"rate\"?",
                        "penstock.yaml:2:8: every: must have a unit, such as 5s or 5ms (found \"5\")",
                        "penstock.yaml:3:7: mode: must be fast or slow_and_sure (found \"fats\"); did you mean"
                                + " \"fast\"?",
                        "penstock.yaml:4:9: nested.size: is required",
                        "penstock.yaml:5:14: weights.x: must be a whole number (found \"y\")");
    }

    @Test
    void warnsOfALiteralSecretOfAnotherPackagesType() {
        assertThat(bind("token: s3cret\n")).isPresent();
        assertThat(problems.warnings()).extracting(ConfigProblem::render).containsExactly("""
            penstock.yaml:1:8: token: a secret stands in the file; use ${VAR} or ${file:path} instead
                token: ******
                       ^\
            """);
    }

    @Test
    void bindsThePluginsPartOfTheChainWithItsPlaces() {
        String text = "plugins: {chain: [{id: sample, config: {rate: 3}}, plain]}\n" + Loading.REST;
        List<PluginEntry> chain = Loading.config(text).plugins().chain();
        Binder binder = new Binder(ScalarTypes.standard().with(ScalarType.secretOf(Token.class, Token::new)));
        assertThat(binder.bind(Sampling.class, chain.get(0).config(), problems)).isEmpty();
        assertThat(binder.bind(Sampling.class, chain.get(1).config(), problems)).isPresent();
        assertThat(messages())
                .containsExactly("penstock.yaml:1:47: plugins.chain[0].config.rate: must not be more than 1");
    }
}
