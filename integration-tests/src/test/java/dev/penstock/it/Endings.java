// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import dev.penstock.testing.Pause;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RecordedRequest;
import dev.penstock.testing.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Streams with endings at random, chosen by the client through the model's name. Immutable. */
enum Endings {
    COMPLETED,
    COMPLETED_JSON,
    LEFT_BY_FIN,
    LEFT_BY_RST,
    LEFT_BEFORE_HEAD,
    TRUNCATED,
    RESET,
    UPSTREAM_ERROR_EVENT,
    REFUSED_BY_UPSTREAM,
    CLOSED_BEFORE_HEAD,
    FIRST_BYTE,
    IDLE,
    TOTAL,
    TOO_LARGE,
    SLOW_CLIENT;

    static final Set<String> OUTCOMES = Set.of(
            "completed",
            "client_disconnect",
            "upstream_error",
            "upstream_truncated",
            "connect_failed",
            "first_byte_timeout",
            "idle_timeout",
            "max_duration",
            "limit_exceeded",
            "slow_client");

    private static final int AT_ONCE = 40;
    private static final Duration PACE = Duration.ofMillis(5);
    private static final String FLOOD = ProviderEvents.chatDelta("x".repeat(16 << 10));

    /** The endings that wait for a clock. */
    private static final List<Endings> SLOW = List.of(FIRST_BYTE, IDLE, TOTAL, SLOW_CLIENT);

    private static final List<Endings> QUICK =
            Arrays.stream(values()).filter(e -> !SLOW.contains(e)).toList();

    /** Most streams are quick; the ones that wait for a clock are one in four. */
    private static Endings random(Random random) {
        List<Endings> some = random.nextInt(4) == 0 ? SLOW : QUICK;
        return some.get(random.nextInt(some.size()));
    }

    static Script script(RecordedRequest request) {
        for (Endings ending : values()) {
            if (request.mentions("\"" + ending + "\"")) {
                return ending.script();
            }
        }
        return Script.stream(ProviderEvents.chat(3));
    }

    private Script script() {
        List<String> three = ProviderEvents.chatDeltas(3);
        return switch (this) {
            case COMPLETED -> Script.stream(ProviderEvents.chat(5), PACE);
            case COMPLETED_JSON -> Script.json(200, ProviderEvents.chatJson("whole"));
            case LEFT_BY_FIN, LEFT_BY_RST -> Script.sse().forever(i -> ProviderEvents.chatDelta("t"), PACE);
            case LEFT_BEFORE_HEAD, FIRST_BYTE -> Script.script().silence();
            case TRUNCATED -> Script.stream(three);
            case RESET -> Script.sse().events(three).reset();
            case UPSTREAM_ERROR_EVENT ->
                Script.sse().event(Protocol.CHAT.providerError()).end();
            case REFUSED_BY_UPSTREAM -> Script.json(503, "{\"error\":{\"message\":\"no\",\"type\":\"x\"}}");
            case CLOSED_BEFORE_HEAD -> Script.script().close();
            case IDLE -> Script.sse().events(three).silence();
            case TOTAL -> Script.sse().forever(i -> ProviderEvents.chatDelta("t"), Duration.ofMillis(50));
            case TOO_LARGE -> Script.stream(List.of(ProviderEvents.chatDelta("x".repeat(100_000))));
            case SLOW_CLIENT -> Script.sse().forever(i -> FLOOD, Duration.ZERO);
        };
    }

    /** Runs so many streams, forty at a time. */
    static void run(Laboratory lab, int count, long seed) throws Exception {
        var left = new AtomicInteger(count);
        lab.atOnce(AT_ONCE, worker -> {
            var random = new Random(seed + worker);
            while (left.getAndDecrement() > 0) {
                random(random).stream(lab, random);
            }
            return worker;
        });
    }

    private void stream(Laboratory lab, Random random) throws Exception {
        RawHttpClient client = this == SLOW_CLIENT ? lab.connect(8 << 10) : lab.connect();
        try (client) {
            client.send(this == COMPLETED_JSON ? Calls.chatJson(name()) : Calls.chat(name()));
            switch (this) {
                case LEFT_BEFORE_HEAD -> Pause.ofMillis(random.nextInt(30));
                case LEFT_BY_FIN -> client.readEventsAfterHead(1 + random.nextInt(3));
                case LEFT_BY_RST -> {
                    client.readEventsAfterHead(1 + random.nextInt(3));
                    client.reset();
                }
                case SLOW_CLIENT -> {
                    client.tryReadHead();
                    Pause.ofMillis(1000);
                }
                default -> client.readResponse();
            }
        } catch (IOException e) {
            // A reset is one of the endings.
            if (this != RESET && this != SLOW_CLIENT) {
                throw new IOException("ending " + this, e);
            }
        }
    }
}
