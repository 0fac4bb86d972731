// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testkit;

import dev.penstock.spi.EventDecision;
import dev.penstock.spi.HoldBack;
import dev.penstock.spi.LastResult;
import dev.penstock.spi.ObserverSettings;
import dev.penstock.spi.Plugin;
import dev.penstock.spi.RequestDecision;
import dev.penstock.spi.RequestDraft;
import dev.penstock.spi.ResponseDecision;
import dev.penstock.spi.ResponseHead;
import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamFilter;
import dev.penstock.spi.StreamInfo;
import dev.penstock.spi.StreamObserver;
import dev.penstock.spi.StreamOutcome;
import dev.penstock.spi.StreamSummary;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A plugin as it is, with a count of what it opened and what was finished. Thread-safe: counters and a concurrent list. */
final class CountedPlugin implements Plugin {
    private final Plugin plugin;
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger finished = new AtomicInteger();
    private final List<Object> objects = new CopyOnWriteArrayList<>();

    CountedPlugin(Plugin plugin) {
        this.plugin = plugin;
    }

    Plugin plugin() {
        return plugin;
    }

    int opened() {
        return opened.get();
    }

    int finished() {
        return finished.get();
    }

    /** The filters and observers that it gave. */
    List<Object> objects() {
        return objects;
    }

    @Override
    public Optional<StreamFilter> filter(StreamInfo stream) throws Exception {
        Optional<StreamFilter> filter = plugin.filter(stream);
        return filter.map(given -> {
            count(given);
            return new CountedFilter(given);
        });
    }

    @Override
    public Optional<StreamObserver> observer(StreamInfo stream) throws Exception {
        Optional<StreamObserver> observer = plugin.observer(stream);
        return observer.map(given -> {
            count(given);
            return new CountedObserver(given);
        });
    }

    private void count(Object given) {
        objects.add(given);
        opened.incrementAndGet();
    }

    @Override
    public void close() {
        plugin.close();
    }

    private final class CountedFilter implements StreamFilter {
        private final StreamFilter filter;

        CountedFilter(StreamFilter filter) {
            this.filter = filter;
        }

        @Override
        public HoldBack holdBack() throws Exception {
            return filter.holdBack();
        }

        @Override
        public RequestDecision onRequest(RequestDraft request) throws Exception {
            return filter.onRequest(request);
        }

        @Override
        public ResponseDecision onResponseHead(ResponseHead head) throws Exception {
            return filter.onResponseHead(head);
        }

        @Override
        public EventDecision onEvent(StreamEvent event) throws Exception {
            return filter.onEvent(event);
        }

        @Override
        public EventDecision onHoldLimit() throws Exception {
            return filter.onHoldLimit();
        }

        @Override
        public EventDecision beforeLast() throws Exception {
            return filter.beforeLast();
        }

        @Override
        public void onFinish(StreamOutcome outcome, StreamSummary summary) throws Exception {
            finished.incrementAndGet();
            filter.onFinish(outcome, summary);
        }
    }

    private final class CountedObserver implements StreamObserver {
        private final StreamObserver observer;

        CountedObserver(StreamObserver observer) {
            this.observer = observer;
        }

        @Override
        public ObserverSettings settings() throws Exception {
            return observer.settings();
        }

        @Override
        public void onStart(ResponseHead head) throws Exception {
            observer.onStart(head);
        }

        @Override
        public void onEvent(StreamEvent event) throws Exception {
            observer.onEvent(event);
        }

        @Override
        public LastResult onLast(StreamEvent last, StreamSummary summary) throws Exception {
            return observer.onLast(last, summary);
        }

        @Override
        public void onFinish(StreamOutcome outcome, StreamSummary summary) throws Exception {
            finished.incrementAndGet();
            observer.onFinish(outcome, summary);
        }
    }
}
