// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Patience;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.ResponseHead;
import dev.penstock.testing.Script;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clocks that run before a model server is asked are each route's own too. Confined to one thread per test. */
final class RouteClocksIT {
    @TempDir
    private Path folder;

    private LabFile withRoutes(String... routes) throws IOException {
        return LabFile.in(folder).replace("\nroutes:\n", "\nroutes:\n  - " + String.join("\n  - ", routes) + "\n");
    }

    @Test
    @DisplayName("T08 each route lets its requests wait for as long as it says, or else as long as the worker says")
    void waitsForAsLongAsTheRouteSays() throws Exception {
        LabFile file = withRoutes(
                "{name: hasty, match: {model: hasty}, cluster: lab, max_streams: 1, max_wait: 300ms}",
                "{name: patient, match: {model: patient}, cluster: lab, max_streams: 1, max_wait: 3s}",
                "{name: plain, match: {model: plain}, cluster: lab, max_streams: 1}");
        var variables =
                Map.of("LAB_QUEUE_WAIT", "1s", "LAB_FIRST_BYTE", "60s", "LAB_TOTAL", "60s", "LAB_CAP_CONSUMER", "off");
        try (var lab = Laboratory.open(file.path(), variables)) {
            lab.play(Script.script().silence());
            List<RawHttpClient> holders = hold(lab, "hasty", "patient", "plain");

            List<Response> refused = lab.atOnce(
                    3,
                    i -> lab.call(
                            Calls.chat(List.of("hasty", "patient", "plain").get(i))));

            assertWaited(refused.get(0), Duration.ofMillis(300));
            assertWaited(refused.get(1), Duration.ofSeconds(3));
            assertWaited(refused.get(2), Duration.ofSeconds(1));
            lab.assertRefusals(Map.of("queue_timeout", 3L));
            reloads(lab, file);
            for (RawHttpClient holder : holders) {
                holder.reset();
            }
            lab.check(true);
        }
    }

    private static void reloads(Laboratory lab, LabFile file) throws IOException {
        try (var waiting = lab.connect()) {
            waiting.send(Calls.chat("patient"));
            eventually(
                    Patience.seconds(5),
                    () -> assertThat(lab.proxy().metrics().sum("penstock_queue_depth"))
                            .isEqualTo(1));
            file.replace("max_wait: 300ms", "max_wait: 1500ms")
                    .replace("max_wait: 3s", "max_wait: 100ms")
                    .reload(lab);

            assertWaited(lab.call(Calls.chat("patient")), Duration.ofMillis(100));
            assertWaited(lab.call(Calls.chat("hasty")), Duration.ofMillis(1500));
            assertWaited(lab.noticed(waiting.readResponse()), Duration.ofSeconds(3));
        }
    }

    @Test
    @DisplayName("T09 each route gives a body its own time, told apart by path, by header, or by the model in the body")
    void givesABodyAsLongAsTheRouteSays() throws Exception {
        LabFile file = withRoutes(
                "{name: brief, match: {path: /v1/completions}, cluster: lab, stream: {timeouts: {request_body:"
                        + " 500ms}}}",
                "{name: gold, match: {path: /v1/responses, headers: {x-tier: gold}}, cluster: lab,"
                        + " stream: {timeouts: {request_body: 2s}}}",
                "{name: lead, match: {path: /v1/responses}, cluster: lab, stream: {timeouts: {request_body: 800ms}}}",
                "{name: short, match: {path: /v1/embeddings, model: short}, cluster: lab,"
                        + " stream: {timeouts: {request_body: 500ms}}}",
                "{name: long, match: {path: /v1/embeddings}, cluster: lab, stream: {timeouts: {request_body: 6s}}}");
        try (var lab = Laboratory.open(file.path(), Map.of("LAB_REQUEST_BODY", "1200ms"))) {
            List<Upload> cut = List.of(
                    new Upload(Calls.chat().target("/v1/completions"), Duration.ofMillis(500)),
                    new Upload(Calls.responses().header("x-tier", "gold"), Duration.ofSeconds(2)),
                    new Upload(Calls.responses(), Duration.ofMillis(800)),
                    new Upload(Calls.chat(), Duration.ofMillis(1200)));

            List<Answer> answers =
                    lab.atOnce(cut.size(), i -> trickle(lab, cut.get(i).request(), 10_000));

            for (int i = 0; i < cut.size(); i++) {
                assertTooSlow(answers.get(i).response());
                assertThat(answers.get(i).response().header("connection")).contains("close");
                Patience.assertOnTime(answers.get(i).took(), cut.get(i).clock());
            }
            lab.assertRefusals(Map.of("bad_request", 4L));
            judgesWholeBodies(lab);
            lab.check(true);
        }
    }

