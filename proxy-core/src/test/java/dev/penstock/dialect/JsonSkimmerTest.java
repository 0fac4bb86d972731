// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonSkimmerTest {
    private static final long SEED = 99L;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static AnswerTally skim(byte[] json, int... cuts) {
        var tally = new AnswerTally();
        var skimmer = new JsonSkimmer(tally);
        int from = 0;
        for (int cut : cuts) {
            skimmer.feed(json, from, cut - from);
            from = cut;
        }
        skimmer.feed(json, from, json.length - from);
        return tally;
    }

    private static AnswerTally skim(String json) {
        return skim(json.getBytes(UTF_8));
    }

    @Test
    void findsTheWantedMembersAndNoOthers() {
        AnswerTally tally =
                skim("{\"x\":{\"model\":\"no\",\"usage\":{\"input_tokens\":9}},\"list\":[{\"model\":\"no\"}],"
                        + "\"model\":\"yes\",\"usage\":{\"deep\":{\"input_tokens\":9},\"input_tokens\" : 3 }}");
        assertThat(tally.model()).contains("yes");
        assertThat(tally.usage().input()).hasValue(3);
    }

    @Test
    void isNotFooledByWhatStandsInsideStrings() {
        AnswerTally tally = skim("{\"content\":\"\\\"model\\\":\\\"no\\\",{[\\\\\",\"error\":null,\"model\":\"yes\"}");
        assertThat(tally.model()).contains("yes");
        assertThat(tally.error()).isFalse();
    }

    @Test
    void readsNamesWithEscapes() {
        assertThat(skim("{\"model\":\"meta\\/Llama\\u002d3\"}").model()).contains("meta/Llama-3");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"error\":{}}", "{\"error\":\"x\"}", "{\"error\":[1]}", "{\"error\":true}", "{\"error\":1}"})
    void seesAnError(String json) {
        assertThat(skim(json).error()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":null}",
                "{\"error\":\"\"}",
                "{\"error\":false}",
                "{\"a\":{\"error\":1}}",
                "[\"error\"]"
            })
    void seesNoError(String json) {
        assertThat(skim(json).error()).isFalse();
    }

    @Test
    void knowsAnEmptyListOfChoices() {
        assertThat(skim("{\"choices\":[ ]}").noChoices()).isTrue();
        assertThat(skim("{\"choices\":[{}]}").noChoices()).isFalse();
        assertThat(skim("{\"choices\":[[]]}").noChoices()).isFalse();
        assertThat(skim("{\"choices\":[null]}").noChoices()).isFalse();
        assertThat(skim("{\"other\":[]}").noChoices()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5", "1e3", "\"7\"", "null", "99999999999999999999", "[7]", "true"})
    void takesOnlyCountsForCounts(String value) {
        assertThat(skim("{\"usage\":{\"input_tokens\":" + value + "}}").usage()).isEqualTo(Usage.NONE);
    }

    @Test
    void survivesWhatIsNoJson() {
        for (String junk :
                List.of("", "}", "]]]]", "{{{{\"", ":::", "\"\\", "{\"model\":", ",,,{,\"usage\":{{{}", "<html>")) {
            assertThat(skim(junk).usage()).isEqualTo(Usage.NONE);
        }
        var random = new Random(SEED);
        byte[] noise = new byte[20_000];
        for (int round = 0; round < 50; round++) {
            random.nextBytes(noise);
            skim(noise);
        }
        byte[] structure = new byte[20_000];
        for (int i = 0; i < structure.length; i++) {
            structure[i] = (byte) "{}[]\",:\\ n1".charAt(random.nextInt(11));
        }
        skim(structure);
        skim("[".repeat(200_000) + "]".repeat(300_000) + "{\"model\":\"m\"}");
    }

    @Test
    void forgetsValuesThatAreTooLongToMatter() {
        AnswerTally tally = skim("{\"model\":\"" + "x".repeat(10_000) + "\",\"" + "y".repeat(10_000)
                + "\":1,\"usage\":{\"output_tokens\":4}}");
        assertThat(tally.model()).isEmpty();
        assertThat(tally.usage().output()).hasValue(4);
    }

    @Test
    void agreesWithATreeParserOnRandomAnswersCutAnywhere() throws IOException {
        var random = new Random(SEED);
        for (int round = 0; round < 1500; round++) {
            ObjectNode answer = randomObject(random, 0);
            byte[] json = random.nextBoolean()
                    ? MAPPER.writeValueAsBytes(answer)
                    : MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(answer);
            int[] cuts =
                    random.ints(random.nextInt(6), 0, json.length + 1).sorted().toArray();

            AnswerTally tally = skim(json, cuts);

            assertThat(tally.usage().input())
                    .as("seed %d round %d: %s", SEED, round, answer)
                    .isEqualTo(count(answer.at("/usage/prompt_tokens")));
            assertThat(tally.usage().cacheRead())
                    .as("seed %d round %d: %s", SEED, round, answer)
                    .isEqualTo(count(answer.at("/usage/prompt_tokens_details/cached_tokens")));
        }
    }

    private static OptionalLong count(JsonNode node) {
        return node.isIntegralNumber() && node.asLong() >= 0 ? OptionalLong.of(node.asLong()) : OptionalLong.empty();
    }

    private static ObjectNode randomObject(Random random, int depth) {
        List<String> names =
                List.of("usage", "prompt_tokens", "prompt_tokens_details", "cached_tokens", "a", "é\"", "choices", "x");
        ObjectNode object = MAPPER.createObjectNode();
        for (int n = random.nextInt(6); n > 0; n--) {
            object.set(names.get(random.nextInt(names.size())), randomValue(random, depth + 1));
        }
        return object;
    }

    private static JsonNode randomValue(Random random, int depth) {
        return switch (random.nextInt(depth > 6 ? 4 : 8)) {
            case 0 -> MAPPER.getNodeFactory().numberNode(random.nextInt(1000));
            case 1 -> MAPPER.getNodeFactory().numberNode(random.nextInt(1000) - 500);
            case 2 -> MAPPER.getNodeFactory().textNode("\"prompt_tokens\":1,\\{}[]é😀");
            case 3 -> MAPPER.getNodeFactory().nullNode();
            case 4 -> {
                ArrayNode array = MAPPER.createArrayNode();
                for (int n = random.nextInt(3); n > 0; n--) {
                    array.add(randomValue(random, depth + 1));
                }
                yield array;
            }
            default -> randomObject(random, depth);
        };
    }
}
