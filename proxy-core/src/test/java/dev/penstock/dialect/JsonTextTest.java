// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class JsonTextTest {
    private static final long SEED = 5L;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Test
    void escapesWhatWouldBreakALine() {
        assertThat(JsonText.quoted("a\"\\\n\r\t\b\u0000\u007f\u0085\u2028\u2029"))
                .isEqualTo("\"a\\\"\\\\\\n\\r\\t\\u0008\\u0000\\u007f\\u0085\\u2028\\u2029\"");
    }

    @Test
    void keepsTextAndEscapesHalfOfAPair() {
        assertThat(JsonText.quoted("é😀")).isEqualTo("\"é😀\"");
        assertThat(JsonText.quoted("\ud800x\udc00")).isEqualTo("\"\\ud800x\\udc00\"");
    }

    @Test
    void readsBackWhateverItWrote() throws IOException {
        var random = new Random(SEED);
        for (int round = 0; round < 3000; round++) {
            var text = new StringBuilder();
            for (int n = random.nextInt(20); n > 0; n--) {
                text.append((char) (random.nextBoolean() ? random.nextInt(0x100) : random.nextInt(0x10000)));
            }
            byte[] written = JsonText.quoted(text.toString()).getBytes(UTF_8);
            assertThat(MAPPER.readValue(written, String.class))
                    .as("seed %d round %d", SEED, round)
                    .isEqualTo(text.toString());
        }
    }
}
