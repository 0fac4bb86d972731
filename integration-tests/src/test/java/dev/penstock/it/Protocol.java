// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.SseMessage;
import java.util.List;

/** The three streaming protocols, from the outside: how a request, a stream, an error event and an error body look. Immutable. */
enum Protocol {
    CHAT,
    RESPONSES,
    MESSAGES;

    private static final ObjectMapper JSON = new ObjectMapper();

    RawRequest request() {
        return switch (this) {
            case CHAT -> Calls.chat();
            case RESPONSES -> Calls.responses();
            case MESSAGES -> Calls.messages();
        };
    }

    /** A whole stream. */
    List<String> stream(int tokens) {
        return switch (this) {
            case CHAT -> ProviderEvents.chat(tokens);
            case RESPONSES -> ProviderEvents.responses(tokens);
            case MESSAGES -> ProviderEvents.anthropic(tokens);
        };
    }

    /** A stream without its end. */
    List<String> opening(int tokens) {
        return switch (this) {
            case CHAT -> ProviderEvents.chatDeltas(tokens);
            case RESPONSES -> ProviderEvents.responsesOpening(tokens);
            case MESSAGES -> ProviderEvents.anthropicOpening(tokens);
        };
    }

    /** The last event of a whole stream. */
    String terminal() {
        return stream(0).getLast();
    }

    /** What a client would take for the end of a whole stream. */
    String terminalMark() {
        return switch (this) {
            case CHAT -> "[DONE]";
            case RESPONSES -> "response.completed";
            case MESSAGES -> "message_stop";
        };
    }

    /** An error event as the provider itself sends it. */
    String providerError() {
        return switch (this) {
            case CHAT -> "data: {\"error\":{\"message\":\"boom\",\"type\":\"server_error\",\"code\":null}}\n\n";
            case RESPONSES ->
                errorEvent("{\"type\":\"error\",\"code\":\"server_error\",\"message\":\"boom\",\"sequence_number\":9}");
            case MESSAGES ->
                errorEvent("{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"boom\"}}");
        };
    }

    private static String errorEvent(String data) {
        return "event: error\ndata: " + data + "\n\n";
    }

    boolean isErrorEvent(SseMessage event) {
        JsonNode data = json(event.data());
        String type = data.path("type").asText();
        return switch (this) {
            case CHAT ->
                event.name().isEmpty() && data.path("error").path("message").isTextual();
            case RESPONSES -> event.name().equals(type) && (type.equals("error") || type.equals("response.failed"));
            case MESSAGES ->
                event.name().equals("error")
                        && type.equals("error")
                        && data.path("error").path("message").isTextual();
        };
    }

    /** The stream was cut in view of the client: these bytes first, an error event last, and no proper end. */
    void assertCut(Response response, String intact) {
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.text()).startsWith(intact).doesNotContain(terminalMark());
        assertThat(response.events()).as("%s", response).isNotEmpty();
        assertThat(isErrorEvent(response.events().getLast()))
                .as("the last event is an error event: %s", response)
                .isTrue();
        assertThat(response.end().isAbortive())
                .as("an abortive end: %s", response)
                .isTrue();
    }

    /** An answer with this status and an error body of this protocol. */
    void assertRefusal(Response response, int status) {
        assertThat(response.status()).as("%s", response).isEqualTo(status);
        assertThat(response.header("content-type").orElse("")).startsWith("application/json");
        JsonNode body = json(response.text());
        assertThat(body.path("error").path("message").asText())
                .as("error.message in %s", response)
                .isNotBlank();
        assertThat(body.path("error").path("type").asText())
                .as("error.type in %s", response)
                .isNotBlank();
        if (this == MESSAGES) {
            assertThat(body.path("type").asText()).isEqualTo("error");
        }
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return JSON.missingNode();
        }
    }
}
