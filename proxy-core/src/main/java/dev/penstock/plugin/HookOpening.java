// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.HoldBack;
import dev.penstock.spi.ObserverSettings;
import dev.penstock.spi.StreamFilter;
import dev.penstock.spi.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Opens the plugins of a chain for one stream: observers first, then filters, so that a request which a filter refuses is
 * still observed. Never throws: what failed closed is remembered as the failure. An object that a plugin gave too late is not
 * used, but it is finished like any other.
 *
 * <p>Confined to the stream thread.
 */
final class HookOpening {
    private final StreamCalls calls;
    private final OpenStream stream;
    private final PluginSet set;
    private final Finishing finishing;
    private final List<ObserverLane> lanes;
    private final List<FilterStage> filters;
    private Optional<PluginFailure> failure = Optional.empty();

    /**
     * @param lanes where opened observers go
     * @param filters where opened filters go
     */
    HookOpening(
            StreamCalls calls,
            OpenStream stream,
            PluginSet set,
            Finishing finishing,
            List<ObserverLane> lanes,
            List<FilterStage> filters) {
        this.calls = calls;
        this.stream = stream;
        this.set = set;
        this.finishing = finishing;
        this.lanes = lanes;
        this.filters = filters;
    }

    /** Opens everything; what must keep the stream from going on comes back. */
    Optional<PluginFailure> open() {
        for (ChainEntry entry : set.chain().entries()) {
            if (entry.observes()) {
                openObserver(entry);
            }
        }
        for (ChainEntry entry : set.chain().entries()) {
            if (entry.filters() && failure.isEmpty()) {
                openFilter(entry);
            }
        }
        finishing.allOpened();
        return failure;
    }

    private void openObserver(ChainEntry entry) {
        Given<StreamObserver> given = ask(entry, () -> entry.plugin().observer(stream));
        if (given.object.isEmpty()) {
            return;
        }
        StreamObserver observer = given.object.get();
        var lane =
                new ObserverLane(calls.runtime(), calls.guard().stream(), entry, observer, set::retain, set::release);
        lanes.add(lane);
        finishing.add(lane.opened());
        try {
            given.throwFailure();
            ObserverSettings settings = calls.call(lane.opened(), Phase.OPEN, budget(entry), observer::settings);
            if (settings == null) {
                throw calls.garbage(lane.opened(), Phase.OPEN, "has null settings");
            }
            lane.use(settings);
        } catch (PluginException e) {
            lane.detach("it could not be opened", 0);
        }
    }

    private void openFilter(ChainEntry entry) {
        Given<StreamFilter> given = ask(entry, () -> entry.plugin().filter(stream));
        if (given.object.isEmpty()) {
            given.failure.ifPresent(e -> failed(entry, e));
            return;
        }
        StreamFilter filter = given.object.get();
        Opened opened = new Opened(entry, filter::onFinish);
        finishing.add(opened);
        try {
            given.throwFailure();
            HoldBack window = calls.call(opened, Phase.OPEN, budget(entry), filter::holdBack);
            if (window == null) {
                throw calls.garbage(opened, Phase.OPEN, "has a null window");
            }
            filters.add(new FilterStage(opened, filter, window));
        } catch (PluginException e) {
            failed(entry, e);
        }
    }

    private <T> Given<T> ask(ChainEntry entry, Callable<Optional<T>> body) {
        Opened nothingYet = new Opened(entry, (outcome, summary) -> {});
        AtomicReference<Optional<T>> object = new AtomicReference<>(Optional.empty());
        try {
            Optional<T> given = calls.call(nothingYet, Phase.OPEN, budget(entry), () -> {
                Optional<T> answer = body.call();
                object.set(answer == null ? Optional.empty() : answer);
                return answer;
            });
            if (given == null) {
                throw calls.garbage(nothingYet, Phase.OPEN, "gave null");
            }
            return new Given<>(given, Optional.empty());
        } catch (PluginException e) {
            return new Given<>(object.get(), Optional.of(e));
        }
    }

    private void failed(ChainEntry entry, PluginException e) {
        if (entry.failClosed() || !Policy.mayGoOn(e)) {
            failure = Optional.of(e.failure());
        }
    }

    private static long budget(ChainEntry entry) {
        return entry.budgets().open().toNanos();
    }

    /** What a plugin gave, and how the call failed nevertheless. */
    private record Given<T>(Optional<T> object, Optional<PluginException> failure) {
        void throwFailure() throws PluginException {
            if (failure.isPresent()) {
                throw failure.get();
            }
        }
    }
}
