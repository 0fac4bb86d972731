// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.cluster.Evidence;
import dev.penstock.cluster.InstanceLease;
import dev.penstock.config.ByteSize;
import dev.penstock.config.LimitsConfig;
import dev.penstock.config.RetryCondition;
import dev.penstock.dialect.Dialect;
import dev.penstock.dialect.StreamInspector;
import dev.penstock.dialect.UsageScanner;
import dev.penstock.relay.PlainRelay;
import dev.penstock.relay.RelayEnd;
import dev.penstock.relay.RelayProgress;
import dev.penstock.relay.RelaySettings;
import dev.penstock.relay.SseRelay;
import dev.penstock.upstream.UpstreamCall;
import dev.penstock.upstream.UpstreamHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What is done with the head of a model server's answer, and then with its body: refuse it, leave it for another attempt, or
 * relay it as a stream or as plain bytes.
 *
 * <p>Confined to the stream thread.
 */
final class AnswerRelay {
    private final StreamExchange exchange;
    private final InstanceLease lease;
    private final UpstreamCall call;
    private final UpstreamHead head;
    private final boolean mayRetry;

    AnswerRelay(StreamExchange exchange, InstanceLease lease, UpstreamCall call, UpstreamHead head, boolean mayRetry) {
        this.exchange = exchange;
        this.lease = lease;
        this.call = call;
        this.head = head;
        this.mayRetry = mayRetry;
    }

    Attempt.Result run() {
        if (mayRetry
                && exchange.retry(lease).retriesStatus(head.status())
                && !exchange.downstream().isCommitted()) {
            reportStatus();
            return new Attempt.Result.Again(Integer.toString(head.status()), Failures.of(Outcome.UPSTREAM_ERROR));
        }
        Optional<Ending> unusable = unusable();
        if (unusable.isPresent()) {
            reportStatus();
            return done(unusable.get());
        }
        exchange.facts().phase = StreamPhase.RELAY;
        return isEventStream() ? stream() : plain();
    }

    /** Answers that are never shown to a client. */
    private Optional<Ending> unusable() {
        int status = head.status();
        if (status < 200 || status > 599) {
            return Optional.of(
                    Failures.broken(Outcome.UPSTREAM_ERROR, 502, "The model server's answer is not usable."));
        }
        if (status >= 300 && status < 400 && status != 304) {
            return Optional.of(Failures.broken(
                    Outcome.UPSTREAM_ERROR, 502, "The model server redirects, and this proxy follows nobody."));
        }
        if ((status == 401 || status == 403) && exchange.settings().maskUpstreamAuthErrors()) {
            return Optional.of(Failures.broken(
                    Outcome.UPSTREAM_ERROR,
                    502,
                    "The model server refused this proxy's credentials; the operator must look."));
        }
        if (exchange.downstream().isCommitted() && (status != 200 || !isEventStream())) {
            return Optional.of(Failures.of(Outcome.UPSTREAM_ERROR));
        }
        return Optional.empty();
    }

    private boolean isEventStream() {
        return head.status() < 300
                && !exchange.request().method().equals("HEAD")
                && head.header("content-type")
                        .filter(type -> type.strip().toLowerCase(Locale.ROOT).startsWith("text/event-stream"))
                        .isPresent();
    }

    private Attempt.Result stream() {
        List<Header> headers = headers();
        headers.removeIf(header -> header.name().equalsIgnoreCase("content-encoding"));
        headers.add(new Header("X-Accel-Buffering", "no"));
        if (Header.first(headers, "cache-control").isEmpty()) {
            headers.add(new Header("Cache-Control", "no-cache"));
        }
        exchange.downstream().head(head.status(), headers, -1);
        Dialect dialect = exchange.request().dialect();
        StreamInspector inspector = dialect.newInspector();
        exchange.inspects(inspector);
        RelayProgress progress = exchange.newProgress();
        exchange.facts().relaysEvents = true;
        SseRelay relay = new SseRelay(
                call::read, exchange.sink(), exchange.stage(), inspector, relaySettings(dialect), progress);
        RelayEnd end = relay.run();
        return ended(end);
    }

