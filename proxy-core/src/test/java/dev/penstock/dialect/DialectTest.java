// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DialectTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions, OPENAI_CHAT, openai-chat, OPENAI",
        "/v1/responses, OPENAI_RESPONSES, openai-responses, OPENAI",
        "/v1/responses/resp_1, OPENAI_RESPONSES_STORED, openai-responses, OPENAI",
        "/v1/responses/resp_1/cancel, OPENAI_RESPONSES_STORED, openai-responses, OPENAI",
        "/v1/completions, OPENAI_COMPLETIONS, openai-completions, OPENAI",
        "/v1/embeddings, OPENAI_EMBEDDINGS, openai-embeddings, OPENAI",
        "/v1/messages, ANTHROPIC_MESSAGES, anthropic-messages, ANTHROPIC",
        "/v1/messages/count_tokens, ANTHROPIC_COUNT_TOKENS, anthropic-count-tokens, ANTHROPIC",
        "/v1/rerank, PASSTHROUGH, passthrough, PASSTHROUGH"
    })
    void isKnownByThePath(String path, Dialect dialect, String id, DialectFamily family) {
        assertThat(Dialect.forPath(path)).isEqualTo(dialect);
        assertThat(dialect.id()).isEqualTo(id);
        assertThat(dialect.family()).isEqualTo(family);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/chat/completions/",
                "/V1/chat/completions",
                "//v1/messages",
                "/v1/messages;x",
                "/v1/responses/",
                "/",
                "",
                "/x/v1/messages",
                "/v1/chat%2Fcompletions"
            })
    void takesOtherSpellingsOfAPathForOtherPaths(String path) {
        assertThat(Dialect.forPath(path)).isEqualTo(Dialect.PASSTHROUGH);
    }

    @Test
    void takesPostWhereAModelIsAsked() {
        for (Dialect dialect : Dialect.values()) {
            assertThat(dialect.methods()).contains("POST").doesNotContain("CONNECT", "TRACE");
            if (dialect.needsModel()) {
                assertThat(dialect.methods()).containsExactly("POST");
            }
        }
        assertThat(Dialect.OPENAI_RESPONSES_STORED.methods()).contains("GET", "DELETE");
    }

    private static JsonNode error(Dialect dialect, int status) throws IOException {
        var reply = new ErrorReply(status, "some_code", "Say \"what\"\n\u2028 to do.", "req-1", Optional.of("model"));
        String body = new String(dialect.errorBody(reply), UTF_8);
        assertThat(body).doesNotContain("\n", "\u2028");
        return MAPPER.readTree(body);
    }

    @ParameterizedTest
    @CsvSource({
        "400, invalid_request_error, invalid_request_error",
        "401, authentication_error, authentication_error",
        "403, permission_error, permission_error",
        "404, not_found_error, not_found_error",
        "405, invalid_request_error, invalid_request_error",
        "408, invalid_request_error, timeout_error",
        "413, invalid_request_error, request_too_large",
        "415, invalid_request_error, invalid_request_error",
        "429, rate_limit_error, rate_limit_error",
        "500, server_error, api_error",
        "502, server_error, api_error",
        "503, server_error, overloaded_error",
        "504, server_error, timeout_error",
        "529, server_error, overloaded_error"
    })
    void givesEveryStatusTheTypeOfTheFamily(int status, String openAi, String anthropic) throws IOException {
        JsonNode chat = error(Dialect.OPENAI_CHAT, status);
        assertThat(chat.at("/error/type").asText()).isEqualTo(openAi);
        assertThat(error(Dialect.PASSTHROUGH, status)).isEqualTo(chat);
        JsonNode message = error(Dialect.ANTHROPIC_MESSAGES, status);
        assertThat(message.at("/error/type").asText()).isEqualTo(anthropic);
    }

    @Test
    void writesErrorsInTheShapeOfTheFamilyAndNothingMore() throws IOException {
        assertThat(error(Dialect.OPENAI_EMBEDDINGS, 400))
                .isEqualTo(MAPPER.readTree("{\"error\":{\"message\":\"Say \\\"what\\\"\\n\\u2028 to do.\","
                        + "\"type\":\"invalid_request_error\",\"param\":\"model\",\"code\":\"some_code\"}}"));
        assertThat(error(Dialect.ANTHROPIC_COUNT_TOKENS, 400))
                .isEqualTo(MAPPER.readTree("{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\","
                        + "\"message\":\"Say \\\"what\\\"\\n\\u2028 to do.\"},\"request_id\":\"req-1\"}"));
    }

    @Test
    void writesANullWhereNoMemberIsToBlame() throws IOException {
        byte[] body = Dialect.OPENAI_CHAT.errorBody(new ErrorReply(503, "worker_cap", "Full.", "req-1"));
        assertThat(MAPPER.readTree(body).at("/error/param").isNull()).isTrue();
    }
}
