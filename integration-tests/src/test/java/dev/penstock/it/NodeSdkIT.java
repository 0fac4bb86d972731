// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.penstock.testing.RecordedRequest;
import dev.penstock.testing.Script;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The official clients for node, unchanged. Confined to one thread per test. */
@Lab({"LAB_CAP_CONSUMER=off", "LAB_HEARTBEAT=500ms", "LAB_IDLE=5s"})
final class NodeSdkIT {
    private static final List<String> CLIENTS =
            List.of("openai-chat", "openai-responses", "anthropic", "ai-openai", "ai-anthropic", "ai-compatible");

    @BeforeAll
    static void install() {
        Node.assumeInstalled();
        Node.install();
    }

    private static Protocol protocol(RecordedRequest request) {
        return switch (request.path()) {
            case Calls.CHAT -> Protocol.CHAT;
            case Calls.RESPONSES -> Protocol.RESPONSES;
            default -> Protocol.MESSAGES;
        };
    }

    private static List<JsonNode> stream(Laboratory lab) {
        String[] arguments =
                Stream.concat(Stream.of(lab.proxy().url()), CLIENTS.stream()).toArray(String[]::new);
        List<JsonNode> results = Node.script("stream.mjs", arguments).stream()
                .filter(line -> line.startsWith("{")) // An SDK prints a line of its own.
                .map(Protocol::json)
                .toList();
        assertThat(results).hasSameSizeAs(CLIENTS);
        return results;
    }

    @Test
    @DisplayName("official node clients read whole streams")
    void readWholeStreams(Laboratory lab) {
        lab.play(request -> Script.stream(protocol(request).stream(5), Duration.ofMillis(5)));

        assertThat(stream(lab)).allSatisfy(result -> {
            assertThat(result.path("error").asText()).as("%s", result).isEmpty();
            assertThat(result.path("text").asText()).as("%s", result).isEqualTo("t0 t1 t2 t3 t4 ");
        });
        lab.assertOutcome("completed", CLIENTS.size());
    }

    @Test
    @DisplayName("S09 official node clients are not disturbed by heartbeats, after an id in particular")
    void areNotDisturbedByHeartbeats(Laboratory lab) {
        lab.play(request -> Script.sse()
                .events(protocol(request).opening(2))
                .text(": the id of the next event\nid: 7\n")
                .event(protocol(request).opening(3).getLast())
                .pause(Duration.ofMillis(1300))
                .events(protocol(request).stream(3)
                        .subList(
                                protocol(request).opening(3).size(),
                                protocol(request).stream(3).size()))
                .end());

        assertThat(stream(lab)).allSatisfy(result -> {
            assertThat(result.path("error").asText()).as("%s", result).isEmpty();
            assertThat(result.path("text").asText()).as("%s", result).isEqualTo("t0 t1 t2 ");
        });
    }

    @Test
    @DisplayName("S06 official node clients throw on a stream that was cut")
    void throwOnACutStream(Laboratory lab) {
        lab.play(request -> Script.stream(protocol(request).opening(3), Duration.ofMillis(5)));

        assertThat(stream(lab)).allSatisfy(result -> {
            assertThat(result.path("text").asText()).as("%s", result).startsWith("t0 t1 ");
            assertThat(result.path("error").asText()).as("%s", result).isNotEmpty();
        });
        lab.assertOutcome("upstream_truncated", CLIENTS.size());
    }

    @Test
    @DisplayName("T02 official node clients throw on a stream that fell silent")
    @Lab({"LAB_CAP_CONSUMER=off", "LAB_IDLE=1s"})
    void throwOnASilentStream(Laboratory lab) {
        lab.play(request -> Script.sse().events(protocol(request).opening(3)).silence());

        assertThat(stream(lab))
                .allSatisfy(result -> assertThat(result.path("error").asText())
                        .as("%s", result)
                        .isNotEmpty());
        lab.assertOutcome("idle_timeout", CLIENTS.size());
    }
}
