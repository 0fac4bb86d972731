// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.config.AuthConfig;
import dev.penstock.config.HeaderName;
import dev.penstock.config.InstanceConfig;
import dev.penstock.config.Secret;
import dev.penstock.dialect.Dialect;
import dev.penstock.dialect.RequestFacts;
import dev.penstock.upstream.UpstreamRequest;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamMessageTest {
    private static final String BODY = "{\"model\" : \"asked\", \"stream\":true,\"messages\":[]}";
    private static final AuthConfig BEARER = new AuthConfig.Bearer(Secret.of("ours"));

    private static InstanceConfig instance(String url, AuthConfig auth, Map<String, String> headers) {
        return new InstanceConfig("i", URI.create(url), 1, 0, Optional.empty(), auth, Optional.empty(), headers);
    }

    private static ClientRequest request(String path, String query, Header... headers) {
        return new ClientRequest(
                "1",
                "req_1",
                "POST",
                path,
                query.isEmpty() ? Optional.empty() : Optional.of(query),
                List.of(headers),
                Dialect.forPath(path),
                "127.0.0.1",
                Optional.empty(),
                0);
    }

    private static UpstreamRequest build(ClientRequest request, InstanceConfig instance) {
        return UpstreamMessage.build(request, body(), instance, Optional.empty(), false);
    }

    private static RequestBody body() {
        byte[] bytes = BODY.getBytes(UTF_8);
        return new RequestBody(bytes, (RequestFacts) Dialect.OPENAI_CHAT.read(bytes));
    }

    private static List<String> values(UpstreamRequest request, String name) {
        return request.headers().stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(UpstreamRequest.Header::value)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "http://h:1, /v1/chat/completions, /v1/chat/completions",
        "http://h:1/, /v1/chat/completions, /v1/chat/completions",
        "http://h:1/v1, /v1/chat/completions, /v1/chat/completions",
        "http://h:1/v1/, /v1/chat/completions, /v1/chat/completions",
        "http://h:1/openai/v1, /v1/chat/completions, /openai/v1/chat/completions",
        "http://h:1/openai, /v1/chat/completions, /openai/v1/chat/completions",
        "http://h:1/v1, /other, /v1/other",
        "http://h:1/v10, /v1/x, /v10/v1/x"
    })
    void putsTheInstancesPathBeforeTheRequests(String url, String path, String expected) {
        assertThat(build(request(path, ""), instance(url, BEARER, Map.of())).pathAndQuery())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"key=c", "KEY=c", "%6bey=c", "k%65y=c", "api_key=c", "api-key=c", "access_token=c", "key"})
    void consumesTheClientsCredentialsInTheQuery(String credential) {
        InstanceConfig instance = instance("http://h:1", BEARER, Map.of());
        assertThat(build(request("/v1/x", credential), instance).pathAndQuery()).isEqualTo("/v1/x");
        assertThat(build(request("/v1/x", "a=1&" + credential + "&b=%20&&c"), instance)
                        .pathAndQuery())
                .isEqualTo("/v1/x?a=1&b=%20&c");
    }

    @Test
    void keepsWhatOnlyLooksLikeACredential() {
        assertThat(build(request("/v1/x", "monkey=1&%zz=2"), instance("http://h:1", BEARER, Map.of()))
                        .pathAndQuery())
                .isEqualTo("/v1/x?monkey=1&%zz=2");
    }

    @Test
    void sendsExactlyOneCredentialOfEachKind() {
        ClientRequest request = request(
                "/v1/x",
                "key=client",
                new Header("Authorization", "Bearer client"),
                new Header("authorization", "Basic client"),
                new Header("x-api-key", "client"),
                new Header("Cookie", "client"));

        UpstreamRequest bearer = build(request, instance("http://h:1", BEARER, Map.of()));
        assertThat(values(bearer, "authorization")).containsExactly("Bearer ours");
        UpstreamRequest header = build(
                request,
                instance(
                        "http://h:1", new AuthConfig.Header(new HeaderName("X-Api-Key"), Secret.of("ours")), Map.of()));
        assertThat(values(header, "x-api-key")).containsExactly("ours");
        assertThat(values(header, "authorization")).isEmpty();
        UpstreamRequest query =
                build(request, instance("http://h:1", new AuthConfig.Query("key", Secret.of("o&r s")), Map.of()));
        assertThat(query.pathAndQuery()).isEqualTo("/v1/x?key=o%26r+s");
        UpstreamRequest none = build(request, instance("http://h:1", new AuthConfig.None(), Map.of()));
        for (UpstreamRequest sent : List.of(bearer, header, query, none)) {
            assertThat(sent.headers().toString() + sent.pathAndQuery()).doesNotContain("client");
        }
    }

    @Test
    void letsTheInstancesHeadersReplaceTheClients() {
        UpstreamRequest sent = build(
                request("/v1/x", "", new Header("OpenAI-Organization", "theirs"), new Header("accept-encoding", "br")),
                instance("http://h:1", BEARER, Map.of("openai-organization", "ours", "x-team", "search")));

        assertThat(values(sent, "OpenAI-Organization")).containsExactly("ours");
        assertThat(values(sent, "x-team")).containsExactly("search");
        assertThat(values(sent, "accept-encoding")).containsExactly("identity");
    }

    @Test
    void changesTheModelAndNothingElse() {
        InstanceConfig instance = instance("http://h:1", BEARER, Map.of());
        UpstreamRequest renamed = UpstreamMessage.build(
                request("/v1/chat/completions", ""), body(), instance, Optional.of("ser\"ved"), false);
        UpstreamRequest both = UpstreamMessage.build(
                request("/v1/chat/completions", ""), body(), instance, Optional.of("served"), true);

        assertThat(text(renamed)).isEqualTo(BODY.replace("\"asked\"", "\"ser\\\"ved\""));
        assertThat(text(both))
                .contains("\"served\"")
                .contains("\"include_usage\":true")
                .doesNotContain("asked");
        assertThat(text(build(request("/v1/chat/completions", ""), instance))).isEqualTo(BODY);
    }

    @Test
    void probesWithTheInstancesOwnPathAndCredential() {
        UpstreamRequest probe = UpstreamMessage.probe("/health", instance("http://h:1/base", BEARER, Map.of()));

        assertThat(probe.method()).isEqualTo("GET");
        assertThat(probe.pathAndQuery()).isEqualTo("/base/health");
        assertThat(values(probe, "authorization")).containsExactly("Bearer ours");
    }

    private static String text(UpstreamRequest request) {
        return UTF_8.decode(request.body().duplicate()).toString();
    }
}
