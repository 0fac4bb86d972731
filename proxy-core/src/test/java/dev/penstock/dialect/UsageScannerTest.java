// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class UsageScannerTest {
    private static final String CHAT = "{\"id\":\"c\",\"model\":\"gpt-x\",\"choices\":[{\"message\":{\"content\":"
        + "\"\\\"usage\\\":{\\\"prompt_tokens\\\":99}\"}}],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":20}}";

    private static UsageScanner scan(String body, int piece) {
        UsageScanner scanner = Dialect.OPENAI_CHAT.newUsageScanner();
        byte[] bytes = body.getBytes(UTF_8);
        for (int at = 0; at < bytes.length; at += piece) {
            scanner.feed(bytes, at, Math.min(piece, bytes.length - at));
        }
        return scanner;
    }

    @Test
    void findsUsageHoweverTheBodyIsCut() {
        for (int piece = 1; piece <= CHAT.length(); piece++) {
            UsageScanner scanner = scan(CHAT, piece);
            assertThat(scanner.usage().input()).hasValue(10);
            assertThat(scanner.usage().output()).hasValue(20);
            assertThat(scanner.servedModel()).contains("gpt-x");
        }
    }

    @Test
    void readsTheShapesOfTheOtherDialects() {
        UsageScanner message = scan(
                "{\"type\":\"message\",\"model\":\"claude-x\",\"content\":[],\"usage\":{\"input_tokens\":1,\"output_tokens\":2,"
                    + "\"cache_read_input_tokens\":3,\"cache_creation_input_tokens\":4}}",
                7);
        assertThat(message.usage())
                .isEqualTo(new Usage(
                        OptionalLong.of(1),
                        OptionalLong.of(2),
                        OptionalLong.of(3),
                        OptionalLong.of(4),
                        OptionalLong.empty()));
        UsageScanner embedding = scan("{\"data\":[{\"embedding\":[0.1,-2e-3]}],\"usage\":{\"prompt_tokens\":8}}", 5);
        assertThat(embedding.usage().input()).hasValue(8);
    }

    @Test
    void givesUpQuietlyOnWhatIsNoJson() {
        assertThat(scan("<html>Bad Gateway</html>", 4).usage().isPresent()).isFalse();
        assertThat(scan("{\"usage\":{\"prompt_tokens\":", 4).usage().isPresent())
                .isFalse();
    }

    @Test
    void passesOverStringsOfAnyLength() {
        UsageScanner scanner = Dialect.OPENAI_CHAT.newUsageScanner();
        byte[] piece = new byte[1 << 20];
        Arrays.fill(piece, (byte) 'x');
        byte[] head = "{\"b64\":\"".getBytes(UTF_8);
        byte[] tail = "\",\"usage\":{\"completion_tokens\":6}}".getBytes(UTF_8);
        scanner.feed(head, 0, head.length);
        for (int i = 0; i < 100; i++) {
            scanner.feed(piece, 0, piece.length);
        }
        scanner.feed(tail, 0, tail.length);
        assertThat(scanner.usage().output()).hasValue(6);
    }
}
