// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import static dev.penstock.exchange.TestedProxy.SOON;
import static dev.penstock.exchange.TestedProxy.chat;
import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Playbook;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Many streams at once, each ended at random by one side or the other: every one is accounted for once, and nothing is left. */
class RandomEndingsTest {
    private static final int CLIENTS = 100;
    private static final int STREAMS_EACH = 20;
    private static final int SPLIT = 300;

    private static final List<Script> SCRIPTS = List.of(
            Script.stream(ProviderEvents.chat(5)),
            Script.stream(ProviderEvents.chat(5), Duration.ofMillis(5)),
            Script.sse().events(ProviderEvents.chatDeltas(3)).end(),
            Script.sse().events(ProviderEvents.chatDeltas(3)).reset(),
            Script.sse().events(ProviderEvents.chatDeltas(3)).silence(),
            Script.sse().events(ProviderEvents.chatDeltas(1)).forever(i -> ": \n\n", Duration.ofMillis(3)),
            Script.sse().event("data: {\"error\":{}}\n\n").end(),
            Script.sse().silence(),
            Script.sse().reset(),
            Script.script().silence(),
            Script.script().reset(),
            Script.json(503, "{}"),
            Script.json(400, "{}"),
            Script.json(200, ProviderEvents.chatJson("x")),
            Script.json(401, "{}"));

    @Test
    void leaveNothingBehind() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        Playbook anything = request -> {
            synchronized (random) {
                return SCRIPTS.get(random.nextInt(SCRIPTS.size()));
            }
        };
        try (ScriptedUpstream one = ScriptedUpstream.start(anything);
                ScriptedUpstream two = ScriptedUpstream.start(anything);
                ScriptedUpstream three = ScriptedUpstream.start(anything);
                TestedProxy proxy = TestedProxy.of("""
                    worker: {max_streams: 80, queue: {max_waiting: 6, max_wait: 100ms}}
                    stream:
                      timeouts: {first_byte: 150ms, idle: 150ms, total: 400ms, write_stall: 150ms}
                      heartbeat: 20ms
                    clusters:
                      - name: c
                        balancer: least_streams
                        health: {passive: {failures: off}}
                        retry: {attempts: 3, on: [reset, 5xx, error_event], budget: 100%%, hedge_after: 60ms}
                        instances: [{name: one, url: "%s"}, {name: two, url: "%s"}, {name: three, url: "%s"}]
                    routes:
                      - {match: {model: "*"}, cluster: c}
                    """.formatted(one.url(), two.url(), three.url()))) {
            run(proxy, seed);

            eventually(SOON, () -> assertThat(proxy.log()).hasSize(CLIENTS * STREAMS_EACH));
            proxy.awaitQuiet();
            List<ScriptedUpstream> upstreams = List.of(one, two, three);
            eventually(SOON, () -> assertThat(upstreams).allMatch(upstream -> upstream.busyConnections() == 0));
            accountsAddUp(proxy);
            splitFairly(proxy, upstreams);
        }
    }

    /** Whatever drifted in a count of streams in flight would show in who is thought to have the fewest. */
    private static void splitFairly(TestedProxy proxy, List<ScriptedUpstream> upstreams) throws InterruptedException {
        upstreams.forEach(upstream -> {
            upstream.forget();
            upstream.play(Script.stream(ProviderEvents.chat(1)));
        });
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            clients.add(Thread.ofVirtual().start(() -> {
                try (RawHttpClient client = proxy.client()) {
                    for (int j = 0; j < SPLIT / 10; j++) {
                        client.exchange(chat());
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
        }
        for (Thread client : clients) {
            assertThat(client.join(Duration.ofSeconds(60))).isTrue();
        }
        assertThat(upstreams)
                .allSatisfy(upstream -> assertThat(upstream.requests()).hasSizeBetween(SPLIT / 3 - 30, SPLIT / 3 + 30));
    }

    private static void run(TestedProxy proxy, long seed) throws InterruptedException {
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            var random = new Random(seed + i);
            clients.add(Thread.ofVirtual().start(() -> {
                for (int j = 0; j < STREAMS_EACH; j++) {
                    one(proxy, random);
                }
            }));
        }
        for (Thread client : clients) {
            assertThat(client.join(Duration.ofSeconds(60))).isTrue();
        }
    }

    private static void one(TestedProxy proxy, Random random) {
        try (RawHttpClient client = proxy.client()) {
            client.send(chat());
            switch (random.nextInt(5)) {
                case 0 -> client.socket().setSoTimeout(random.nextInt(1, 60));
                case 1 -> {
                    client.readHead();
                    client.reset();
                    return;
                }
                case 2 -> {
                    client.readHead();
                    return;
                }
                default -> {}
            }
            client.readResponse();
        } catch (IOException | UncheckedIOException e) {
            return; // a client that gives up, or was given up on
        }
    }

    private static void accountsAddUp(TestedProxy proxy) {
        var byOutcome = proxy.log().stream()
                .filter(entry -> entry.reason().isEmpty())
                .collect(Collectors.groupingBy(AccessEntry::outcome, Collectors.counting()));
        assertThat(byOutcome).doesNotContainKey("internal_error").hasSizeGreaterThan(4);
        long streams =
                proxy.log().stream().filter(entry -> entry.reason().isEmpty()).count();
        assertThat(proxy.metrics().sum("penstock_streams_total")).isEqualTo((double) streams);
        assertThat(proxy.metrics().sum("penstock_requests_total")).isEqualTo((double) CLIENTS * STREAMS_EACH);
        assertThat(proxy.log().stream().map(AccessEntry::id).distinct()).hasSize(CLIENTS * STREAMS_EACH);
    }
}
