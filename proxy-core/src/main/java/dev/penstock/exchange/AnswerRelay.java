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
import dev.penstock.plugin.AnswerHead;
import dev.penstock.plugin.HeadAnswer;
import dev.penstock.plugin.PluginFailure;
import dev.penstock.relay.BodyStart;
import dev.penstock.relay.ChunkSource;
import dev.penstock.relay.PlainRelay;
import dev.penstock.relay.RelayEnd;
import dev.penstock.relay.RelayProgress;
import dev.penstock.relay.RelaySettings;
import dev.penstock.relay.SseRelay;
import dev.penstock.spi.RequestDecision;
import dev.penstock.upstream.UpstreamHead;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What is done with the head of a model server's answer, and then with its body: refuse it, leave it for another attempt, or
 * relay it as a stream or as plain bytes.
 *
 * <p>Confined to the stream thread.
 */
final class AnswerRelay {
    private static final String CONTENT_ENCODING = "content-encoding";
    private static final String CONTENT_TYPE = "content-type";

    private final StreamExchange exchange;
    private final InstanceLease lease;
    private final UpstreamHead head;
    private final Retries retries;
    private ChunkSource body;
    private boolean eventStream;

    AnswerRelay(StreamExchange exchange, InstanceLease lease, ChunkSource body, UpstreamHead head, Retries retries) {
        this.exchange = exchange;
        this.lease = lease;
        this.body = body;
        this.head = head;
        this.retries = retries;
    }

    Attempt.Result run() {
        Optional<Duration> pause = pauseBeforeAnother(RetryAfter.heed(head, lease));
        if (pause.isPresent()) {
            reportStatus();
            return new Attempt.Result.Again(
                    Setback.statusWord(head.status()), Failures.of(Outcome.UPSTREAM_ERROR), pause.get());
        }
        recognise();
        Optional<Ending> unusable = unusable();
        if (unusable.isPresent()) {
            reportStatus();
            return done(unusable.get());
        }
        exchange.facts().phase = StreamPhase.RELAY;
        return switch (exchange.hooks().onResponseHead(answerHead())) {
            case HeadAnswer.Proceed(AnswerHead passed) -> relay(passed);
            case HeadAnswer.Reject(String ignored, RequestDecision.Reject refusal) ->
                throw new RefusedException(Guard.refusal(refusal));
            case HeadAnswer.Failed(PluginFailure failure) -> {
                exchange.pluginFailed(failure);
                yield done(Failures.broken(Outcome.PLUGIN_ERROR, 502, "The answer failed inside this proxy."));
            }
        };
    }

    private Attempt.Result relay(AnswerHead passed) {
        List<Header> headers = new ArrayList<>();
        passed.fields().forEach((name, values) -> values.forEach(value -> headers.add(new Header(name, value))));
        PluginStage stage = new PluginStage(exchange, exchange.hooks());
        if (stage.isActive()) {
            exchange.downstream().expectTrailers();
        }
        if (eventStream) {
            return stream(headers, stage);
        }
        return stage.isActive() ? inspected(headers, stage) : plain(headers);
    }

