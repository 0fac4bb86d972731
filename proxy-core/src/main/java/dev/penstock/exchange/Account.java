// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.dialect.StreamInspector;
import dev.penstock.dialect.Usage;
import dev.penstock.dialect.UsageScanner;
import dev.penstock.metrics.Direction;
import dev.penstock.metrics.ProxyMetrics;
import dev.penstock.plugin.EndedAs;
import dev.penstock.plugin.PluginFailure;
import dev.penstock.plugin.SummaryFacts;
import dev.penstock.relay.RelayProgress;
import dev.penstock.spi.StreamOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The final account of one exchange: metrics and one access-log entry, written once, when everything has been given back.
 *
 * <p>Confined to the stream thread, or to the thread that ends a stream whose own is stuck; {@code closed} is atomic, so that
 * only one of them writes.
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
    private Optional<PluginFailure> pluginFailure = Optional.empty();
    private Optional<String> stoppedBy = Optional.empty();
    private Optional<String> stopReason = Optional.empty();
    private final Map<String, String> extra = new LinkedHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();

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

    void pluginFailed(PluginFailure failure) {
        pluginFailure = Optional.of(failure);
    }

    void stoppedBy(String plugin, String reason) {
        stoppedBy = Optional.of(plugin);
        stopReason = Optional.of(reason);
    }

    /** What observers want to be seen in the access log, by chain entry. */
    void logs(Map<String, Map<String, Object>> fields) {
        fields.forEach((plugin, values) ->
                values.forEach((name, value) -> extra.put(plugin + "." + name, String.valueOf(value))));
    }

    /** How the exchange ended, for the plugins. */
    EndedAs endedAs() {
        if (refused.isPresent()) {
            return EndedAs.rejected(refused.get().word());
        }
        Outcome outcome = exchange.outcome().orElse(Outcome.COMPLETED);
        StreamOutcome.Kind kind = StreamOutcome.Kind.valueOf(outcome.name());
        return switch (outcome) {
            case PLUGIN_ERROR -> pluginFailure.map(EndedAs::failed).orElse(EndedAs.of(kind));
            case STOPPED_BY_PLUGIN -> new EndedAs(kind, stopReason, stoppedBy, Optional.empty());
            default -> EndedAs.of(kind);
        };
    }

    SummaryFacts summary() {
        StreamFacts facts = exchange.facts();
        RelayProgress progress = facts.progress;
        Usage usage = usage();
        return new SummaryFacts(
                progress.events(),
                progress.bytesOut(),
                since(facts.admittedAt, progress.firstEventAt()),
                since(facts.admittedAt, progress.firstTokenAt()),
                Duration.ofNanos(System.nanoTime() - exchange.request().arrivedNanos()),
                usage.input(),
                usage.output());
    }

    private static Optional<Duration> since(long from, long to) {
        return to == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(to - from));
    }

    /** Writes the account. Only the first call counts: a stuck stream is accounted for by whoever ended it. */
    void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        long now = System.nanoTime();
        ProxyMetrics metrics = exchange.rooms().metrics();
        metrics.requestAnswered(route(), exchange.request().dialect().id(), code());
        refused.ifPresent(reason -> metrics.rejected(reason.word(), route()));
        if (isStream()) {
            stream(metrics, now);
        }
        exchange.rooms().accessLog().write(entry(now));
    }

    /** A request that was refused has a reason; what we answer ourselves has neither. All others have one outcome, wherever they end. */
    private boolean isStream() {
        return refused.isEmpty() && exchange.outcome().isPresent();
    }

    private void stream(ProxyMetrics metrics, long now) {
        StreamFacts facts = exchange.facts();
        RelayProgress progress = facts.progress;
        String model = facts.modelAsked;
        String outcome = outcome();
        metrics.streamEnded(route(), cluster(), model, outcome);
        metrics.requestDuration(seconds(exchange.request().arrivedNanos(), now), route(), model, outcome);
        if (facts.admittedAt != 0) {
            metrics.queueWait(facts.queueNanos / SECONDS, route());
            metrics.overhead(overheadNanos(now) / SECONDS, route());
        }
        metrics.events(progress.events());
        metrics.bytes(Direction.IN, progress.bytesIn());
        metrics.bytes(Direction.OUT, exchange.downstream().bytesWritten());
        if (progress.firstEventAt() != 0) {
            metrics.timeToFirstByte(seconds(facts.admittedAt, progress.firstEventAt()), route(), model);
        }
        if (progress.firstTokenAt() != 0) {
            metrics.timeToFirstToken(seconds(facts.admittedAt, progress.firstTokenAt()), route(), model);
        }
        if (progress.tokenEvents() > 1) {
            double perToken = seconds(progress.firstTokenAt(), progress.lastTokenAt()) / (progress.tokenEvents() - 1);
            metrics.timePerOutputToken(perToken, route(), model);
        }
        tokens().forEach((type, n) -> metrics.tokens(model, type, n));
    }

    /** Time since the body was there that was spent neither waiting for the upstream, nor for the client, nor in the queue. */
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
                request.requestId(),
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
                extra,
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
        if (isStream() && facts.bodyReadAt != 0) {
            millis.put("overhead", overheadNanos(now) / 1e6);
        }
        return millis;
    }

    private Map<String, Long> tokens() {
        Usage usage = usage();
        Map<String, Long> tokens = new LinkedHashMap<>();
        put(tokens, "input", usage.input());
        put(tokens, "output", usage.output());
        put(tokens, "cache_read", usage.cacheRead());
        put(tokens, "cache_write", usage.cacheWrite());
        put(tokens, "reasoning", usage.reasoning());
        return tokens;
    }

    private Usage usage() {
        return inspector
                .map(StreamInspector::usage)
                .or(() -> scanner.map(UsageScanner::usage))
                .orElse(Usage.NONE);
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
        return refused.isPresent()
                ? "proxy"
                : exchange.outcome().orElse(Outcome.COMPLETED).endedBy();
    }

    private String route() {
        return nameOrNone(exchange.facts().route);
    }

    private String cluster() {
        return nameOrNone(exchange.facts().cluster);
    }

    private static String nameOrNone(String name) {
        return name.isEmpty() ? ProxyMetrics.NONE : name;
    }

    private int code() {
        int status = exchange.downstream().status();
        return status == 0 ? CLIENT_CLOSED : status;
    }

    private static double seconds(long from, long to) {
        return (to - from) / SECONDS;
    }
}
