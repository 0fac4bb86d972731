// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/** One streamed chat completion, printed as it arrives, as any client would see it. Confined to the main thread. */
final class OneAnswer {

    /** What a client sends. */
    static final String REQUEST =
            "{\"model\":\"mock\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";

    static final String PATH = "/v1/chat/completions";

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String DATA = "data: ";

    private final PrintWriter out;
    private long start;
    private long firstToken;
    private long lastToken;
    private int tokens;
    private int events;
    private boolean done;

    OneAnswer(PrintWriter out) {
        this.out = out;
    }

    /** Returns after the stream's end, however it ended. */
    void stream(URI base) throws IOException, InterruptedException {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            HttpRequest request = HttpRequest.newBuilder(base.resolve(PATH))
                    .header("Content-Type", "application/json")
                    .timeout(Duration.ofMinutes(1))
                    .POST(BodyPublishers.ofString(REQUEST))
                    .build();
            start = System.nanoTime();
            HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                if (response.statusCode() != 200) {
                    throw new Failure(
                            ExitCode.UNEXPECTED, "the answer is " + response.statusCode() + ": " + lines.readLine());
                }
                lines.lines()
                        .filter(line -> line.startsWith(DATA))
                        .forEach(line -> event(line.substring(DATA.length())));
            }
        }
    }

    private void event(String data) {
        events++;
        if (data.equals("[DONE]")) {
            done = true;
            return;
        }
        String piece = piece(data);
        if (!piece.isEmpty()) {
            lastToken = System.nanoTime();
            firstToken = tokens++ == 0 ? lastToken : firstToken;
            out.print(piece);
            out.flush();
        }
    }

    private static String piece(String data) {
        try {
            JsonNode chunk = MAPPER.readTree(data);
            return chunk.at("/choices/0/delta/content").asText("");
        } catch (IOException notJson) {
            throw new Failure(ExitCode.UNEXPECTED, "an event is not JSON: " + data, notJson);
        }
    }

    /** Whether the terminal event came. */
    boolean complete() {
        return done;
    }

    /** Events, time to first token and pace, in one line. */
    String summary() {
        double seconds = (lastToken - firstToken) / 1e9;
        double pace = seconds > 0 ? (tokens - 1) / seconds : 0;
        return String.format(
                Locale.ROOT,
                "%d events, first token after %.0f ms, %.1f tokens per second",
                events,
                (firstToken - start) / 1e6,
                pace);
    }
}