    private AnswerHead answerHead() {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        headers().stream()
                .filter(header -> !(isDecoded() && header.name().equalsIgnoreCase(CONTENT_ENCODING)))
                .forEach(header -> fields.computeIfAbsent(
                                header.name().toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                        .add(header.value()));
        StreamFacts facts = exchange.facts();
        return new AnswerHead(head.status(), fields, eventStream, facts.cluster, facts.instance, facts.modelSent);
    }

    /** An answer like this is the client's to see, unless there is somebody else to ask, or a time after which to ask again. */
    private Optional<Duration> pauseBeforeAnother(Optional<Duration> asked) {
        return retries.areOnStatus(head.status()) && !exchange.downstream().isCommitted()
                ? retries.pauseAfter(asked).filter(pause -> retries.grant(Setback.statusWord(head.status())))
                : Optional.empty();
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
        if ((status == 401 || status == 403 || status == 407)
                && exchange.settings().maskUpstreamAuthErrors()) {
            return Optional.of(Failures.broken(
                    Outcome.UPSTREAM_ERROR,
                    502,
                    "The model server refused this proxy's credentials; the operator must look."));
        }
        if (coding() == BodyCoding.FOREIGN && (eventStream || !passesEncoded())) {
            return Optional.of(encodedUnasked());
        }
        if (exchange.downstream().isCommitted() && (status != 200 || !eventStream)) {
            return Optional.of(Failures.of(Outcome.UPSTREAM_ERROR));
        }
        return Optional.empty();
    }

    private static Ending encodedUnasked() {
        return Failures.broken(
                Outcome.UPSTREAM_ERROR, 502, "The model server's answer has an encoding that was not asked for.");
    }

    private BodyCoding coding() {
        return BodyCoding.of(head.header(CONTENT_ENCODING));
    }

    /** Whether the client takes the body as the model server has encoded it. */
    private boolean passesEncoded() {
        return head.header(CONTENT_ENCODING)
                .filter(value -> BodyCoding.isAccepted(value, exchange.request().values("accept-encoding")))
                .isPresent();
    }

    /** Whether the encoding is taken off here, so that plugins and the client see none. */
    private boolean isDecoded() {
        boolean shown = exchange.hooks().wantsEvents() || exchange.hooks().observes();
        return switch (coding()) {
            case GZIP, DEFLATE -> eventStream || shown || !passesEncoded();
            case IDENTITY, FOREIGN -> false;
        };
    }

    /** A client that asked for a stream gets one, also from a model server that does not call it by its name. */
    private void recognise() {
        eventStream = isEventStream(exchange.request(), head);
        if (!eventStream && exchange.facts().streaming && isUntyped()) {
            BodyStart start = new BodyStart(body, exchange.facts().progress);
            eventStream = start.isEventStream();
            body = start;
        }
    }

    private boolean isUntyped() {
        String type = head.header(CONTENT_TYPE).orElse("").strip().toLowerCase(Locale.ROOT);
        return head.status() == 200
                && !isHead(exchange.request())
                && coding() == BodyCoding.IDENTITY
                && (type.isEmpty() || type.startsWith("text/plain"));
    }

    static boolean isEventStream(ClientRequest request, UpstreamHead head) {
        return head.status() < 300
                && !isHead(request)
                && head.header(CONTENT_TYPE)
                        .filter(type -> type.strip().toLowerCase(Locale.ROOT).startsWith("text/event-stream"))
                        .isPresent();
    }

    /** The length that its answer names is that of a body which does not come. */
    private static boolean isHead(ClientRequest request) {
        return request.method().equals("HEAD");
    }

    private Attempt.Result stream(List<Header> headers, PluginStage stage) {
        headers.removeIf(header -> header.name().equalsIgnoreCase(CONTENT_ENCODING));
        headers.add(new Header("X-Accel-Buffering", "no"));
        if (Header.first(headers, "cache-control").isEmpty()) {
            headers.add(new Header("Cache-Control", "no-cache"));
        }
        exchange.downstream().head(head.status(), headers, -1);
        Dialect dialect = exchange.request().dialect();
        StreamInspector inspector = dialect.newInspector();
        exchange.account().inspects(inspector);
        RelayProgress progress = exchange.facts().progress;
        exchange.facts().relaysEvents = true;
        RelaySettings settings = relaySettings(dialect);
        return ended(coding().decoded(
                        body,
                        decoded -> new SseRelay(decoded, exchange.sink(), stage, inspector, settings, progress).run()));
    }

    private Attempt.Result plain(List<Header> headers) {
        // A head without the field has promised a plain body, also when the plugins that wanted it are gone by now.
        boolean encoded =
                passesEncoded() && Header.first(headers, CONTENT_ENCODING).isPresent();
        BodyCoding coding = encoded ? BodyCoding.IDENTITY : coding();
        if (coding != BodyCoding.IDENTITY) {
            headers.removeIf(header -> header.name().equalsIgnoreCase(CONTENT_ENCODING));
        }
        long length = coding == BodyCoding.IDENTITY ? contentLength() : -1;
        RelaySettings settings = relaySettings(exchange.request().dialect());
        Optional<RelayEnd.LimitExceeded> exceeded = settings.exceededBy(isHead(exchange.request()) ? 0 : length);
        if (exceeded.isPresent()) {
            return ended(exceeded.get());
        }
        if (!exchange.downstream().head(head.status(), headers, length)) {
            return done(Failures.of(Outcome.UPSTREAM_ERROR)); // A heartbeat has made the answer a stream.
        }
        UsageScanner usage = exchange.request().dialect().newUsageScanner();
        exchange.account().scans(usage);
        exchange.facts().relaysBytes = true;
        RelayProgress progress = exchange.facts().progress;
        return ended(coding.decoded(
                body, decoded -> new PlainRelay(decoded, exchange.sink(), settings, progress, usage, length).run()));
    }

    /** Plugins see bodies as they are; what cannot be decoded cannot be inspected. */
    private Attempt.Result inspected(List<Header> headers, PluginStage stage) {
        if (coding() == BodyCoding.FOREIGN) {
            return done(encodedUnasked());
        }
        headers.removeIf(header -> header.name().equalsIgnoreCase(CONTENT_ENCODING));
        UsageScanner usage = exchange.request().dialect().newUsageScanner();
        exchange.account().scans(usage);
        exchange.facts().relaysBytes = true;
        InspectedBody inspected = new InspectedBody(exchange, stage, head.status(), headers, usage);
        RelaySettings settings = relaySettings(exchange.request().dialect());
        return coding().decoded(body, decoded -> inspected.relay(decoded, settings))
                .map(this::done)
                .orElseGet(this::complete);
    }

    private Attempt.Result ended(RelayEnd end) {
        return switch (end) {
            case RelayEnd.Complete ignored -> complete();
            case RelayEnd.Truncated ignored -> truncated();
            case RelayEnd.UpstreamError ignored -> errorEvent(new Ending.Told(Outcome.UPSTREAM_ERROR));
            case RelayEnd.CompleteWithError ignored -> errorEvent(new Ending.Whole(Outcome.UPSTREAM_ERROR));
            case RelayEnd.ErrorWithheld ignored -> {
                lease.failed(Evidence.ERROR_EVENT, "error event");
                Ending ending = Failures.of(Outcome.UPSTREAM_ERROR);
                yield retries.grant("error_event")
                        ? new Attempt.Result.Again("error_event", ending, Duration.ZERO)
                        : done(ending);
            }
            case RelayEnd.LimitExceeded limit -> limitExceeded(limit);
            case RelayEnd.StoppedByPlugin ignored -> done(new Ending.Whole(Outcome.STOPPED_BY_PLUGIN));
            case RelayEnd.PluginFailed ignored -> done(Failures.of(Outcome.PLUGIN_ERROR));
        };
    }

    /** The upstream has begun to stream, and not in vain: the client sees a stream that ends with an error, also at its beginning. */
    private Attempt.Result limitExceeded(RelayEnd.LimitExceeded limit) {
        if (exchange.facts().relaysEvents) {
            exchange.sink().write(ByteBuffer.allocate(0));
        }
        return done(Failures.of(limit));
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
        boolean again = !exchange.downstream().isCommitted()
                && retries.areOn(RetryCondition.Failure.RESET)
                && retries.grant("reset");
        return again ? new Attempt.Result.Again("reset", ending, Duration.ZERO) : done(ending);
    }

    private Attempt.Result done(Ending ending) {
        return new Attempt.Result.Done(exchange.settle(ending));
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
        if (eventStream && Header.first(headers, CONTENT_TYPE).isEmpty()) {
            headers.add(new Header(CONTENT_TYPE, "text/event-stream"));
        }
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
                exchange.eventLimit(),
                limits.response().map(ByteSize::bytes),
                limits.eventsPerSecond(),
                limits.bytesPerSecond().map(ByteSize::bytes),
                exchange.generation().turn(),
                exchange.hidesUsage(),
                dialect.hasTerminalEvent(),
                retries.arePossible()
                        && retries.areOn(RetryCondition.Failure.ERROR_EVENT)
                        && !exchange.downstream().isCommitted());
    }
}
