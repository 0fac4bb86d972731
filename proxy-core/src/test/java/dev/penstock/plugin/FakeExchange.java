// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import static dev.penstock.plugin.ChainFixture.FACTS;
import static dev.penstock.plugin.ChainFixture.HEAD;
import static dev.penstock.plugin.ChainFixture.bytes;

import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamOutcome;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Walks a stream through its hooks as an exchange does, and remembers what the client saw. Events are their data; what nobody
 * changed is written as {@code raw:data}.
 *
 * <p>Confined to the stream thread; what the client saw may be read by any.
 */
final class FakeExchange {
    final List<String> client = new CopyOnWriteArrayList<>();
    private final StreamHooks hooks;
    private StreamOutcome outcome = EndedAs.of(StreamOutcome.Kind.UPSTREAM_TRUNCATED);

    FakeExchange(StreamHooks hooks) {
        this.hooks = hooks;
    }

    /** The whole life of a stream that goes well, unless a plugin says otherwise. */
    FakeExchange run(String... events) {
        if (begin()) {
            for (String event : events) {
                if (!event(event)) {
                    break;
                }
            }
            end();
        }
        return finish();
    }

    /** Request, head, commit; false if it ends there. */
    boolean begin() {
        switch (hooks.onRequest(ChainFixture.request())) {
            case HookAnswer.Proceed ignored -> {}
            case HookAnswer.Reject reject -> {
                client.add(reject.refusal().status() + " " + reject.refusal().code());
                outcome = EndedAs.rejected("rejected_by_plugin");
                return false;
            }
            case HookAnswer.Answer answer -> {
                client.add(answer.answer().status() + " "
                        + StandardCharsets.UTF_8.decode(answer.answer().body()));
                outcome = EndedAs.of(StreamOutcome.Kind.COMPLETED);
                return false;
            }
            case HookAnswer.Failed failed -> {
                client.add("500");
                outcome = EndedAs.failed(failed.failure());
                return false;
            }
        }
        switch (hooks.onResponseHead(HEAD)) {
            case HeadAnswer.Proceed proceed ->
                client.add("head " + proceed.head().headerNames());
            case HeadAnswer.Reject reject -> {
                client.add(reject.refusal().status() + " " + reject.refusal().code());
                outcome = EndedAs.rejected("rejected_by_plugin");
                return false;
            }
            case HeadAnswer.Failed failed -> {
                client.add("502");
                outcome = EndedAs.failed(failed.failure());
                return false;
            }
        }
        hooks.committed();
        return true;
    }

    /** One event from upstream; false if the stream ends with it. */
    boolean event(String data) {
        EventAnswer answer = hooks.onEvent("", bytes(data), Optional.empty(), bytes("raw:" + data));
        return wrote(answer, Optional.of("raw:" + data)) && flushed();
    }

    boolean holdLimit() {
        return wrote(hooks.onHoldLimit(), Optional.empty()) && flushed();
    }

    private boolean flushed() {
        Optional<PluginFailure> failure = hooks.flushed();
        failure.ifPresent(this::fail);
        return failure.isEmpty();
    }

    private boolean wrote(EventAnswer answer, Optional<String> untouched) {
        switch (answer) {
            case EventAnswer.Forward ignored -> untouched.ifPresent(client::add);
            case EventAnswer.Replace replace -> replace.events().forEach(this::write);
            case EventAnswer.End end -> {
                end.events().forEach(this::write);
                outcome = new EndedAs(
                        StreamOutcome.Kind.STOPPED_BY_PLUGIN,
                        Optional.of(end.reason()),
                        Optional.of(end.plugin()),
                        Optional.empty());
                last();
                return false;
            }
            case EventAnswer.Failed failed -> {
                fail(failed.failure());
                return false;
            }
        }
        return true;
    }

    private void write(PassedEvent event) {
        client.add(event.raw()
                .map(raw -> new String(raw, StandardCharsets.UTF_8))
                .orElseGet(() -> event.event().data()));
    }

    private void fail(PluginFailure failure) {
        client.add("error event, cut");
        outcome = EndedAs.failed(failure);
    }

    /** The terminal event has come. */
    void end() {
        if (outcome.kind() != StreamOutcome.Kind.UPSTREAM_TRUNCATED) {
            return;
        }
        outcome = EndedAs.of(StreamOutcome.Kind.COMPLETED);
        if (wrote(hooks.beforeLast(), Optional.empty())) {
            last();
        }
    }

    private void last() {
        hooks.flushed();
        LastResults results = hooks.drainAndLast(StreamEvent.END, bytes(""), Optional.empty(), FACTS);
        results.events().forEach(event -> client.add(event.data()));
        client.add("LAST");
        results.trailers().forEach((name, value) -> client.add(name + "=" + value));
        results.logFields().forEach((plugin, fields) -> client.add("log " + plugin + fields));
    }

    FakeExchange finish() {
        hooks.finish(outcome, FACTS);
        return this;
    }

    FakeExchange finish(StreamOutcome.Kind kind) {
        hooks.finish(EndedAs.of(kind), FACTS);
        return this;
    }

    StreamOutcome outcome() {
        return outcome;
    }
}
