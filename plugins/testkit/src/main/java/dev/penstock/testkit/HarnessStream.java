// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.penstock.plugin.AnswerHead;
import dev.penstock.plugin.EndedAs;
import dev.penstock.plugin.EventAnswer;
import dev.penstock.plugin.HeadAnswer;
import dev.penstock.plugin.HookAnswer;
import dev.penstock.plugin.LastResults;
import dev.penstock.plugin.PassedEvent;
import dev.penstock.plugin.PluginFailure;
import dev.penstock.plugin.PluginRequest;
import dev.penstock.plugin.PluginSet;
import dev.penstock.plugin.StreamHooks;
import dev.penstock.plugin.SummaryFacts;
import dev.penstock.spi.RequestDecision;
import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;

/**
 * One stream through the plugin, step by step or all at once; remembers what the client and the access log got.
 *
 * <p>Steps: {@link #begin()}, {@link #event(String)} any number of times, {@link #end()}, {@link #finish()}; or
 * {@link #run(String...)} for all of them. A step after the stream has ended does nothing, so a test need not ask. Always
 * finish.
 *
 * <p>Confined to the thread that opened it, except {@link #cancel()}.
 */
public final class HarnessStream {
    private final HarnessRequest request;
    private final StreamHooks hooks;
    private final long openedNanos = System.nanoTime();
    private final List<StreamEvent> sent = new ArrayList<>();
    private PluginRequest filtered;
    private Optional<HarnessAnswer> answer = Optional.empty();
    private Map<String, List<String>> responseHeaders = Map.of();
    private LastResults last = LastResults.NONE;
    private EndedAs outcome = EndedAs.of(StreamOutcome.Kind.UPSTREAM_TRUNCATED);
    private OptionalLong inputTokens = OptionalLong.empty();
    private OptionalLong outputTokens = OptionalLong.empty();
    private Optional<Duration> firstEvent = Optional.empty();
    private boolean begun;
    private boolean over;

    HarnessStream(PluginSet plugins, HarnessRequest request, String id, Instant now) {
        this.request = request;
        this.filtered = request.draft();
        this.hooks = plugins.open(request.opening(id, now), this::evicted);
    }

    private void evicted(StreamHooks stuck, PluginFailure failure) {
        stuck.finish(EndedAs.failed(failure), summary());
    }

    /** The whole life of a stream whose upstream sends these events and then ends properly. */
    public HarnessStream run(String... events) {
        begin();
        for (String event : events) {
            event(event);
        }
        return end().finish();
    }

    /** The request filters, then an event stream's head with status 200. */
    public HarnessStream begin() {
        return begin(200, Map.of("content-type", "text/event-stream"));
    }

    /** The request filters, then the head of the upstream's answer. */
    public HarnessStream begin(int status, Map<String, String> headers) {
        if (begun) {
            return this;
        }
        begun = true;
        switch (hooks.onRequest(filtered)) {
            case HookAnswer.Proceed proceed -> {
                filtered = proceed.request();
                head(status, headers);
            }
            case HookAnswer.Reject reject -> refuse(reject.plugin(), reject.refusal());
            case HookAnswer.Answer given -> {
                String body = UTF_8.decode(given.answer().body()).toString();
                over(
                        EndedAs.of(StreamOutcome.Kind.COMPLETED),
                        new HarnessAnswer(
                                given.answer().status(),
                                "",
                                body,
                                given.answer().headers()));
            }
            case HookAnswer.Failed failed -> failed(failed.failure(), 500);
        }
        return this;
    }

