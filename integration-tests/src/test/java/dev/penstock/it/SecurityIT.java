// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Patience;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.RecordedRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Group X: nothing a request contains chooses a destination, a credential or another request. Confined to one thread per test. */
@Lab
final class SecurityIT {
    private static final List<String> HOP_BY_HOP = List.of(
            "keep-alive",
            "te",
            "trailer",
            "proxy-connection",
            "proxy-authorization",
            "proxy-authenticate",
            "upgrade",
            "http2-settings");

    @Test
    @DisplayName("X01 lets no hop-by-hop header cross upstream, listed names included")
    void letsNoHopByHopHeaderCrossUpstream(Laboratory lab) throws IOException {
        RawRequest request = Calls.chat()
                .header(
                        "Connection",
                        "anthropic-secret, authorization, X-Stainless-Lang, keep-alive, TE, Upgrade, HTTP2-Settings")
                .header("Anthropic-Secret", "no")
                .header("X-Stainless-Lang", "java")
                .header("Authorization", "Bearer " + lab.canary("client-key"))
                .header("Keep-Alive", "timeout=5")
                .header("TE", "trailers")
                .header("Trailer", "x-last")
                .header("Proxy-Connection", "keep-alive")
                .header("Proxy-Authorization", "Basic " + lab.canary("proxy-key"))
                .header("Upgrade", "h2c")
                .header("HTTP2-Settings", "AAMAAABkAARAAAAAAAIAAAAA");

        Response response = lab.call(request);

        assertThat(response.status()).as("%s", response).isEqualTo(200);
        RecordedRequest received = lab.upstream().awaitOnlyExchange().request();
        for (String name : HOP_BY_HOP) {
            assertThat(received.headers(name)).as(name).isEmpty();
        }
        assertThat(received.headers("anthropic-secret")).isEmpty();
        assertThat(received.headers("x-stainless-lang")).isEmpty();
        assertThat(received.header("connection").orElse("keep-alive").toLowerCase(Locale.ROOT))
                .isIn("keep-alive", "close");
        assertThat(received.headers("authorization")).hasSize(1);
        assertThat(received.header("authorization").orElseThrow()).startsWith("Bearer key-1-");
        assertThat(received.bodyText()).contains("lab-model");
    }

    @Test
    @DisplayName("X01 lets no hop-by-hop header cross downstream, listed names included")
    void letsNoHopByHopHeaderCrossDownstream(Laboratory lab) throws IOException {
        lab.play(Script.sse(
                        "connection: x-ratelimit-secret, keep-alive",
                        "x-ratelimit-secret: no",
                        "keep-alive: timeout=99",
                        "proxy-authenticate: Basic",
                        "trailer: x-last",
                        "upgrade: h2c",
                        "server: scripted/1.0",
                        "x-ratelimit-limit-requests: 5")
                .events(ProviderEvents.chat(1))
                .end());

        Response response = lab.call(Calls.chat());

        for (String name : HOP_BY_HOP) {
            assertThat(response.head().headers(name)).as(name).isEmpty();
        }
        assertThat(response.header("x-ratelimit-secret")).isEmpty();
        assertThat(response.header("x-ratelimit-limit-requests")).contains("5");
        assertThat(response.header("server").orElse("")).doesNotContainIgnoringCase("jetty");
    }

    private static RawRequest laden(RawRequest request, String canary) {
        return request.header("Authorization", "Bearer " + canary)
                .header("AUTHORIZATION", "Bearer " + canary)
                .header("x-api-key", canary)
                .header("api-key", canary)
                .header("x-goog-api-key", canary)
                .header("Cookie", "session=" + canary)
                .header("Proxy-Authorization", "Basic " + canary)
                .header("X-Auth-Token", canary);
    }

    @ParameterizedTest
    @EnumSource
    @Lab({"LAB_RETRY_ATTEMPTS=2", "LAB_WEIGHT_2=1"})
    @DisplayName("X05 sends exactly the configured credential, and nothing of the client's, failover included")
    void sendsOnlyTheConfiguredCredential(Protocol protocol, Laboratory lab) throws IOException {
        String canary = lab.canary("client");
        lab.play(1, request -> Script.json(503, "{}"));
        lab.play(2, request -> Script.stream(protocol.stream(1)));
        RawRequest request = laden(protocol.request(), canary);
        String path = new String(request.headBytes(), ISO_8859_1).split(" ", 3)[1];
        for (int i = 0; i < 4; i++) {
            Response response = lab.call(request.target(path + (i % 2 == 0 ? "" : "?key=" + canary)));
            assertThat(response.status()).as("%s", response).isEqualTo(200);
        }

        for (int n = 1; n <= 2; n++) {
            assertThat(lab.upstream(n).requests()).isNotEmpty();
            for (RecordedRequest received : lab.upstream(n).requests()) {
                assertThat(received.wireText()).doesNotContain(canary);
                assertThat(received.headers("authorization")).hasSize(1);
                assertThat(received.header("authorization").orElseThrow()).startsWith("Bearer key-" + n + "-");
            }
        }
    }

