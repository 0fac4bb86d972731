// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Conversation;
import dev.penstock.testing.Pause;
import dev.penstock.testing.Playbook;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import dev.penstock.transport.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A model server that answers while the request is still being written, and neither reads on nor closes. */
@Timeout(60)
class EarlyAnswerTest {
    private static final String REFUSAL = "{\"error\":{\"message\":\"no\"}}";

    private static TestedProxy proxy(String url, String more) throws IOException {
        return TestedProxy.of("""
            stream: {timeouts: {first_byte: 20s}, limits: {request_body: 64MiB}}
            routes: [{match: {model: "*"}, cluster: c}]
            clusters: [{name: c, retry: {attempts: 1}, %s instances: [{name: one, url: "%s"}]}]
            """.formatted(more, url));
    }

    /** More than the buffers of two kernels hold. */
    private static RawRequest large(int megabytes) {
        String pad = "x".repeat(megabytes << 20);
        return RawRequest.postJson("/v1/chat/completions", "{\"model\":\"m\",\"messages\":[],\"pad\":\"" + pad + "\"}");
    }

    private static Playbook answering(Script script) {
        return Playbook.withoutBody(
                Script.script().then(Conversation::stopReading).then(script).silence());
    }

    @ParameterizedTest
    @CsvSource({"413,413", "401,502", "500,500"})
    void isHeard(int status, int shown) throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(answering(Script.json(status, REFUSAL)));
                TestedProxy proxy = proxy(upstream.url(), "")) {
            Response response = proxy.exchange(large(24));

            assertThat(response.status()).isEqualTo(shown);
            if (shown == status) {
                assertThat(response.text()).isEqualTo(REFUSAL);
            }
            proxy.awaitQuiet();
            upstream.play(Script.json(200, "{}"));
            assertThat(proxy.exchange(TestedProxy.plainChat()).status()).isEqualTo(200);
            assertThat(upstream.connectionsAccepted())
                    .as("the first is not reused")
                    .isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void isHeardThroughTls(String version) throws Exception {
        Path authority = Path.of(
                Objects.requireNonNull(Tls.class.getResource("/tls/ca.pem")).toURI());
        try (ScriptedUpstream upstream = ScriptedUpstream.startOn(
                        Tls.listen(Tls.server(), version), answering(Script.json(413, REFUSAL)));
                TestedProxy proxy =
                        proxy("https://localhost:" + upstream.port(), "tls: {ca: \"" + authority + "\"},")) {
            Response response = proxy.exchange(large(24));

            assertThat(response.status()).isEqualTo(413);
            assertThat(response.text()).isEqualTo(REFUSAL);
            proxy.awaitQuiet();
        }
    }

    /** Through TLS, where tickets come before any answer, and after an interim answer, a server that is merely slow gets all. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isNotAnInterimOneNorAnythingOfTls(boolean tls) throws Exception {
        Path authority = Path.of(
                Objects.requireNonNull(Tls.class.getResource("/tls/ca.pem")).toURI());
        try (ServerSocket server =
                        tls ? Tls.listen(Tls.server()) : new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                TestedProxy proxy = proxy(
                        (tls ? "https" : "http") + "://localhost:" + server.getLocalPort(),
                        tls ? "tls: {ca: \"" + authority + "\"}," : "")) {
            CompletableFuture<Long> missing = CompletableFuture.supplyAsync(() -> hesitate(server, tls ? "" : INTERIM));

            assertThat(proxy.exchange(large(24)).status()).isEqualTo(200);

            assertThat(missing.get(20, TimeUnit.SECONDS)).isZero();
        }
    }

    private static final String INTERIM = "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\nx: y\r\n\r\n";

    /** Takes the head, lets the rest wait, takes all of it, and answers; gives what never came. */
    private static long hesitate(ServerSocket server, String first) {
        try (Socket socket = server.accept()) {
            InputStream in = socket.getInputStream();
            long length = lengthInHead(in);
            socket.getOutputStream().write(first.getBytes(ISO_8859_1));
            Pause.ofMillis(700);
            long taken = 0;
            byte[] buffer = new byte[1 << 16];
            while (taken < length) {
                int n = in.read(buffer);
                if (n < 0) {
                    return length - taken;
                }
                taken += n;
            }
            socket.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".getBytes(ISO_8859_1));
            return length - taken;
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private static long lengthInHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.read());
        }
        return head.toString()
                .lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                .mapToLong(line ->
                        Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void isNoReasonToStopForAServerThatReadsOn() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.json(413, REFUSAL));
                TestedProxy proxy = proxy(upstream.url(), "");
                RawHttpClient client = proxy.client()) {
            assertThat(client.exchange(large(24)).status()).isEqualTo(413);
            proxy.awaitQuiet();
            assertThat(client.exchange(large(1)).status()).isEqualTo(413);
            assertThat(upstream.connectionsAccepted()).isEqualTo(1);
        }
    }
}