    private void head(int status, Map<String, String> headers) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        headers.forEach((name, value) -> fields.put(name, List.of(value)));
        boolean streaming = "text/event-stream".equals(headers.get("content-type"));
        var head = new AnswerHead(status, fields, streaming, "harness", "one", filtered.model());
        switch (hooks.onResponseHead(head)) {
            case HeadAnswer.Proceed proceed -> {
                responseHeaders = proceed.head().fields();
                hooks.committed();
            }
            case HeadAnswer.Reject reject -> refuse(reject.plugin(), reject.refusal());
            case HeadAnswer.Failed failed -> failed(failed.failure(), 502);
        }
    }

    private void refuse(String plugin, RequestDecision.Reject refusal) {
        over(
                new EndedAs(
                        StreamOutcome.Kind.REJECTED,
                        Optional.of("rejected_by_plugin"),
                        Optional.of(plugin),
                        Optional.empty()),
                new HarnessAnswer(refusal.status(), refusal.code(), refusal.message(), refusal.headers()));
    }

    private void failed(PluginFailure failure, int status) {
        over(EndedAs.failed(failure), new HarnessAnswer(status, "plugin_error", "", Map.of()));
    }

    private void over(EndedAs how, HarnessAnswer given) {
        outcome = how;
        answer = Optional.of(given);
        over = true;
    }

    /** An event without a name. */
    public HarnessStream event(String data) {
        return event("", data);
    }

    /** An event from the upstream, which is not the terminal one. */
    public HarnessStream event(String name, String data) {
        if (!begun || over) {
            return this;
        }
        if (firstEvent.isEmpty()) {
            firstEvent = Optional.of(Duration.ofNanos(System.nanoTime() - openedNanos));
        }
        byte[] bytes = data.getBytes(UTF_8);
        EventAnswer decided = hooks.onEvent(name, bytes, Optional.empty(), bytes);
        if (decided instanceof EventAnswer.Forward) {
            sent.add(StreamEvent.of(name, data));
        }
        apply(decided);
        return this;
    }

    /** An answer that is not a stream: one event named {@code body}, and the end. */
    public HarnessStream body(String json) {
        return event(StreamEvent.BODY, json).end(StreamEvent.END, "");
    }

    /** How many tokens the upstream says it has used; before the end. */
    public HarnessStream usage(long input, long output) {
        inputTokens = OptionalLong.of(input);
        outputTokens = OptionalLong.of(output);
        return this;
    }

    /** Waits until the hold-back window of what is held is over, and asks the filter for its decision. */
    public HarnessStream awaitHoldLimit() {
        OptionalLong deadline = hooks.holdDeadlineNanos();
        while (deadline.isPresent() && System.nanoTime() - deadline.getAsLong() < 0) {
            LockSupport.parkNanos(deadline.getAsLong() - System.nanoTime());
        }
        if (deadline.isPresent() && !over) {
            apply(hooks.onHoldLimit());
        }
        return this;
    }

    /** The dialect's terminal event arrives. */
    public HarnessStream end() {
        return switch (request.dialect()) {
            case ANTHROPIC_MESSAGES -> end("message_stop", "{\"type\":\"message_stop\"}");
            case OPENAI_RESPONSES -> end("response.completed", "{\"type\":\"response.completed\"}");
            case OPENAI_CHAT, OPENAI_COMPLETIONS -> end("", "[DONE]");
            default -> end(StreamEvent.END, "");
        };
    }

    /** The upstream ends properly with this event. */
    public HarnessStream end(String name, String data) {
        if (!begun || over) {
            return this;
        }
        outcome = EndedAs.of(StreamOutcome.Kind.COMPLETED);
        apply(hooks.beforeLast());
        if (!over) {
            last(name, data);
        }
        return this;
    }

    private void apply(EventAnswer decided) {
        switch (decided) {
            case EventAnswer.Forward ignored -> {}
            case EventAnswer.Replace replace ->
                replace.events().stream().map(PassedEvent::event).forEach(sent::add);
            case EventAnswer.End end -> {
                end.events().stream().map(PassedEvent::event).forEach(sent::add);
                outcome = new EndedAs(
                        StreamOutcome.Kind.STOPPED_BY_PLUGIN,
                        Optional.of(end.reason()),
                        Optional.of(end.plugin()),
                        Optional.empty());
            }
            case EventAnswer.Failed failed -> broke(failed.failure());
        }
        hooks.flushed().ifPresent(this::broke);
        if (decided instanceof EventAnswer.End && !over) {
            last(StreamEvent.END, "");
        }
    }

    private void broke(PluginFailure failure) {
        outcome = EndedAs.failed(failure);
        over = true;
    }

    private void last(String name, String data) {
        last = hooks.drainAndLast(name, data.getBytes(UTF_8), Optional.empty(), summary());
        sent.addAll(last.events());
        if (!data.isEmpty()) {
            sent.add(StreamEvent.of(name, data));
        }
        over = true;
    }

    /** Finishes with the outcome that came about; an upstream that never ended has been truncated. */
    public HarnessStream finish() {
        over = true;
        hooks.finish(outcome, summary());
        return this;
    }

    /** Finishes with another outcome: the client has left, a deadline has passed. */
    public HarnessStream finish(StreamOutcome.Kind kind) {
        outcome = EndedAs.of(kind);
        return finish();
    }

    /** From any thread: the stream is cancelled, as when the client leaves; a hook that is running is interrupted. */
    public void cancel() {
        hooks.cancel();
    }

    /** What a filter answered instead of the upstream; empty if the upstream's answer went to the client. */
    public Optional<HarnessAnswer> answer() {
        return answer;
    }

    /** The data of every event that the client was sent, the terminal one included. */
    public List<String> client() {
        return sent.stream().map(StreamEvent::data).toList();
    }

    /** Every event that the client was sent. */
    public List<StreamEvent> events() {
        return List.copyOf(sent);
    }

    /** The response headers that the client got; names in lower case. */
    public Map<String, List<String>> responseHeaders() {
        return responseHeaders;
    }

    /** The model that the request is routed by, after the filters. */
    public String model() {
        return filtered.model();
    }

    /** Who is calling, after the filters. */
    public Optional<String> consumer() {
        return filtered.consumer();
    }

    /** The request's body, after the filters. */
    public String requestBody() {
        return new String(filtered.body(), UTF_8);
    }

    /** The request's headers, after the filters; names in lower case. */
    public Map<String, List<String>> requestHeaders() {
        return filtered.headers();
    }

    /** The trailers that observers have added. */
    public Map<String, String> trailers() {
        return last.trailers();
    }

    /** The fields that the plugin's observer has added to the access log. */
    public Map<String, Object> logFields() {
        return last.logFields().values().stream().findFirst().orElse(Map.of());
    }

    /** How the stream ended. */
    public StreamOutcome outcome() {
        return outcome;
    }

    private SummaryFacts summary() {
        long bytes = sent.stream().mapToLong(StreamEvent::size).sum();
        return new SummaryFacts(
                sent.size(),
                bytes,
                firstEvent,
                firstEvent,
                Duration.ofNanos(System.nanoTime() - openedNanos),
                inputTokens,
                outputTokens);
    }
}
