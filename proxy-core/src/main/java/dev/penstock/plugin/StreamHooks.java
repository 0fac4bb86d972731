// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.StreamOutcome;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The plugin chain on one stream; whoever relays the stream talks to plugins through this and nothing else.
 *
 * <p>Order of calls: {@link #onRequest}; {@link #onResponseHead}; {@link #committed} once the head went to the client; for
 * each event {@link #onEvent}, and {@link #flushed} whenever what came out was flushed; at a proper end {@link #beforeLast},
 * {@link #flushed}, {@link #drainAndLast}, and then the terminal event; {@link #finish} always, after everything that the
 * stream holds was given back. All but the last may be left out.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>No method throws what a plugin threw, and none takes longer than its plugins' budgets and the grace, as long as the
 *       plugins return. If one never returns, the {@link Evictor} is told on another thread: it ends the stream, gives back
 *       what it holds, and calls {@link #finish}, which then leaves out nothing but the stuck object.
 *   <li>Every object that a plugin opened gets exactly one finish call, and no call after it.
 *   <li>The stream thread's interrupt flag is the same before and after each method.
 *   <li>An event that no filter changes keeps its bytes; if there is no filter for events, {@link #onEvent} always forwards, so
 *       bytes may be written before it is asked.
 * </ul>
 *
 * <p>Confined to the stream thread, except {@link #cancel} and {@link #finish}, which any thread may call.
 */
public sealed interface StreamHooks permits LiveHooks, NoHooks {

    /** For a stream without plugins: everything passes, and nothing is kept. */
    static StreamHooks none() {
        return NoHooks.INSTANCE;
    }

    /** Ends a stream whose thread is stuck in a plugin, from another thread, without waiting for it. */
    @FunctionalInterface
    interface Evictor {
        /**
         * Sets the outcome, answers the client if nothing was committed or else cuts its connection, aborts the upstream,
         * gives back permit and lease, and calls {@link StreamHooks#finish}. Runs on a platform thread of its own.
         */
        void evict(StreamHooks hooks, PluginFailure failure);
    }

    /** Asks the request filters, in the order of the chain. */
    HookAnswer onRequest(PluginRequest request);

    /** Who is calling, as far as the request filters have said; also when one of them has refused or answered. */
    Optional<String> consumer();

    /** Asks the head filters, in the reverse order of the chain. */
    HeadAnswer onResponseHead(AnswerHead head);

    /** The head that {@link #onResponseHead} let pass went to the client; observers start. */
    void committed();

    /** Whether a filter wants to see events before the client does; it may stop wanting that. */
    boolean wantsEvents();

    /** Whether an observer wants to see events after the client did; it may stop wanting that. */
    boolean observes();

    /** Whether a body that is too large to be shown to the filters must be refused. */
    boolean mustInspect();

    /**
     * An event that is not the terminal one. An answer that is not a stream is one event named {@code body}.
     *
     * @param name the value of the {@code event:} line; empty text or {@code message} if there is none
     * @param data owned by the plugins from now on
     * @param raw the bytes as the upstream sent them; owned by the filters from now on
     */
    EventAnswer onEvent(String name, byte[] data, Optional<String> id, byte[] raw);

    /**
     * What {@link #onEvent}, {@link #onHoldLimit} and {@link #beforeLast} let pass since the last call was flushed to the
     * client; observers are shown it.
     *
     * @return a failure if an observer could not keep up and its policy is that the stream fails
     */
    Optional<PluginFailure> flushed();

    /** The {@link System#nanoTime} at which {@link #onHoldLimit} must be called if no event comes; empty if nothing is held. */
    OptionalLong holdDeadlineNanos();

    /** Asks those filters whose hold-back window is over; call it when the deadline has passed. */
    EventAnswer onHoldLimit();

    /** The terminal event is there, or the framing has ended properly: asks the filters for what they hold. */
    EventAnswer beforeLast();

    /**
     * Waits for the observers to have seen everything, within the drain deadline, and takes their last word. The client must
     * not see anything of the end before this returns.
     *
     * @param name of the terminal event; {@code end} if the upstream ended by framing alone
     */
    LastResults drainAndLast(String name, byte[] data, Optional<String> id, SummaryFacts facts);

    /** From any thread: the stream is being cancelled. Interrupts a hook, ends waits, and no hook but finish begins again. */
    void cancel();

    /** From any thread: the stream is over. The first call says how; exactly one finish call to every opened object. */
    void finish(StreamOutcome outcome, SummaryFacts facts);
}
