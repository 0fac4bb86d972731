// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RequestReaderTest {
    private static final long SEED = 42L;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }

    private static RequestFacts facts(Dialect dialect, String body) {
        return switch (dialect.read(utf8(body))) {
            case RequestFacts facts -> facts;
            case BadRequest bad -> throw new AssertionError(body + " was refused: " + bad);
        };
    }

    private static BadRequest refusal(Dialect dialect, byte[] body) {
        return switch (dialect.read(body)) {
            case RequestFacts facts -> throw new AssertionError("accepted: " + facts);
            case BadRequest bad -> bad;
        };
    }

    private static BadRequest refusal(String body) {
        return refusal(Dialect.OPENAI_CHAT, utf8(body));
    }

    private static String withModel(String body, String model) {
        byte[] bytes = utf8(body);
        return new String(facts(Dialect.OPENAI_CHAT, body).withModel(bytes, model), UTF_8);
    }

    private static String withUsage(String body) {
        return new String(facts(Dialect.OPENAI_CHAT, body).withUsage(utf8(body)), UTF_8);
    }

    @Test
    void readsModelAndStreamFlag() {
        RequestFacts facts = facts(Dialect.OPENAI_CHAT, "{\"model\":\"m\",\"messages\":[],\"stream\":true}");
        assertThat(facts.model()).contains("m");
        assertThat(facts.stream()).isTrue();
        assertThat(facts.usageRequested()).isFalse();
    }

    @Test
    void takesAMissingOrNullStreamFlagAsNo() {
        assertThat(facts(Dialect.OPENAI_CHAT, "{\"model\":\"m\",\"messages\":[]}").stream())
                .isFalse();
        assertThat(facts(Dialect.OPENAI_CHAT, "{\"model\":\"m\",\"messages\":[],\"stream\":null}").stream())
                .isFalse();
    }

    @Test
    void decodesEscapesInNamesAndValues() {
        RequestFacts facts = facts(
                Dialect.OPENAI_CHAT,
                "{\"\\u006dodel\":\"a\\/\\u00e9\\ud83d\\ude00\",\"messages\":[],\"str\\u0065am\":true}");
        assertThat(facts.model()).contains("a/é😀");
        assertThat(facts.stream()).isTrue();
    }

    @Test
    void looksOnlyAtTheTop() {
        RequestFacts facts = facts(
                Dialect.OPENAI_CHAT,
                "{\"metadata\":{\"model\":\"x\",\"stream\":true,\"stream\":1},\"messages\":[{\"model\":[]}],\"model\":\"m\"}");
        assertThat(facts.model()).contains("m");
        assertThat(facts.stream()).isFalse();
    }

    static Stream<String> malformed() {
        return Stream.of(
                "",
                "   ",
                "not json",
                "[]",
                "[{\"model\":\"m\"}]",
                "\"model\"",
                "null",
                "{",
                "{\"model\":\"m\",\"messages\":[]",
                "{\"model\":\"m\",\"messages\":[]}}",
                "{\"model\":\"m\",\"messages\":[]} {}",
                "{\"model\":\"m\",\"messages\":[]} x",
                "{\"model\":\"m\",\"messages\":[],}",
                "{'model':'m','messages':[]}",
                "{model:\"m\",\"messages\":[]}",
                "{\"model\":\"m\",\"messages\":[],\"x\":NaN}",
                "{\"model\":\"m\",\"messages\":[],\"x\":01}",
                "{\"model\":\"m\",\"messages\":[],\"x\":+1}",
                "{\"model\":\"m\",\"messages\":[],\"x\":\"\t\"}",
                "{\"model\":\"m\",\"messages\":[],\"x\":\"\\x\"}",
                "{\"model\":\"m\",\"messages\":[],\"x\":\"\\u12\"}",
                "{\"model\":\"m\",\"messages\":[1 2]}",
                "{\"model\":\"m\" // no\n,\"messages\":[]}",
                "{\"model\":\"m\",\"messages\":[]\u0000}",
                "{\"model\":\"m\",\"messages\":[],\"x\":\"a\u0000b\"}");
    }

    @ParameterizedTest
    @MethodSource
    void malformed(String body) {
        assertThat(refusal(body).message()).isNotBlank().endsWith(".").doesNotContain("model", "Exception");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"messages\":[]}",
                "{\"model\":null,\"messages\":[]}",
                "{\"model\":\"\",\"messages\":[]}",
                "{\"model\":\" \",\"messages\":[]}",
                "{\"model\":7,\"messages\":[]}",
                "{\"model\":[\"m\"],\"messages\":[]}",
                "{\"model\":{\"a\":\"m\"},\"messages\":[]}",
                "{\"model\":\"a\\u0000\",\"messages\":[]}",
                "{\"model\":\"a\\ud800\",\"messages\":[]}",
                "{\"model\":\"\\udc00\\ud800\",\"messages\":[]}"
            })
    void refusesAModelThatIsNoName(String body) {
        assertThat(refusal(body).param()).contains("model");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\":\"a\",\"model\":\"b\",\"messages\":[]}",
                "{\"model\":\"a\",\"messages\":[],\"\\u006dodel\":\"a\"}",
                "{\"\\u006d\\u006f\\u0064\\u0065\\u006c\":\"a\",\"messages\":[],\"model\":\"b\"}",
                "{\"model\":\"a\",\"Model\":\"b\",\"messages\":[]}",
                "{\"MODEL\":\"a\",\"messages\":[]}"
            })
    void refusesAnAmbiguousModel(String body) {
        assertThat(refusal(body).param()).contains("model");
        assertThat(refusal(Dialect.ANTHROPIC_MESSAGES, utf8(body)).param()).contains("model");
        assertThat(refusal(Dialect.PASSTHROUGH, utf8(body)).param()).contains("model");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\":\"a\",\"stream\":true,\"stream\":true,\"messages\":[]}",
                "{\"model\":\"a\",\"stream\":false,\"str\\u0065am\":true,\"messages\":[]}",
                "{\"model\":\"a\",\"\u017Ftream\":true,\"messages\":[]}",
                "{\"model\":\"a\",\"stream\":\"true\",\"messages\":[]}",
                "{\"model\":\"a\",\"stream\":1,\"messages\":[]}",
                "{\"model\":\"a\",\"stream\":[],\"messages\":[]}"
            })
    void refusesAnAmbiguousStreamFlag(String body) {
        assertThat(refusal(body).param()).contains("stream");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\":\"a\"}",
                "{\"model\":\"a\",\"messages\":null}",
                "{\"model\":\"a\",\"messages\":\"hi\"}",
                "{\"model\":\"a\",\"messages\":{}}",
                "{\"model\":\"a\",\"messages\":[],\"messages\":[]}"
            })
    void refusesMessagesThatAreNoArray(String body) {
        assertThat(refusal(body).param()).contains("messages");
        assertThat(refusal(Dialect.ANTHROPIC_MESSAGES, utf8(body)).param()).contains("messages");
        assertThat(refusal(Dialect.ANTHROPIC_COUNT_TOKENS, utf8(body)).param()).contains("messages");
    }

    @ParameterizedTest
    @EnumSource(names = {"OPENAI_RESPONSES", "OPENAI_COMPLETIONS", "OPENAI_EMBEDDINGS"})
    void asksForMessagesOnlyWhereThereAreSome(Dialect dialect) {
        assertThat(facts(dialect, "{\"model\":\"m\",\"messages\":7}").model()).contains("m");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c3 28", // a lead byte without its continuation
                "80", // a continuation without a lead
                "c0 80", // overlong NUL
                "c1 a2", // overlong b
                "e0 80 af", // overlong slash
                "f0 80 80 af",
                "ed a0 80", // a surrogate, encoded
                "ed b0 80",
                "f4 90 80 80", // beyond the last code point
                "f8 88 80 80 80",
                "fe",
                "ff",
                "e2 82" // cut
            })
    void refusesInvalidUtf8WhereverItStands(String hex) {
        byte[] bad = HexFormat.ofDelimiter(" ").parseHex(hex);
        for (String frame : List.of(
                "{\"model\":\"m\",\"messages\":[],\"x\":\"#\"}",
                "{\"model\":\"m\",\"messages\":[],\"#\":1}",
                "{\"model\":\"#\",\"messages\":[]}",
                "{\"model\":\"m\",\"messages\":[]}#")) {
            byte[] body = join(frame.substring(0, frame.indexOf('#')), bad, frame.substring(frame.indexOf('#') + 1));
            assertThat(refusal(Dialect.OPENAI_CHAT, body).message()).isEqualTo("The body is not valid UTF-8.");
        }
    }

    private static byte[] join(String before, byte[] middle, String after) {
        byte[] head = utf8(before);
        byte[] tail = utf8(after);
        byte[] all = Arrays.copyOf(head, head.length + middle.length + tail.length);
        System.arraycopy(middle, 0, all, head.length, middle.length);
        System.arraycopy(tail, 0, all, head.length + middle.length, tail.length);
        return all;
    }

    static Stream<Charset> otherEncodings() {
        return Stream.of(UTF_16, UTF_16BE, UTF_16LE, Charset.forName("UTF-32"), Charset.forName("UTF-32LE"));
    }

    @ParameterizedTest
    @MethodSource("otherEncodings")
    void refusesOtherEncodings(Charset charset) {
        byte[] body = "{\"model\":\"m\",\"messages\":[]}".getBytes(charset);
        assertThat(refusal(Dialect.OPENAI_CHAT, body).message()).contains("body");
    }

    @Test
    void refusesAByteOrderMark() {
        assertThat(refusal("\uFEFF{\"model\":\"m\",\"messages\":[]}").message()).contains("byte order mark");
    }

    @Test
    void leavesStrangeEscapesElsewhereAsTheyAre() {
        String body = "{\"messages\":[{\"content\":\"\\ud800 \\u0000 \\u2028 \\\\u0000\"}],\"model\":\"old\"}";
        assertThat(withModel(body, "new")).isEqualTo(body.replace("old", "new"));
    }

    static Stream<String> bombs() {
        String head = "{\"model\":\"m\",\"messages\":[],\"x\":";
        return Stream.of(
                head + "[".repeat(100_000),
                head + "{\"a\":".repeat(100_000),
                "[".repeat(100_000),
                head + "[".repeat(300) + "]".repeat(300) + "}",
                head + "9".repeat(1_000_000) + "}",
                head + "0." + "9".repeat(1_000_000) + "}",
                head + "1e999999999}",
                head + "[-1.5E-999999999]}",
                head + "1e" + "9".repeat(900_000) + "}",
                head + "{" + members(1_000_000) + "}}",
                "{" + members(1_000_000) + "}",
                head + "\"" + "\\u0000".repeat(150_000) + "\"}",
                "{\"model\":\"" + "\\u0000".repeat(150_000) + "\",\"messages\":[]}",
                head + "{" + collidingMembers() + "}}",
                "{\"" + "k".repeat(1_000_000) + "\":1}",
                head + "1" + "}".repeat(1_000_000));
    }

    private static String members(int count) {
        return IntStream.range(0, count).mapToObj(i -> "\"k" + i + "\":0").collect(Collectors.joining(","));
    }

    /** Names that all have the same hash code as Java strings. */
    private static String collidingMembers() {
        return IntStream.range(0, 50_000)
                .mapToObj(i -> IntStream.range(0, 16)
                        .mapToObj(bit -> (i >> bit & 1) == 0 ? "Aa" : "BB")
                        .collect(Collectors.joining("", "\"", "\":0")))
                .collect(Collectors.joining(","));
    }

    @ParameterizedTest
    @MethodSource("bombs")
    void refusesBombs(String body) {
        assertThat(refusal(body).message()).hasSizeLessThan(200);
        assertThat(refusal(Dialect.ANTHROPIC_MESSAGES, utf8(body)).message()).hasSizeLessThan(200);
    }

    @Test
    void acceptsWhatIsLargeButHonest() {
        String image = "A".repeat(30_000_000);
        String body = "{\"messages\":[{\"content\":\"" + image + "\"}],\"model\":\"m\",\"t\":1e-3,\"d\":"
                + "[".repeat(150) + "]".repeat(150) + "}";
        assertThat(facts(Dialect.OPENAI_CHAT, body).model()).contains("m");
    }

    @Test
    void changesOnlyTheModelsValue() {
        String body = " {\n \"a\" : 1.50, \"model\"\t:  \"old\\u0020\\\"name\" , \"messages\":[ ],\"z\":\"old\" }\n";
        assertThat(withModel(body, "new"))
                .isEqualTo(" {\n \"a\" : 1.50, \"model\"\t:  \"new\" , \"messages\":[ ],\"z\":\"old\" }\n");
    }

    @Test
    void writesAModelThatNeedsEscaping() throws IOException {
        String model = "a\"b\\c\n\u2028é😀";
        String body = withModel("{\"model\":\"m\",\"messages\":[]}", model);
        assertThat(MAPPER.readTree(body).get("model").asText()).isEqualTo(model);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\":\"m\",\"messages\":[],\"stream\":true}",
                "{ \"stream\":true,\"messages\":[{\"a\":\"é\"}],\"model\":\"m\" }",
                "{\"model\":\"m\",\"messages\":[],\"stream\":true,\"stream_options\":null}",
                "{\"model\":\"m\",\"messages\":[],\"stream_options\":{},\"stream\":true}",
                "{\"model\":\"m\",\"messages\":[],\"stream_options\":{ },\"stream\":true}",
                "{\"model\":\"m\",\"messages\":[],\"stream_options\":{\"x\":[1,{}]},\"stream\":true}",
                "{\"model\":\"m\",\"messages\":[],\"stream_options\":{\"x\":\"é\",\"include_usage\":false},\"stream\":true}",
                "{\"model\":\"m\",\"messages\":[],\"stream_options\":{\"include_usage\" : null"
                        + " ,\"x\":1},\"stream\":true}"
            })
    void asksForUsageWithTheSmallestChange(String body) throws IOException {
        JsonNode changed = MAPPER.readTree(withUsage(body));

        assertThat(changed.at("/stream_options/include_usage").asBoolean()).isTrue();
        assertThat(facts(Dialect.OPENAI_CHAT, body).usageRequested()).isFalse();
        assertThat(facts(Dialect.OPENAI_CHAT, body).canAskForUsage()).isTrue();
        assertThat(without(changed)).isEqualTo(without(MAPPER.readTree(body)));
    }

    private static JsonNode without(JsonNode body) {
        ObjectNode copy = body.deepCopy();
        if (copy.path("stream_options") instanceof ObjectNode options) {
            options.remove("include_usage");
            if (options.isEmpty()) {
                copy.remove("stream_options");
            }
        } else {
            copy.remove("stream_options");
        }
        return copy;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\":\"m\",\"messages\":[],\"stream\":true,\"stream_options\":{\"include_usage\":true}}",
                "{\"model\":\"m\",\"messages\":[],\"stream\":true,\"stream_options\":{\"include_usage\":\"yes\"}}",
                "{\"model\":\"m\",\"messages\":[],\"stream\":false}",
                "{\"model\":\"m\",\"messages\":[]}"
            })
    void asksForUsageOnlyWhereThatMakesSense(String body) {
        byte[] bytes = utf8(body);
        assertThat(facts(Dialect.OPENAI_CHAT, body).withUsage(bytes)).isSameAs(bytes);
    }

    @Test
    void neverAsksForUsageInDialectsWithoutTheOption() {
        String body = "{\"model\":\"m\",\"messages\":[],\"stream\":true,\"stream_options\":7}";
        for (Dialect dialect : List.of(Dialect.OPENAI_RESPONSES, Dialect.ANTHROPIC_MESSAGES, Dialect.PASSTHROUGH)) {
            assertThat(facts(dialect, body).canAskForUsage()).isFalse();
        }
        assertThat(refusal(body).param()).contains("stream_options");
    }

    @Test
    void knowsThatTheClientAskedForUsageItself() {
        String body = "{\"model\":\"m\",\"messages\":[],\"stream\":true,\"stream_options\":{\"include_usage\":true}}";
        assertThat(facts(Dialect.OPENAI_CHAT, body).usageRequested()).isTrue();
    }

    @Test
    void refusesUsageOptionsThatContradictEachOther() {
        String options = "{\"include_usage\":true,\"include_us\\u0061ge\":false}";
        assertThat(refusal("{\"model\":\"m\",\"messages\":[],\"stream\":true,\"stream_options\":" + options + "}")
                        .param())
                .contains("stream_options");
    }

    @Test
    void makesBothChangesAtOnceInEitherOrderOfMembers() {
        for (String body : List.of(
                "{\"model\":\"m\",\"messages\":[],\"stream\":true,\"stream_options\":{\"include_usage\":false}}",
                "{\"stream_options\":{\"include_usage\":false},\"stream\":true,\"model\":\"m\",\"messages\":[]}")) {
            byte[] changed = facts(Dialect.OPENAI_CHAT, body).withModelAndUsage(utf8(body), "a much longer name");
            assertThat(new String(changed, UTF_8))
                    .isEqualTo(body.replace("\"m\"", "\"a much longer name\"").replace("false", "true"));
        }
    }

    @Test
    void changesOnlyTheModelInRandomBodies() {
        var random = new Random(SEED);
        for (int round = 0; round < 2000; round++) {
            String before = "{" + space(random) + randomMembers(random);
            String after = randomMembers(random) + "\"stream\":true," + space(random) + "\"messages\" :[]"
                    + space(random) + "}" + space(random);
            String old = quotedSomehow(random);
            String body =
                    before + "\"model\"" + space(random) + ":" + space(random) + old + space(random) + "," + after;
            assertThat(withModel(body, "n"))
                    .as("seed %d round %d", SEED, round)
                    .isEqualTo(body.substring(0, body.length() - after.length()).replace(old, "\"n\"") + after);
            assertThat(facts(Dialect.OPENAI_CHAT, withUsage(body)).usageRequested())
                    .as("seed %d round %d", SEED, round)
                    .isTrue();
        }
    }

    private static String space(Random random) {
        return List.of("", "", " ", "\n\t", "\r\n  ").get(random.nextInt(5));
    }

    private static String quotedSomehow(Random random) {
        return List.of("\"mm1\"", "\"m\\u00e92\"", "\"日本\"", "\"\\\"q\\\\\"", "\"😀\"")
                .get(random.nextInt(5));
    }

    private static String randomMembers(Random random) {
        return IntStream.range(0, random.nextInt(5))
                .mapToObj(i -> "\"k" + random.nextInt(1000) + "é\":"
                        + List.of(
                                        "1",
                                        "-2.5e+3",
                                        "\"x\\\"}{é\"",
                                        "[1,[],{\"model\":\"x\"}]",
                                        "{\"stream\":false}",
                                        "null")
                                .get(random.nextInt(6))
                        + space(random) + ",")
                .collect(Collectors.joining());
    }

    @Test
    void readsNothingOfAPassthroughBodyThatIsNoJson() {
        for (String body : List.of("", "x=1&y=2", "--boundary\r\n", "[1]", "{\"model\":7}")) {
            RequestFacts facts = facts(Dialect.PASSTHROUGH, body);
            byte[] bytes = utf8(body);
            assertThat(facts.model()).isEmpty();
            assertThat(facts.withModel(bytes, "m")).isSameAs(bytes);
        }
        assertThat(Dialect.PASSTHROUGH.read(new byte[] {0, (byte) 0xFF})).isEqualTo(RequestFacts.unread());
    }

    @Test
    void readsTheModelOfAPassthroughBodyThatHasOne() {
        RequestFacts facts = facts(Dialect.PASSTHROUGH, "{\"query\":\"q\",\"model\":\"rerank\",\"stream\":true}");
        assertThat(facts.model()).contains("rerank");
        assertThat(facts.stream()).isTrue();
    }

    @Test
    void needsNoModelForAStoredResponse() {
        assertThat(facts(Dialect.OPENAI_RESPONSES_STORED, "").model()).isEmpty();
        assertThat(facts(Dialect.OPENAI_RESPONSES_STORED, "{}").model()).isEmpty();
    }
}
