// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

/**
 * A place in the life of a stream where a plugin may be called.
 *
 * <p>A factory declares its hooks in {@link PluginFactory#hooks()}; core calls nothing else. Declaring little is worth
 * something: if no filter on a stream declares {@link #EVENT}, its bytes go downstream untouched. The finish calls are
 * not declared: whoever was opened is finished.
 *
 * <pre>{@code
 * public Set<Hook> hooks() {
 *     return Set.of(Hook.REQUEST, Hook.EVENT);
 * }
 * }</pre>
 *
 * <p>Immutable. The list may grow in a minor version; keep a default branch.
 */
public enum Hook {
    /** {@link StreamFilter#onRequest}: before admission, no permit held; may take its time within its budget. */
    REQUEST,

    /** {@link StreamFilter#onResponseHead}: the upstream has answered, nothing has been sent to the client. */
    RESPONSE_HEAD,

    /** {@link StreamFilter#onEvent}, {@link StreamFilter#onHoldLimit} and {@link StreamFilter#beforeLast}. */
    EVENT,

    /** {@link StreamObserver}: all of its calls. */
    OBSERVE
}
