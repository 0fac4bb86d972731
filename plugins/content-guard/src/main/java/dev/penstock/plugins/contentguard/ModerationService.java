// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.contentguard;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.penstock.plugins.parts.Json;
import dev.penstock.plugins.parts.UnreadableException;
import dev.penstock.spi.PluginMetrics.Counter;
import dev.penstock.spi.PluginMetrics.Histogram;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;

/**
 * A moderation service that takes {@code {"input": text}} and answers {@code {"results": [{"flagged": true}]}}, as OpenAI's does.
 *
 * <p>Thread-safe: immutable, and the client and the metrics are thread-safe.
 */
final class ModerationService implements AutoCloseable {
    private static final long CLOSE_SECONDS = 5;

    private final ContentGuardConfig.Service settings;
    private final HttpClient client;
    private final Counter calls;
    private final Histogram seconds;

    ModerationService(ContentGuardConfig.Service settings, Counter calls, Histogram seconds) {
        this.settings = settings;
        this.calls = calls;
        this.seconds = seconds;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(settings.timeout())
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
    }

    ContentGuardConfig.Service settings() {
        return settings;
    }

    /** Blocks until the service has answered, or its time is over. Whether it objects. */
    boolean flags(String text) throws NoVerdictException, InterruptedException {
        long since = System.nanoTime();
        try {
            boolean flagged = verdict(client.send(request(text), BodyHandlers.ofByteArray()));
            calls.add(1, flagged ? "flagged" : "clear");
            return flagged;
        } catch (IOException e) {
            calls.add(1, "failed");
            throw new NoVerdictException("the moderation service did not answer", e);
        } catch (NoVerdictException e) {
            calls.add(1, "failed");
            throw e;
        } finally {
            seconds.observe(Duration.ofNanos(System.nanoTime() - since).toNanos() / 1e9);
        }
    }

    private HttpRequest request(String text) {
        Json.Fields body = Json.fields().with("input", Json.of(text));
        if (settings.model().isPresent()) {
            body = body.with("model", Json.of(settings.model().get()));
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(settings.url())
                .timeout(settings.timeout())
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(body.written(), UTF_8));
        settings.key().ifPresent(key -> request.header("authorization", "Bearer " + key.reveal()));
        return request.build();
    }

    private static boolean verdict(HttpResponse<byte[]> answer) throws NoVerdictException {
        if (answer.statusCode() != 200) {
            throw new NoVerdictException("the moderation service answered " + answer.statusCode());
        }
        List<Json> results;
        try {
            results = Json.read(answer.body()).get("results").items();
        } catch (UnreadableException e) {
            throw new NoVerdictException("the moderation service's answer cannot be read", e);
        }
        if (results.isEmpty()) {
            throw new NoVerdictException("the moderation service's answer has no results");
        }
        return results.stream().anyMatch(result -> result.get("flagged").isTrue());
    }

    @Override
    public void close() {
        client.shutdownNow();
        try {
            client.awaitTermination(Duration.ofSeconds(CLOSE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
