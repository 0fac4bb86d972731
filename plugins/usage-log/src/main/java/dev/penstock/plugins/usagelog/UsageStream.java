// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.usagelog;

import dev.penstock.plugins.parts.Json;
import dev.penstock.spi.LastResult;
import dev.penstock.spi.ObserverSettings;
import dev.penstock.spi.OverflowPolicy;
import dev.penstock.spi.ResponseHead;
import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamInfo;
import dev.penstock.spi.StreamObserver;
import dev.penstock.spi.StreamOutcome;
import dev.penstock.spi.StreamSummary;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Accounts for one stream. It needs no event, only what core has counted at the end, so events that overflow its queue may go.
 *
 * <p>Confined to the stream thread: its lane only stores the head, before the last word.
 */
final class UsageStream implements StreamObserver {
    private final UsageLog log;
    private final StreamInfo stream;
    private Optional<ResponseHead> head = Optional.empty();

    UsageStream(UsageLog log, StreamInfo stream) {
        this.log = log;
        this.stream = stream;
    }

    @Override
    public ObserverSettings settings() {
        return ObserverSettings.defaults().withOverflow(OverflowPolicy.gap());
    }

    @Override
    public void onStart(ResponseHead answered) {
        head = Optional.of(answered);
    }

    @Override
    public LastResult onLast(StreamEvent last, StreamSummary summary) {
        Usage usage = Usage.of(servedModel(), summary, log.prices());
        LastResult result = LastResult.none();
        if (usage.tokensPerSecond().isPresent()) {
            result = result.withLogField(
                    "tokens_per_second", rounded(usage.tokensPerSecond().get(), 100));
        }
        if (usage.cost().isPresent()) {
            result = result.withLogField("cost", usage.cost().get()).withLogField("currency", log.currency());
        }
        return result;
    }

    @Override
    public void onFinish(StreamOutcome outcome, StreamSummary summary) throws IOException {
        String line = new Json.Fields(line(outcome, summary)).written();
        try {
            log.file().append(line);
            log.lines().add(1, "written");
        } catch (IOException e) {
            log.lines().add(1, "failed");
            throw e;
        }
    }

    private Map<String, Json> line(StreamOutcome outcome, StreamSummary summary) {
        Map<String, Json> line = new LinkedHashMap<>();
        line.put("time", Json.of(stream.startedAt().toString()));
        line.put("stream", Json.of(stream.id()));
        line.put("dialect", Json.of(stream.dialect()));
        line.put("streaming", Json.of(stream.streaming()));
        line.put("model", Json.of(stream.model()));
        put(line, "consumer", stream.consumer());
        put(line, "route", stream.route());
        head.ifPresent(answered -> {
            line.put("served_model", Json.of(servedModel()));
            line.put("cluster", Json.of(answered.cluster()));
            line.put("instance", Json.of(answered.instance()));
            line.put("status", Json.of(answered.status()));
        });
        line.put("outcome", Json.of(outcome.kind().label()));
        put(line, "reason", outcome.reason());
        numbers(line, summary);
        return line;
    }

    private void numbers(Map<String, Json> line, StreamSummary summary) {
        Usage usage = Usage.of(servedModel(), summary, log.prices());
        put(line, "input_tokens", usage.inputTokens());
        put(line, "output_tokens", usage.outputTokens());
        line.put("duration_ms", Json.of(millis(summary.duration())));
        summary.timeToFirstToken().ifPresent(time -> line.put("time_to_first_token_ms", Json.of(millis(time))));
        usage.tokensPerSecond().ifPresent(rate -> line.put("tokens_per_second", Json.of(rounded(rate, 100))));
        usage.cost().ifPresent(cost -> {
            line.put("cost", Json.of(rounded(cost, 1e9)));
            line.put("currency", Json.of(log.currency()));
        });
        line.put("events", Json.of(summary.events()));
        line.put("bytes", Json.of(summary.bytes()));
    }

    /** What was priced: the name that the instance got, or the one that was asked for if none was sent. */
    private String servedModel() {
        return head.map(ResponseHead::upstreamModel)
                .filter(name -> !name.isEmpty())
                .orElseGet(stream::model);
    }

    private static void put(Map<String, Json> line, String name, Optional<String> value) {
        value.ifPresent(text -> line.put(name, Json.of(text)));
    }

    private static void put(Map<String, Json> line, String name, OptionalLong value) {
        value.ifPresent(number -> line.put(name, Json.of(number)));
    }

    private static double millis(Duration time) {
        return rounded(time.toNanos() / 1e6, 1000);
    }

    private static double rounded(double value, double scale) {
        return Math.round(value * scale) / scale;
    }
}
