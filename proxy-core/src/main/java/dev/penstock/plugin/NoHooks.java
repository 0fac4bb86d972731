// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.StreamOutcome;
import java.util.Optional;
import java.util.OptionalLong;

/** No plugins. Immutable. */
enum NoHooks implements StreamHooks {
    INSTANCE;

    @Override
    public HookAnswer onRequest(PluginRequest request) {
        return new HookAnswer.Proceed(request);
    }

    @Override
    public Optional<String> consumer() {
        return Optional.empty();
    }

    @Override
    public HeadAnswer onResponseHead(AnswerHead head) {
        return new HeadAnswer.Proceed(head);
    }

    @Override
    public void committed() {
        // Nobody starts.
    }

    @Override
    public boolean wantsEvents() {
        return false;
    }

    @Override
    public boolean observes() {
        return false;
    }

    @Override
    public boolean mustInspect() {
        return false;
    }

    @Override
    public EventAnswer onEvent(String name, byte[] data, Optional<String> id, byte[] raw) {
        return EventAnswer.FORWARD;
    }

    @Override
    public Optional<PluginFailure> flushed() {
        return Optional.empty();
    }

    @Override
    public OptionalLong holdDeadlineNanos() {
        return OptionalLong.empty();
    }

    @Override
    public EventAnswer onHoldLimit() {
        return EventAnswer.FORWARD;
    }

    @Override
    public EventAnswer beforeLast() {
        return EventAnswer.FORWARD;
    }

    @Override
    public LastResults drainAndLast(String name, byte[] data, Optional<String> id, SummaryFacts facts) {
        return LastResults.NONE;
    }

    @Override
    public void cancel() {
        // Nobody is called.
    }

    @Override
    public void finish(StreamOutcome outcome, SummaryFacts facts) {
        // Nobody was opened.
    }
}
