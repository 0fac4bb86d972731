// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static dev.penstock.testing.Eventually.eventually;
import static dev.penstock.testing.Patience.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.Response;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The providers' contract for answers that are not streamed, and faults, as WireMock plays them. Confined to one thread. */
@TestInstance(Lifecycle.PER_CLASS)
final class WireMockIT {
    private final WireMockServer provider = started();
    private final Laboratory lab = Laboratory.openBroken(Map.of("LAB_UPSTREAM_1", provider.baseUrl()));

    private static WireMockServer started() {
        var server =
                new WireMockServer(WireMockConfiguration.options().dynamicPort().bindAddress("127.0.0.1"));
        server.start();
        return server;
    }

    @BeforeEach
    void begin() {
        provider.resetAll();
        lab.begin();
    }

    @AfterEach
    void quiet() {
        lab.check(false);
    }

    @AfterAll
    void close() {
        lab.close();
        provider.stop();
    }

    private void answer(String path, ResponseDefinitionBuilder response) {
        provider.stubFor(post(urlEqualTo(path)).willReturn(response));
    }

    @Test
    @DisplayName("asks OpenAI with our key and gives its answer back")
    void servesChatCompletions() throws IOException {
        String answer = ProviderEvents.chatJson("hi");
        answer(
                Calls.CHAT,
                aResponse().withHeader("Content-Type", "application/json").withBody(answer));

        Response response = lab.call(Calls.chatJson().header("Authorization", "Bearer " + lab.canary("client")));

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.text()).isEqualTo(answer);
        provider.verify(postRequestedFor(urlEqualTo(Calls.CHAT))
                .withHeader("Content-Type", equalTo("application/json"))
                .withRequestBody(equalToJson("{\"model\":\"lab-model\",\"stream\":false}", true, true)));
        lab.assertOutcome("completed", 1);
    }

    @Test
    @DisplayName("asks Anthropic with its version header and gives its answer back")
    void servesMessages() throws IOException {
        String answer = ProviderEvents.anthropicJson("hi");
        answer(
                Calls.MESSAGES,
                aResponse().withHeader("Content-Type", "application/json").withBody(answer));

        Response response = lab.call(Calls.messagesJson());

        assertThat(response.text()).isEqualTo(answer);
        provider.verify(
                postRequestedFor(urlEqualTo(Calls.MESSAGES)).withHeader("anthropic-version", equalTo("2023-06-01")));
        lab.assertOutcome("completed", 1);
    }

    @ParameterizedTest
    @CsvSource({"400,400", "401,502", "403,502", "404,404", "413,413", "429,429", "500,500", "503,503", "529,529"})
    @DisplayName("maps the providers' statuses")
    void mapsStatuses(int status, int expected) throws IOException {
        String body = "{\"error\":{\"message\":\"as the provider words it\",\"type\":\"x\"}}";
        answer(
                Calls.CHAT,
                aResponse()
                        .withStatus(status)
                        .withHeader("Content-Type", "application/json")
                        .withHeader("Retry-After", "9")
                        .withBody(body));

        Response response = lab.call(Calls.chatJson());

        assertThat(response.status()).isEqualTo(expected);
        if (status == expected) {
            assertThat(response.text()).isEqualTo(body);
            assertThat(response.header("retry-after")).contains("9");
        } else {
            Protocol.CHAT.assertRefusal(response, expected);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("shows every fault of a provider as an error, never as a whole answer")
    void showsFaults(Fault fault) throws IOException {
        answer(Calls.CHAT, aResponse().withFault(fault));

        try {
            Response response = lab.call(Calls.chatJson());
            if (response.status() == 200) {
                assertThat(response.end().isClean()).as("%s", response).isFalse();
            } else {
                Protocol.CHAT.assertRefusal(response, 502);
            }
        } catch (EOFException | SocketException e) {
            assertThat(fault).as("no answer at all: %s", e).isEqualTo(Fault.MALFORMED_RESPONSE_CHUNK);
        }
        eventually(
                seconds(5),
                () -> assertThat(lab.outcomes()).isIn(Map.of("upstream_error", 1L), Map.of("upstream_truncated", 1L)));
    }

    @Test
    @DisplayName("relays a body that WireMock dribbles in chunks")
    void relaysADribble() throws IOException {
        String answer = String.join("", ProviderEvents.chat(20));
        answer(
                Calls.CHAT,
                aResponse()
                        .withHeader("Content-Type", "text/event-stream")
                        .withBody(answer)
                        .withChunkedDribbleDelay(20, 1000));

        assertThat(lab.call(Calls.chat()).text()).isEqualTo(answer);
        lab.assertOutcome("completed", 1);
    }
}