    private Attempt.Result plain() {
        long length = contentLength();
        if (!exchange.downstream().head(head.status(), headers(), length)) {
            return done(Failures.of(Outcome.UPSTREAM_ERROR)); // A heartbeat has made the answer a stream.
        }
        UsageScanner usage = exchange.request().dialect().newUsageScanner();
        exchange.scans(usage);
        exchange.facts().relaysBytes = true;
        RelayProgress progress = exchange.newProgress();
        PlainRelay relay = new PlainRelay(
                call::read, exchange.sink(), relaySettings(exchange.request().dialect()), progress, usage, length);
        return ended(relay.run());
    }

    private Attempt.Result ended(RelayEnd end) {
        return switch (end) {
            case RelayEnd.Complete ignored -> complete();
            case RelayEnd.Truncated ignored -> truncated();
            case RelayEnd.UpstreamError ignored -> errorEvent(new Ending.Told(Outcome.UPSTREAM_ERROR));
            case RelayEnd.CompleteWithError ignored -> errorEvent(new Ending.Whole(Outcome.UPSTREAM_ERROR));
            case RelayEnd.ErrorWithheld ignored -> {
                lease.failed(Evidence.ERROR_EVENT, "error event");
                yield new Attempt.Result.Again("error_event", Failures.of(Outcome.UPSTREAM_ERROR));
            }
            case RelayEnd.LimitExceeded limit ->
                done(Failures.broken(Outcome.LIMIT_EXCEEDED, 502, "Stopped: " + limit.message() + "."));
            case RelayEnd.StoppedByPlugin ignored -> done(new Ending.Whole(Outcome.STOPPED_BY_PLUGIN));
            case RelayEnd.PluginFailed ignored -> done(Failures.of(Outcome.PLUGIN_ERROR));
        };
    }

    private Attempt.Result complete() {
        reportStatus();
        boolean failed = head.status() >= 500 || head.status() == 429;
        return done(new Ending.Whole(failed ? Outcome.UPSTREAM_ERROR : Outcome.COMPLETED));
    }

    private Attempt.Result errorEvent(Ending ending) {
        lease.failed(Evidence.ERROR_EVENT, "error event");
        return done(ending);
    }

    /** A stream that ended before it began is like a reset: another instance may do better. */
    private Attempt.Result truncated() {
        lease.failed(Evidence.TRUNCATED, "no terminal event");
        Ending ending = Failures.of(Outcome.UPSTREAM_TRUNCATED);
        boolean again = mayRetry
                && !exchange.downstream().isCommitted()
                && exchange.retry(lease).retries(RetryCondition.Failure.RESET);
        return again ? new Attempt.Result.Again("reset", ending) : done(ending);
    }

    private Attempt.Result done(Ending ending) {
        Outcome settled = exchange.settle(ending.outcome());
        return new Attempt.Result.Done(settled == ending.outcome() ? ending : Failures.of(settled));
    }

    private void reportStatus() {
        if (head.status() >= 500) {
            lease.failed(Evidence.SERVER_ERROR, Integer.toString(head.status()));
        } else {
            lease.succeeded();
        }
    }

    private List<Header> headers() {
        List<Header> headers = new ArrayList<>(HeaderRules.towardsClient(head.headers().stream()
                .map(header -> new Header(header.name(), header.value()))
                .toList()));
        if (Header.first(headers, "x-request-id").isEmpty()) {
            headers.add(new Header("x-request-id", exchange.request().requestId()));
        }
        return headers;
    }

    /** The body's length as the upstream's head gives it, or -1; answers that have no body say nothing of it. */
    private long contentLength() {
        if (head.status() == 204 || head.status() == 304) {
            return -1;
        }
        return head.header("content-length").map(AnswerRelay::parseLength).orElse(-1L);
    }

    private static long parseLength(String value) {
        try {
            return Long.parseLong(value.strip());
        } catch (NumberFormatException e) {
            return -1; // Jetty has framed the body by its own reading of the field; ours is only a hint.
        }
    }

    private RelaySettings relaySettings(Dialect dialect) {
        LimitsConfig limits = exchange.settings().limits();
        return new RelaySettings(
                limits.event().map(ByteSize::bytes).orElse(Long.MAX_VALUE),
                limits.response().map(ByteSize::bytes),
                limits.eventsPerSecond(),
                limits.bytesPerSecond().map(ByteSize::bytes),
                exchange.turnLimits(),
                exchange.hidesUsage(),
                dialect.hasTerminalEvent(),
                mayRetry
                        && exchange.retriesErrorEvents(lease)
                        && !exchange.downstream().isCommitted());
    }
}