    /** A listener that nobody must ever reach. */
    private static final class Forbidden implements AutoCloseable {
        private final ServerSocket server;

        Forbidden() throws IOException {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        }

        String authority() {
            return "127.0.0.1:" + server.getLocalPort();
        }

        void assertUntouched() throws IOException {
            server.setSoTimeout(100);
            try (var socket = server.accept()) {
                throw new AssertionError("somebody connected: " + socket);
            } catch (SocketTimeoutException e) {
                assertThat(e).isNotNull();
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    @Test
    @DisplayName("X07 lets no part of a request choose the destination")
    void letsNoRequestChooseTheDestination(Laboratory lab) throws IOException {
        try (var forbidden = new Forbidden()) {
            String url = "http://" + forbidden.authority() + "/v1";
            String body = "{\"model\":\"" + url + "\",\"api_base\":\"" + url + "\",\"base_url\":\"" + url
                    + "\",\"stream\":true,\"messages\":[]}";
            lab.call(RawRequest.postJson(Calls.CHAT, body)
                    .header("x-portkey-custom-host", url)
                    .header("X-Original-URL", url)
                    .header("X-Rewrite-URL", url)
                    .header("X-Forwarded-Host", forbidden.authority()));
            lab.call(Calls.chat().without("Host").header("Host", forbidden.authority()));
            lab.call(Calls.chat()
                    .target("http://" + forbidden.authority() + Calls.CHAT)
                    .without("Host")
                    .header("Host", forbidden.authority()));
            lab.call(Calls.chat().target("http://" + forbidden.authority() + Calls.CHAT));

            forbidden.assertUntouched();
            assertThat(lab.upstream().requests())
                    .allSatisfy(request -> assertThat(request.header("host"))
                            .contains("127.0.0.1:" + lab.upstream().port()));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    @DisplayName("X07 follows no redirect and hands none out")
    void followsNoRedirect(int status, Laboratory lab) throws IOException {
        try (var forbidden = new Forbidden()) {
            lab.play(Script.script()
                    .head(status, "location: http://" + forbidden.authority() + "/v1", "content-length: 0"));

            Response response = lab.call(Calls.chat());

            assertThat(response.header("location")).isEmpty();
            assertThat(response.status()).isGreaterThanOrEqualTo(300);
            forbidden.assertUntouched();
        }
    }

    @Test
    @DisplayName("X07 keeps no cookie of one consumer for another")
    void keepsNoCookies(Laboratory lab) throws IOException {
        lab.play(Script.json(200, ProviderEvents.chatJson("hi"), "set-cookie: session=secret; Path=/"));

        lab.call(Calls.chatJson().consumer("one"));
        lab.call(Calls.chatJson().consumer("two"));

        assertThat(lab.upstream().requests())
                .hasSize(2)
                .allSatisfy(request -> assertThat(request.headers("cookie")).isEmpty());
    }

    private static RawRequest forwarded(String address) {
        return Calls.chat()
                .header("X-Forwarded-For", address)
                .header("X-Real-IP", address)
                .header("Forwarded", "for=" + address);
    }

    /** Opens a stream that stays, and tells the status of a second one that names another address. */
    private static int secondStatus(Laboratory lab) throws IOException {
        lab.play(Script.sse().event(ProviderEvents.chatDelta("held")).silence());
        try (var first = lab.connect();
                var second = lab.connect()) {
            assertThat(first.send(forwarded("203.0.113.1")).readHead().status()).isEqualTo(200);
            return second.send(forwarded("203.0.113.2")).readHead().status();
        }
    }

    @Test
    @Lab({"LAB_CAP_CONSUMER=1", "LAB_QUEUE_LENGTH=0"})
    @DisplayName("X08 believes no forwarding header of a stranger")
    void believesNoForwardingHeaderOfAStranger(Laboratory lab) throws IOException {
        assertThat(secondStatus(lab)).isEqualTo(429);
        assertThat(lab.upstream().requests()).allSatisfy(request -> {
            assertThat(request.wireText()).doesNotContain("203.0.113");
        });
    }

    @Test
    @Lab({"LAB_CAP_CONSUMER=1", "LAB_QUEUE_LENGTH=0", "LAB_TRUSTED=127.0.0.0/8"})
    @DisplayName("X08 believes the forwarding headers of a trusted peer")
    void believesForwardingHeadersOfATrustedPeer(Laboratory lab) throws IOException {
        assertThat(secondStatus(lab)).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//v1/chat/completions",
                "/v1//chat/completions",
                "/v1/%2e%2e/v1/chat/completions",
                "/v1%2Fchat/completions",
                "/v1/chat/completions;x=1",
                "/v1;x/chat/completions",
                "/V1/CHAT/COMPLETIONS",
                "/v1/chat/completions/",
                "/v1/../v1/chat/completions",
                "/v1/./chat/completions",
                "/v1/chat/completions%00",
                "/v1/chat/completions#x",
                "/v1/chat/../../metrics",
                "/%76%31/chat/completions",
            })
    @DisplayName("X08 decides on the very path that it forwards")
    void decidesOnThePathItForwards(String path, Laboratory lab) throws IOException {
        Response response = lab.call(Calls.chat().target(path));

        if (response.status() == 200) {
            assertThat(lab.upstream().awaitOnlyExchange().request().target()).isEqualTo(path);
        } else {
            assertThat(response.status()).as("%s", response).isBetween(400, 426);
            assertThat(lab.upstream().exchanges()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CONNECT penstock.test:443 HTTP/1.1\r\nHost: penstock.test:443\r\n\r\n",
                "TRACE /v1/chat/completions HTTP/1.1\r\nHost: x\r\n\r\n",
                "get /v1/models HTTP/1.1\r\nHost: x\r\n\r\n",
                "FOO /v1/chat/completions HTTP/1.1\r\nHost: x\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
            })
    @DisplayName("X09 refuses methods and upgrades it does not serve, promptly")
    void refusesOtherMethodsAndUpgrades(String bytes, Laboratory lab) throws IOException {
        try (var client = lab.connect()) {
            long start = System.nanoTime();
            int status = client.send(bytes).readHead().status();

            assertThat(status).isIn(400, 404, 405, 426, 501, 505);
            assertThat(Patience.since(start)).isLessThan(Patience.patient(Duration.ofMillis(200)));
        }
        assertThat(lab.upstream().exchanges()).isEmpty();
    }

    @Test
    @DisplayName("X09 refuses to become a web socket, promptly, so that clients fall back to events")
    void refusesToBecomeAWebSocket(Laboratory lab) throws IOException {
        Response response = lab.call(RawRequest.get(Calls.RESPONSES)
                .header("Connection", "Upgrade")
                .header("Upgrade", "websocket")
                .header("Sec-WebSocket-Version", "13")
                .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="));

        assertThat(response.status()).isIn(405, 426);
        assertThat(response.untilHead()).isLessThan(Patience.patient(Duration.ofMillis(200)));
        assertThat(lab.upstream().exchanges()).isEmpty();
    }

    @Test
    @DisplayName("X09 serves a POST that offers h2c over HTTP/1.1, with its body")
    void ignoresAnOfferOfH2c(Laboratory lab) throws IOException {
        Response response = lab.call(Calls.chat()
                .header("Connection", "Upgrade, HTTP2-Settings")
                .header("Upgrade", "h2c")
                .header("HTTP2-Settings", "AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA"));

        assertThat(response.status()).isEqualTo(200);
        RecordedRequest received = lab.upstream().awaitOnlyExchange().request();
        assertThat(received.bodyText()).contains("\"content\":\"hello\"");
        assertThat(received.headers("upgrade")).isEmpty();
        assertThat(received.headers("http2-settings")).isEmpty();
    }

    @Test
    @DisplayName("X the data listener serves none of the admin pages")
    void servesNoAdminPages(Laboratory lab) throws IOException {
        for (String path : List.of("/metrics", "/streams", "/config", "/clusters", "/livez", "/readyz")) {
            try (RawHttpClient client = lab.connect()) {
                assertThat(client.exchange(RawRequest.get(path)).status())
                        .as(path)
                        .isIn(400, 404, 405);
            }
        }
    }
}
