// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.ObserverSettings;
import dev.penstock.spi.OverflowPolicy;
import dev.penstock.spi.ResponseHead;
import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamObserver;
import dev.penstock.spi.StreamOutcome;
import dev.penstock.spi.StreamSummary;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One observer on one stream, with its queue and its virtual thread. The stream thread puts events in after they were
 * flushed; the lane's thread hands them over one by one, so the observer never sees two calls at once and never delays the
 * client. The queue is bounded by count and bytes; what happens when it is full is the observer's own policy.
 *
 * <p>States: NEW until the head was sent; OPEN; CLOSING when no more events come; ENDED when the observer has had them all;
 * DETACHED when it was let go before that. The thread is interrupted through its {@link CallGuard} only, so never outside
 * plugin code.
 *
 * <p>Guarded by lock: state, queue, queuedBytes, lost.
 */
final class ObserverLane {
    private static final Logger LOG = LoggerFactory.getLogger(ObserverLane.class);

    private enum State {
        NEW,
        OPEN,
        CLOSING,
        ENDED,
        DETACHED
    }

    private final PluginRuntime runtime;
    private final String stream;
    private final Opened opened;
    private final StreamObserver observer;
    private ObserverSettings settings = ObserverSettings.defaults(); // stream thread only
    private final Runnable threadStarts;
    private final Runnable threadEnded;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition(); // the lane's thread waits for an event or a state
    private final Condition freed = lock.newCondition(); // the stream thread waits for room or the end
    private final Deque<StreamEvent> queue = new ArrayDeque<>();
    private State state = State.NEW;
    private long queuedBytes;
    private long lost;

    /**
     * @param threadStarts told before there is a thread
     * @param threadEnded told when that thread will not touch the plugin any more
     */
    ObserverLane(
            PluginRuntime runtime,
            String stream,
            ChainEntry entry,
            StreamObserver observer,
            Runnable threadStarts,
            Runnable threadEnded) {
        this.runtime = runtime;
        this.stream = stream;
        this.opened = new Opened(entry, this::onFinish);
        this.observer = observer;
        this.threadStarts = threadStarts;
        this.threadEnded = threadEnded;
    }

    Opened opened() {
        return opened;
    }

    /** What the observer asks for; before the first event. */
    void use(ObserverSettings asked) {
        settings = asked;
    }

    StreamObserver observer() {
        return observer;
    }

    /** Whether there is anybody to tell. */
    boolean isAttached() {
        lock.lock();
        try {
            return state == State.NEW || state == State.OPEN;
        } finally {
            lock.unlock();
        }
    }

    /** The head went to the client: from now on there is a thread. */
    void start(ResponseHead head) {
        lock.lock();
        try {
            if (state != State.NEW) {
                return;
            }
            state = State.OPEN;
        } finally {
            lock.unlock();
        }
        Thread thread = Thread.ofVirtual()
                .name("stream-" + stream + "/" + opened.entry().name())
                .unstarted(() -> run(head));
        opened.abandonedOn(new CallGuard(thread, stream));
        threadStarts.run();
        thread.start();
    }

    /**
     * The client was sent this event.
     *
     * @return false if the observer could not take it, and the stream must fail for it
     */
    boolean offer(StreamEvent event, CallGuard streamGuard) {
        lock.lock();
        try {
            if (state != State.NEW && state != State.OPEN) {
                return true;
            }
            if (hasRoom(event)) {
                put(event);
                return true;
            }
            return full(event, streamGuard);
        } finally {
            lock.unlock();
        }
    }

    private boolean full(StreamEvent event, CallGuard streamGuard) {
        switch (settings.overflow()) {
            case OverflowPolicy.Gap ignored -> lose(1);
            case OverflowPolicy.Detach ignored -> detach("its queue is full", 1);
            case OverflowPolicy.Block block -> {
                if (awaitRoom(event, block.limit().toNanos(), streamGuard)) {
                    put(event);
                } else if (!streamGuard.cancelled()) {
                    detach("its queue stayed full", 1);
                }
            }
            case OverflowPolicy.Fail ignored -> {
                detach("its queue is full, and the stream fails for it", 1);
                return false;
            }
        }
        return true;
    }

    private boolean hasRoom(StreamEvent event) {
        return queue.isEmpty()
                || (queue.size() < settings.maxEvents() && queuedBytes + event.size() <= settings.maxBytes());
    }