    /** Until it names its model, a body has the longest time of all routes that could take it, and then that of its own. */
    private static void judgesWholeBodies(Laboratory lab) throws Exception {
        List<RawRequest> uploads = List.of(
                Calls.chat("short").target("/v1/embeddings"),
                Calls.chat("other").target("/v1/embeddings"),
                Calls.responses().header("x-tier", "gold"));

        List<Answer> whole = lab.atOnce(3, i -> trickle(lab, uploads.get(i), 1000));

        assertTooSlow(whole.getFirst().response());
        assertThat(whole.getFirst().response().header("connection"))
                .as("nothing is left unread")
                .isEmpty();
        assertThat(whole.getFirst().took()).isGreaterThan(Duration.ofMillis(900));
        assertThat(whole.get(1).response().status()).isEqualTo(200);
        assertThat(whole.get(2).response().status()).isEqualTo(200);
        assertThat(lab.call(uploads.getFirst()).status()).isEqualTo(200);
        lab.assertRefusals(Map.of("bad_request", 5L));
    }

    /** What is sent too slowly, and when it must be cut. Immutable. */
    private record Upload(RawRequest request, Duration clock) {}

    private static void assertTooSlow(Response response) {
        Protocol.CHAT.assertRefusal(response, 408);
        assertThat(response.text()).contains("request_timeout", "did not arrive in time");
        assertThat(response.header("x-request-id")).isPresent();
    }

    /** An answer, and how long after the head of its request it came. Immutable. */
    private record Answer(Response response, Duration took) {}

    /** Sends a body byte by byte over so many milliseconds, unless there is an answer before. */
    private static Answer trickle(Laboratory lab, RawRequest request, int millis) throws IOException {
        try (var client = lab.connect()) {
            byte[] all = request.bytes();
            int head = request.headBytes().length;
            client.send(Arrays.copyOf(all, head));
            long start = System.nanoTime();
            Optional<ResponseHead> answered = Optional.empty();
            for (int at = head; at < all.length && answered.isEmpty(); at++) {
                client.send(Arrays.copyOfRange(all, at, at + 1));
                Duration next = Duration.ofMillis((long) millis * (at + 1 - head) / (all.length - head));
                answered = headWithin(client, next.minus(Patience.since(start)));
            }
            client.patience(Duration.ofSeconds(20));
            Response response = answered.isPresent() ? client.readRest(answered.get()) : client.readResponse();
            return new Answer(lab.noticed(response), Patience.since(start));
        }
    }

    private static Optional<ResponseHead> headWithin(RawHttpClient client, Duration wait) throws IOException {
        client.patience(wait.isPositive() ? wait.plusMillis(1) : Duration.ofMillis(1));
        try {
            return Optional.of(client.readHead());
        } catch (SocketTimeoutException e) {
            return Optional.empty();
        }
    }

    @Test
    @DisplayName("T10 a route may take a larger body than the others, and the others take no larger one for it")
    void takesBodiesAsLargeAsTheRouteSays() throws Exception {
        LabFile file = withRoutes(
                "{name: large, match: {path: /v1/completions}, cluster: lab, stream: {limits: {request_body: 2MiB}}}");
        try (var lab = Laboratory.open(file.path(), Map.of("LAB_MAX_BODY", "64KiB"))) {
            String padding = " ".repeat(100 << 10);
            RawRequest padded = RawRequest.postJson(Calls.CHAT, "{\"model\":\"m\",\"stream\":true" + padding + "}");

            assertThat(lab.call(padded.target("/v1/completions")).status()).isEqualTo(200);
            Protocol.CHAT.assertRefusal(lab.call(padded), 413);
            lab.check(true);
        }
    }

    private static List<RawHttpClient> hold(Laboratory lab, String... models) throws IOException {
        var holders = new ArrayList<RawHttpClient>();
        for (String model : models) {
            var holder = lab.connect();
            holder.send(Calls.chat(model));
            holders.add(holder);
        }
        eventually(
                Patience.seconds(5),
                () -> assertThat(lab.proxy().metrics().sum("penstock_streams_active"))
                        .isEqualTo(models.length));
        return holders;
    }

    private static void assertWaited(Response response, Duration wait) {
        Protocol.CHAT.assertRefusal(response, 503);
        assertThat(response.text()).contains("queue_timeout", "this route lets a request wait");
        assertThat(response.header("retry-after")).isPresent();
        Patience.assertOnTime(response.untilHead(), wait);
    }
}
