// SPDX-License-Identifier: Apache-2.0
package dev.penstock.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.penstock.config.AdminConfig;
import dev.penstock.config.HostPort;
import dev.penstock.config.Secret;
import dev.penstock.metrics.BuildInfo;
import dev.penstock.metrics.JsonText;
import dev.penstock.metrics.MetricWords;
import dev.penstock.metrics.ProxyMetrics;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class AdminServerTest {
    private final ProxyMetrics metrics =
            new ProxyMetrics(new BuildInfo("1", "c", "25", "12"), new MetricWords(List.of(), List.of()));
    private final AtomicReference<Optional<String>> unready = new AtomicReference<>(Optional.empty());
    private final AtomicInteger ended = new AtomicInteger();
    private final List<AdminEndpoint> endpoints = List.of(
            AdminEndpoint.get(
                    "/streams",
                    call -> AdminReply.json(
                            200,
                            new JsonText()
                                    .object()
                                    .field("sort", call.queryValue("sort").orElse("none"))
                                    .end())),
            AdminEndpoint.delete("/streams/{id}", call -> {
                ended.incrementAndGet();
                return AdminReply.text(200, "ended " + call.pathValue("id"));
            }),
            AdminEndpoint.post("/echo", call -> AdminReply.text(200, call.body())),
            AdminEndpoint.get("/broken", _ -> {
                throw new IllegalStateException("the inside");
            }));
    private Optional<AdminServer> running = Optional.empty();

    @AfterEach
    void stop() {
        running.ifPresent(AdminServer::close);
    }

    @Test
    void answersHealthChecks() throws IOException {
        open();
        assertThat(get("/livez")).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nok\n");
        assertThat(get("/readyz")).startsWith("HTTP/1.1 200 ");

        unready.set(Optional.of("draining"));
        assertThat(get("/livez")).startsWith("HTTP/1.1 200 ");
        assertThat(get("/readyz")).startsWith("HTTP/1.1 503 ").endsWith("\r\n\r\ndraining\n");
    }

    @Test
    void servesMetricsInTheFormatThatIsAskedFor() throws IOException {
        open();
        assertThat(get("/metrics"))
                .contains("Content-Type: text/plain; version=0.0.4; charset=utf-8")
                .contains("\npenstock_streams_active 0.0\n");
        assertThat(send("GET", "/metrics", "Accept: application/openmetrics-text; version=1.0.0"))
                .contains("Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8")
                .endsWith("# EOF\n");
    }

    @Test
    void tellsNothingAboutItselfInHeaders() throws IOException {
        open();
        assertThat(get("/livez")).doesNotContainIgnoringCase("jetty").contains("X-Content-Type-Options: nosniff");
    }

    @Test
    void listsItsPathsForAnUnknownOne() throws IOException {
        open();
        var answer = get("/nowhere");
        assertThat(answer).startsWith("HTTP/1.1 404 ");
        var body = new ObjectMapper().readTree(answer.substring(answer.indexOf("\r\n\r\n")));
        assertThat(body.get("paths").toString()).contains("/livez", "/metrics", "/streams/{id}");
    }

    @Test
    void namesTheAllowedMethodsWhenRefusingOne() throws IOException {
        open();
        assertThat(send("POST", "/metrics")).startsWith("HTTP/1.1 405 ").contains("\r\nAllow: GET, HEAD\r\n");
        assertThat(send("OPTIONS", "/streams/7")).startsWith("HTTP/1.1 405 ").contains("\r\nAllow: DELETE\r\n");
        assertThat(send("TRACE", "/livez")).startsWith("HTTP/1.1 405 ");
    }

    @Test
    void answersHeadLikeGetWithoutTheBody() throws IOException {
        open();
        assertThat(send("HEAD", "/livez"))
                .startsWith("HTTP/1.1 200 ")
                .contains("Content-Length: 3")
                .endsWith("\r\n\r\n");
    }

    @Test
    void handsPathValuesQueriesAndBodiesToEndpoints() throws IOException {
        open();
        assertThat(send("DELETE", "/streams/a%20b")).endsWith("ended a b\n");
        assertThat(get("/streams?sort=age&sort=x&y")).endsWith("{\"sort\":\"age\"}\n");
        assertThat(post("hallo")).endsWith("\r\n\r\nhallo\n");
    }

    @Test
    void refusesBodiesThatAreTooLarge() throws IOException {
        open();
        assertThat(post("x".repeat(AdminServer.MAX_BODY + 1))).startsWith("HTTP/1.1 413 ");
    }

    @Test
    void keepsTheInsideOfAFailureInside() throws IOException {
        open();
        assertThat(get("/broken")).startsWith("HTTP/1.1 500 ").doesNotContain("inside", "Exception", "dev.penstock");
        assertThat(raw(String.join("\r\n", "GET / HTTP/1.1", "", "")))
                .startsWith("HTTP/1.1 400 ")
                .doesNotContain("Exception", "<html");
        assertThat(sendTo("localhost", "GET", "/streams?%zz"))
                .startsWith("HTTP/1.1 400 ")
                .doesNotContain("Exception");
        assertThat(send("GET", "/livez", "X-Long: " + "x".repeat(9_000))).startsWith("HTTP/1.1 431 ");
    }

    @Test
    void answersWhileEveryCarrierIsBusy() throws IOException {
        open();
        var spin = new AtomicBoolean(true);
        var spinning = new AtomicInteger();
        var carriers = Runtime.getRuntime().availableProcessors();
        for (var i = 0; i < carriers; i++) {
            Thread.startVirtualThread(() -> {
                spinning.incrementAndGet();
                while (spin.get()) {
                    Thread.onSpinWait();
                }
            });
        }
        try {
            while (spinning.get() < carriers) {
                Thread.onSpinWait();
            }
            assertThat(get("/livez")).startsWith("HTTP/1.1 200 ");
            assertThat(get("/metrics")).startsWith("HTTP/1.1 200 ");
        } finally {
            spin.set(false);
        }
    }

    @Test
    void makesRoomWhenIdleConnectionsHaveTakenAllOfIt() throws IOException {
        open();
        var address = running.orElseThrow().address();
        var idle = new ArrayList<Socket>();
        try {
            for (var i = 0; i < 300; i++) {
                idle.add(new Socket(address.getAddress(), address.getPort()));
            }
            assertThat(get("/livez")).startsWith("HTTP/1.1 200 ");
        } finally {
            for (var socket : idle) {
                socket.close();
            }
        }
    }

    @Test
    void wantsTheTokenForEverythingButHealthOnceThereIsOne() throws IOException {
        open(Optional.of(Secret.of("s3cret")));
        assertThat(get("/livez")).startsWith("HTTP/1.1 200 ");
        assertThat(get("/readyz")).startsWith("HTTP/1.1 200 ");
        for (var path : List.of("/metrics", "/streams", "/nowhere")) {
            assertThat(get(path))
                    .startsWith("HTTP/1.1 401 ")
                    .contains("WWW-Authenticate: Bearer")
                    .doesNotContain("paths");
        }
        assertThat(send("GET", "/metrics", "Authorization: Bearer wrong")).startsWith("HTTP/1.1 401 ");
        assertThat(send("GET", "/metrics", "Authorization: Basic s3cret")).startsWith("HTTP/1.1 401 ");
        assertThat(send("GET", "/metrics", "Authorization: bearer s3cret")).startsWith("HTTP/1.1 200 ");
        assertThat(sendTo("admin.example", "GET", "/metrics", "Authorization: Bearer s3cret"))
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void refusesWebPagesOnThisMachine() throws IOException {
        open();
        assertThat(sendTo("rebound.example", "DELETE", "/streams/7")).startsWith("HTTP/1.1 403 ");
        assertThat(send("DELETE", "/streams/7", "Origin: https://evil.example")).startsWith("HTTP/1.1 403 ");
        assertThat(send("DELETE", "/streams/7", "Origin: null")).startsWith("HTTP/1.1 403 ");
        assertThat(send("DELETE", "/streams/7", "Origin: http://localhost:3000"))
                .startsWith("HTTP/1.1 403 ");
        assertThat(sendTo("10.0.0.7:9901", "GET", "/livez")).startsWith("HTTP/1.1 200 ");
        assertThat(ended).hasValue(0);

        assertThat(send("DELETE", "/streams/7", "Origin: http://localhost")).startsWith("HTTP/1.1 200 ");
        assertThat(sendTo("[::1]:9901", "DELETE", "/streams/7")).startsWith("HTTP/1.1 200 ");
        assertThat(ended).hasValue(2);
    }

    @Test
    void refusesToBeOpenToTheNetworkWithoutAToken() {
        var config = new AdminConfig(new HostPort("0.0.0.0", 0), Optional.empty());

        assertThatThrownBy(() -> AdminServer.start(config, metrics, unready::get, endpoints))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("admin.token");
    }

    @Test
    void saysSoWhenThePortIsTaken() throws IOException {
        try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var config = new AdminConfig(new HostPort("127.0.0.1", other.getLocalPort()), Optional.empty());
            assertThatThrownBy(() -> AdminServer.start(config, metrics, unready::get, endpoints))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void listensNoMoreOnceClosed() throws IOException {
        open();
        var server = running.orElseThrow();
        server.close();
        server.close();

        assertThatThrownBy(() -> new Socket(
                                server.address().getAddress(), server.address().getPort())
                        .close())
                .isInstanceOf(ConnectException.class);
    }

    private void open() throws IOException {
        open(Optional.empty());
    }

    private void open(Optional<Secret> token) throws IOException {
        running = Optional.of(AdminServer.start(
                new AdminConfig(new HostPort("127.0.0.1", 0), token), metrics, unready::get, endpoints));
    }

    private String get(String path) throws IOException {
        return send("GET", path);
    }

    private String post(String body) throws IOException {
        var head = List.of(
                "POST /echo HTTP/1.1", "Host: localhost", "Connection: close", "Content-Length: " + body.length());
        return raw(String.join("\r\n", head) + "\r\n\r\n" + body);
    }

    private String send(String method, String path, String... headers) throws IOException {
        return sendTo("localhost", method, path, headers);
    }

    private String sendTo(String host, String method, String path, String... headers) throws IOException {
        var head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nConnection: close\r\nHost: " + host + "\r\n");
        for (var header : headers) {
            head.append(header).append("\r\n");
        }
        return raw(head + "\r\n");
    }

    private String raw(String request) throws IOException {
        var address = running.orElseThrow().address();
        try (var socket = new Socket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }
}
