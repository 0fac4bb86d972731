// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How long plugin code may take. Immutable.
 *
 * @param open each {@code filter}, {@code observer}, {@code holdBack} and {@code settings} call
 * @param request {@code onRequest}, unless the chain entry says otherwise
 * @param inline each {@code onResponseHead}, {@code onEvent}, {@code onHoldLimit} and {@code beforeLast}
 * @param drain how long the end of a stream waits for its lanes, all together
 * @param last each {@code onLast}
 * @param finish all {@code onFinish} of a stream together
 * @param grace from the interrupt until a call counts as stuck
 */
public record PluginBudgets(
        Duration open,
        Duration request,
        Duration inline,
        Duration drain,
        Duration last,
        Duration finish,
        Duration grace) {
    public PluginBudgets {
        requireNonNull(open, "open");
        requireNonNull(request, "request");
        requireNonNull(inline, "inline");
        requireNonNull(drain, "drain");
        requireNonNull(last, "last");
        requireNonNull(finish, "finish");
        requireNonNull(grace, "grace");
    }

    public static PluginBudgets defaults() {
        return new PluginBudgets(
                Duration.ofMillis(50),
                Duration.ofSeconds(1),
                Duration.ofMillis(50),
                Duration.ofMillis(250),
                Duration.ofMillis(250),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1));
    }

    /** The same with another budget for {@code onRequest}. */
    public PluginBudgets withRequest(Duration budget) {
        return new PluginBudgets(open, budget, inline, drain, last, finish, grace);
    }
}