    private void put(StreamEvent event) {
        queue.add(event);
        queuedBytes += event.size();
        filled.signal();
    }

    private boolean awaitRoom(StreamEvent event, long nanos, CallGuard streamGuard) {
        long left = nanos;
        try {
            while (state == State.OPEN && !hasRoom(event) && !streamGuard.cancelled() && left > 0) {
                left = freed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return state == State.OPEN && hasRoom(event);
    }

    /** The stream was cancelled: nobody shall wait here. */
    void wake() {
        lock.lock();
        try {
            freed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** No more events will come. */
    void close() {
        lock.lock();
        try {
            state = switch (state) {
                case NEW -> State.ENDED;
                case OPEN -> State.CLOSING;
                case CLOSING, ENDED, DETACHED -> state;
            };
            filled.signal();
        } finally {
            lock.unlock();
        }
    }

    /** After {@link #close}: waits for the observer to have had everything, and detaches it if that takes longer. */
    boolean drain(long deadlineNanos) {
        lock.lock();
        try {
            long left = deadlineNanos - runtime.now();
            while (state == State.CLOSING && left > 0) {
                left = freed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        detach("it had not seen everything in time", 0);
        return hasSeenTheEnd();
    }

    private boolean hasSeenTheEnd() {
        lock.lock();
        try {
            return state == State.ENDED && opened.elsewhere() != null;
        } finally {
            lock.unlock();
        }
    }

    /** For this observer's eyes. */
    StreamSummary summary(SummaryFacts facts) {
        lock.lock();
        try {
            return facts.seenBy(lost, state == State.ENDED && lost == 0);
        } finally {
            lock.unlock();
        }
    }

    /** Lets the observer go, unless it has had everything already. */
    void detach(String why, int alsoLost) {
        lock.lock();
        try {
            if (state == State.ENDED || state == State.DETACHED) {
                return;
            }
            state = State.DETACHED;
            lose(queue.size() + alsoLost);
            queue.clear();
            queuedBytes = 0;
            filled.signal();
            freed.signalAll();
        } finally {
            lock.unlock();
        }
        runtime.meters().detached(opened.entry().name());
        LOG.warn("stream {}: plugin {}: detached: {}", stream, opened.entry().name(), why);
        interrupt();
    }

    private void interrupt() {
        CallGuard guard = opened.elsewhere();
        if (guard != null && guard.cancel(runtime.now())) {
            runtime.watchdog().watch(guard, runtime.budgets().grace(), site -> {});
            if (!guard.busy()) {
                runtime.watchdog().unwatch(guard);
            }
        }
    }

    private void lose(int events) {
        if (events > 0) {
            lost += events;
            runtime.meters().eventsLost(opened.entry().name(), events);
        }
    }

    private void run(ResponseHead head) {
        CallGuard guard = opened.elsewhere();
        if (guard == null) {
            return; // set before the thread was started
        }
        try {
            call(guard, () -> {
                observer.onStart(head);
                return true;
            });
            for (Optional<StreamEvent> next = take(); next.isPresent(); next = take()) {
                StreamEvent event = next.get();
                call(guard, () -> {
                    observer.onEvent(event);
                    return true;
                });
            }
        } catch (PluginException e) {
            detach("it failed", 0);
        } finally {
            runtime.watchdog().unwatch(guard);
            threadEnded.run();
        }
    }

    private void call(CallGuard guard, Callable<Boolean> body) throws PluginException {
        runtime.run(guard, opened.entry().site(Phase.OBSERVE), opened, Long.MAX_VALUE, body);
    }

    private Optional<StreamEvent> take() {
        lock.lock();
        try {
            while (queue.isEmpty() && state == State.OPEN) {
                filled.awaitUninterruptibly();
            }
            StreamEvent event = queue.poll();
            if (event == null) {
                state = state == State.CLOSING ? State.ENDED : state;
                freed.signalAll();
                return Optional.empty();
            }
            queuedBytes -= event.size();
            freed.signal();
            return Optional.of(event);
        } finally {
            lock.unlock();
        }
    }

    private void onFinish(StreamOutcome outcome, StreamSummary summary) throws Exception {
        observer.onFinish(outcome, summary);
    }
}
