// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.dialect.StreamInspector;
import dev.penstock.dialect.Usage;
import dev.penstock.dialect.UsageScanner;
import dev.penstock.metrics.Direction;
import dev.penstock.metrics.ProxyMetrics;
import dev.penstock.relay.RelayProgress;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The final account of one exchange: metrics and one access-log entry, written once, when everything has been given back.
 *
 * <p>Confined to the stream thread.
 */
final class Account {
    /** The status of a request that got none, because its client left: the word of the trade, never on the wire. */
    private static final int CLIENT_CLOSED = 499;

    private static final double SECONDS = 1e9;

    private final StreamExchange exchange;
    private Optional<StreamInspector> inspector = Optional.empty();
    private Optional<UsageScanner> scanner = Optional.empty();
    private Optional<RefusalReason> refused = Optional.empty();
    private StreamPhase lastPhase = StreamPhase.ACCEPT;

    Account(StreamExchange exchange) {
        this.exchange = exchange;
    }

    void inspects(StreamInspector streamInspector) {
        inspector = Optional.of(streamInspector);
    }

    void scans(UsageScanner usageScanner) {
        scanner = Optional.of(usageScanner);
    }

    Optional<StreamInspector> inspector() {
        return inspector;
    }

    void refused(Refusal refusal) {
        refused = refusal.reason();
    }

    /** Remembers the room in which the exchange ended, before it moves on to finish. */
    void leftFrom(StreamPhase phase) {
        lastPhase = phase;
    }

    void close() {
        long now = System.nanoTime();
        ProxyMetrics metrics = exchange.rooms().metrics();
        metrics.requestAnswered(route(), exchange.request().dialect().id(), code());
        refused.ifPresent(reason -> metrics.rejected(reason.word(), route()));
        if (isStream()) {
            stream(metrics, now);
        }
        exchange.rooms().accessLog().write(entry(now));
    }

    /** A request that got as far as a model server has an outcome; one that was refused before has a reason. */
    private boolean isStream() {
        return exchange.facts().attempts > 0 && refused.isEmpty();
    }

    private void stream(ProxyMetrics metrics, long now) {
        StreamFacts facts = exchange.facts();
        RelayProgress progress = facts.progress;
        String model = facts.modelAsked;
        String outcome = outcome();
        metrics.streamEnded(facts.route, facts.cluster, model, outcome);
        metrics.requestDuration(seconds(exchange.request().arrivedNanos(), now), facts.route, model, outcome);
        metrics.queueWait(facts.queueNanos / SECONDS, facts.route);
        metrics.overhead(overheadNanos(now) / SECONDS, facts.route);
        metrics.events(progress.events());
        metrics.bytes(Direction.IN, progress.bytesIn());
        metrics.bytes(Direction.OUT, exchange.downstream().bytesWritten());
        if (progress.firstEventAt() != 0) {
            metrics.timeToFirstByte(seconds(facts.admittedAt, progress.firstEventAt()), facts.route, model);
        }
        if (progress.firstTokenAt() != 0) {
            metrics.timeToFirstToken(seconds(facts.admittedAt, progress.firstTokenAt()), facts.route, model);
        }
        if (progress.tokenEvents() > 1) {
            double perToken = seconds(progress.firstTokenAt(), progress.lastTokenAt()) / (progress.tokenEvents() - 1);
            metrics.timePerOutputToken(perToken, facts.route, model);
        }
        tokens().forEach((type, n) -> metrics.tokens(model, type, n));
    }

    /** Time that was spent neither waiting for the upstream, nor for the client, nor in the queue. */
    private long overheadNanos(long now) {
        StreamFacts facts = exchange.facts();
        long waited = facts.queueNanos
                + facts.upstreamWaitNanos
                + facts.progress.upstreamWaitNanos()
                + facts.progress.clientWaitNanos();
        return Math.max(0, now - facts.bodyReadAt - waited);
    }

    private AccessEntry entry(long now) {
        StreamFacts facts = exchange.facts();
        ClientRequest request = exchange.request();
        return new AccessEntry(
                Instant.now(),
                exchange.id(),
                request.header("traceparent"),
                facts.consumer,
                facts.route,
                facts.cluster,
                facts.instance,
                request.dialect().id(),
                facts.modelAsked,
                servedModel(),
                facts.attempts,
                exchange.downstream().status(),
                refused.isPresent() ? "" : outcome(),
                refused.map(RefusalReason::word),
                lastPhase.word(),
                endedBy(),
                facts.bodyBytes,
                exchange.downstream().bytesWritten(),
                facts.progress.events(),
                tokens(),
                millis(now),
                Map.of(),
                request.method(),
                request.path(),
                request.peer());
    }

    private Map<String, Double> millis(long now) {
        StreamFacts facts = exchange.facts();
        RelayProgress progress = facts.progress;
        Map<String, Double> millis = new LinkedHashMap<>();
        if (facts.admittedAt != 0) {
            millis.put("queue", facts.queueNanos / 1e6);
            millis.put("connect", facts.connectNanos / 1e6);
        }
        if (progress.firstEventAt() != 0) {
            millis.put("first_byte", (progress.firstEventAt() - facts.admittedAt) / 1e6);
        }
        if (progress.firstTokenAt() != 0) {
            millis.put("first_token", (progress.firstTokenAt() - facts.admittedAt) / 1e6);
        }
        millis.put("total", (now - exchange.request().arrivedNanos()) / 1e6);
        if (isStream()) {
            millis.put("overhead", overheadNanos(now) / 1e6);
        }
        return millis;
    }

    private Map<String, Long> tokens() {
        Usage usage = inspector
                .map(StreamInspector::usage)
                .or(() -> scanner.map(UsageScanner::usage))
                .orElse(Usage.NONE);
        Map<String, Long> tokens = new LinkedHashMap<>();
        put(tokens, "input", usage.input());
        put(tokens, "output", usage.output());
        put(tokens, "cache_read", usage.cacheRead());
        put(tokens, "cache_write", usage.cacheWrite());
        put(tokens, "reasoning", usage.reasoning());
        return tokens;
    }

    private static void put(Map<String, Long> tokens, String type, OptionalLong n) {
        n.ifPresent(value -> tokens.put(type, value));
    }

    private String servedModel() {
        return inspector
                .flatMap(StreamInspector::servedModel)
                .or(() -> scanner.flatMap(UsageScanner::servedModel))
                .orElse(exchange.facts().modelSent);
    }

    private String outcome() {
        return exchange.outcome().orElse(Outcome.COMPLETED).word();
    }

    private String endedBy() {
        return refused.isPresent() ? "proxy" : exchange.outcome().orElse(Outcome.COMPLETED).endedBy();
    }

    private String route() {
        return exchange.facts().route.isEmpty() ? ProxyMetrics.NONE : exchange.facts().route;
    }

    private int code() {
        int status = exchange.downstream().status();
        return status == 0 ? CLIENT_CLOSED : status;
    }

    private static double seconds(long from, long to) {
        return (to - from) / SECONDS;
    }
}
