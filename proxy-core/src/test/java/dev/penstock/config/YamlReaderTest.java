// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Hostile and broken text: always an answer, never a crash or a hang. */
class YamlReaderTest {
    private final ConfigProblems problems = new ConfigProblems();

    private ConfigNode read(String text) {
        return new YamlReader(Source.of("t", text), scalar -> scalar, problems).read(text);
    }

    private List<String> messages() {
        return problems.errors().stream().map(ConfigProblem::message).toList();
    }

    @Test
    void remembersWhereEverythingStands() {
        ConfigNode root = read("a:\n  - b: 'x'\n    c: y\n");
        assertThat(Nodes.origin(root, "a[0].c")).hasToString("t:3:8");
        assertThat(Nodes.origin(root, "a[0].missing")).hasToString("t:2:5");
        assertThat(Nodes.origin(root, "a[7]")).hasToString("t:2:3");
    }

    @Test
    void givesNoValueAType() {
        assertThat(PlainJson.of(read("[no, on, 010, 1:30, 1_000, 0x10, .inf, 2001-01-01, y]"))
                        .orElseThrow())
                .isEqualTo(List.of("no", "on", "010", "1:30", "1_000", "0x10", ".inf", "2001-01-01", "y"));
    }

    @Test
    void unfoldsAliases() {
        assertThat(PlainJson.of(read("a: &x {b: 1}\nc: *x\n")).orElseThrow())
                .isEqualTo(Map.of("a", Map.of("b", 1L), "c", Map.of("b", 1L)));
    }

    @Test
    void stopsAnAliasBomb() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 9; i++) {
            bomb.append("a").append(i).append(": &a").append(i).append(" [");
            bomb.append(("*a" + (i - 1) + ", ").repeat(5)).append("x]\n");
        }
        assertThat(read(bomb.toString())).isInstanceOf(ConfigNode.Broken.class);
        assertThat(messages()).containsExactly("the file is too large or too deep once its aliases are expanded");
    }

    @Test
    void stopsAnAliasInsideItself() {
        assertThat(read("a: &a [*a]\n")).isInstanceOf(ConfigNode.Broken.class);
        assertThat(messages()).containsExactly("the file is too large or too deep once its aliases are expanded");
    }

    @Test
    void stopsTooManyAliasesTooMuchDepthAndTooMuchText() {
        read("a: &a [x]\nb: [" + "*a, ".repeat(60) + "x]\n");
        read("[".repeat(100) + "]".repeat(100));
        read("#".repeat(1 << 21));
        assertThat(messages())
                .containsExactlyInAnyOrder(
                        "the file has too many aliases",
                        "the file is nested too deeply",
                        "the file is larger than 1MiB");
    }

    @Test
    void explainsCharactersThatAreNotText() {
        read("a: \u0001\n");
        assertThat(messages()).containsExactly("the file holds a character that is not text");
    }

    @Test
    void answersEveryDamagedFileWithAReport() {
        long seed = System.nanoTime();
        for (int i = 0; i < 2_000; i++) {
            Random random = new Random(seed + i);
            StringBuilder text =
                    new StringBuilder(Loading.SMALLEST + "stream: {heartbeat: 5s}\nplugins: {chain: \"a, b\"}\n");
            for (int slips = random.nextInt(4); slips >= 0; slips--) {
                int at = random.nextInt(text.length());
                String noise = "{}[]:,-&*!|>'\"%@`#\t\n ?~$x0";
                text.replace(at, at + random.nextInt(2), noise.charAt(random.nextInt(noise.length())) + "");
            }
            assertThat(verdict(text.toString(), seed + i))
                    .as("seed %d", seed + i)
                    .isNotBlank();
        }
    }

    private static String verdict(String text, long seed) {
        try {
            return Loading.load(text, Map.of("OPENAI_API_KEY", "k")).effective().yaml();
        } catch (ConfigException refused) {
            return String.valueOf(refused.getMessage());
        } catch (RuntimeException crash) {
            throw new AssertionError("seed " + seed + " crashed the loader with\n" + text, crash);
        }
    }
}
