// SPDX-License-Identifier: Apache-2.0
package dev.penstock.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class JsonTextTest {
    private final ObjectMapper mapper = new ObjectMapper();

    @Test
    void putsCommasBetweenWhateverIsNested() {
        var text = new JsonText()
                .object()
                .field("a", 1)
                .key("b")
                .array()
                .value("x")
                .value(true)
                .object()
                .end()
                .nothing()
                .end()
                .field("c", Map.of("k", "v"))
                .field("d", 1.5)
                .field("e", Double.NaN)
                .end()
                .toString();

        assertThat(text).isEqualTo("{\"a\":1,\"b\":[\"x\",true,{},null],\"c\":{\"k\":\"v\"},\"d\":1.5,\"e\":null}");
    }

    @Test
    void escapesWhatCouldEndALineOrMoveACursor() {
        assertThat(new JsonText()
                        .value("\n\r\t\"\\\u001b[31m\u0000\u007f\u0085\u2028\u202e")
                        .toString())
                .isEqualTo("\"\\n\\r\\t\\\"\\\\\\u001b[31m\\u0000\\u007f\\u0085\\u2028\\u202e\"");
    }

    @Test
    void keepsPairsAndReplacesLoneSurrogates() {
        assertThat(new JsonText().value("\ud83d\ude00 \ud83d \ude00\ud83d").toString())
                .isEqualTo("\"\ud83d\ude00 \ufffd \ufffd\ufffd\"");
    }

    @Test
    void readsBackAsItWasForAnyStringWithoutLoneSurrogates() throws IOException {
        var seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        for (var i = 0; i < 2_000; i++) {
            var sent = randomText(random);
            var line = new JsonText().object().field(sent, sent).end().toString();
            var back = mapper.readTree(line.getBytes(StandardCharsets.UTF_8));
            assertThat(line.lines()).hasSize(1);
            assertThat(back.get(sent).textValue()).isEqualTo(sent);
        }
    }

    private static String randomText(Random random) {
        var text = new StringBuilder();
        random.ints(random.nextInt(40), 0, 0x10ffff)
                .filter(point -> Character.getType(point) != Character.SURROGATE)
                .forEach(text::appendCodePoint);
        return text.toString();
    }
}
