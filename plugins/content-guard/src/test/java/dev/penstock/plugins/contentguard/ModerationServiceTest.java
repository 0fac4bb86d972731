// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.contentguard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.penstock.spi.StreamOutcome;
import dev.penstock.testkit.HarnessRequest;
import dev.penstock.testkit.HarnessStream;
import dev.penstock.testkit.PluginHarness;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ModerationServiceTest {
    private static final HarnessRequest CHAT = HarnessRequest.openAiChat("m", "Hi");

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> keys = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final HttpServer server;

    ModerationServiceTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void start() {
        server.createContext("/moderate", exchange -> {
            asked.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("authorization")));
            boolean bad = asked.getLast().contains("bad");
            answer(exchange, 200, "{\"results\":[{\"flagged\":false},{\"flagged\":" + bad + "}]}");
        });
        server.createContext("/broken", exchange -> answer(exchange, 500, "{}"));
        server.createContext("/odd", exchange -> answer(exchange, 200, "{\"results\":[]}"));
        server.createContext("/stuck", exchange -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
    }

    @Test
    void holdsTextUntilTheServiceHasLetItPass() {
        try (PluginHarness harness = guard("moderate", "check_chars: 10, context_chars: 4, key: k1, model: m1", "")) {
            HarnessStream stream = harness.stream(CHAT).begin();
            stream.event(chat("hello"));
            assertThat(stream.client()).isEmpty();
            stream.event(chat("there"));
            assertThat(stream.client()).hasSize(2);
            stream.event(chat("again")).end().finish();

            assertThat(stream.outcome().kind()).isEqualTo(StreamOutcome.Kind.COMPLETED);
            assertThat(asked)
                    .containsExactly(
                            "{\"input\":\"hellothere\",\"model\":\"m1\"}",
                            "{\"input\":\"hereagain\",\"model\":\"m1\"}");
            assertThat(keys).containsOnly("Bearer k1");
            assertThat(harness.metric("service_calls_total", "clear")).isEqualTo(2);
            assertThat(harness.errors()).isEmpty();
        }
    }

    @Test
    void stopsWhatTheServiceFlagsEvenWhenTheWordIsCut() {
        try (PluginHarness harness = guard("moderate", "check_chars: 4", "")) {
            HarnessStream stream = harness.stream(CHAT).run(chat("good"), chat("so b"), chat("ad w"), chat("more"));

            assertThat(stream.outcome().kind()).isEqualTo(StreamOutcome.Kind.STOPPED_BY_PLUGIN);
            assertThat(String.join("", stream.client())).doesNotContain("ad w").contains("content_filter");
            assertThat(harness.metric("stopped_total", "service")).isEqualTo(1);
        }
    }

    @Test
    void asksWhenTheWindowCloses() {
        try (PluginHarness harness = guard("moderate", "check_chars: 1000", "")) {
            HarnessStream stream = harness.stream(CHAT).begin().event(chat("hello"));
            assertThat(stream.client()).isEmpty();
            stream.awaitHoldLimit();
            assertThat(stream.client()).hasSize(1);
            stream.event(chat("bad")).awaitHoldLimit().finish();
            assertThat(stream.outcome().kind()).isEqualTo(StreamOutcome.Kind.STOPPED_BY_PLUGIN);
        }
    }

    @Test
    void asksAboutAnAnswerInOnePiece() {
        try (PluginHarness harness = guard("moderate", "check_chars: 1000", "farewell: sorry")) {
            HarnessStream stream = harness.stream(CHAT)
                    .begin(200, Map.of("content-type", "application/json"))
                    .body("{\"choices\":[{\"message\":{\"content\":\"bad\"}}]}")
                    .finish();

            assertThat(stream.client())
                    .singleElement()
                    .asString()
                    .contains("sorry")
                    .doesNotContain("bad");
        }
    }

    @Test
    void stopsOrPassesWhenThereIsNoVerdict() {
        for (String path : new String[] {"broken", "odd", "stuck"}) {
            try (PluginHarness harness = guard(path, "check_chars: 1", "")) {
                HarnessStream stream = harness.stream(CHAT).run(chat("hello"));
                assertThat(stream.outcome().reason()).as(path).contains("unchecked_content");
                assertThat(harness.metric("service_calls_total", "failed")).isEqualTo(1);
                assertThat(harness.errors()).isEmpty();
            }
            try (PluginHarness harness = guard(path, "check_chars: 1", "on_error: pass")) {
                HarnessStream stream = harness.stream(CHAT).run(chat("hello"));
                assertThat(stream.client()).as(path).contains(chat("hello"));
                assertThat(stream.outcome().kind()).isEqualTo(StreamOutcome.Kind.COMPLETED);
            }
        }
    }

    private PluginHarness guard(String path, String service, String more) {
        String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/" + path;
        return PluginHarness.of(
                new ContentGuardFactory(),
                "service: {url: \"" + url + "\", timeout: 300ms, " + service + "}\nhold: {time: 500ms}\n" + more);
    }

    private static String chat(String text) {
        return "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text + "\"}}]}";
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
