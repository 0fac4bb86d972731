// SPDX-License-Identifier: Apache-2.0
package dev.penstock.metrics;

import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;

/**
 * The meters of one hook of one plugin, looked up once and then used per call without allocating. Thread-safe: it only
 * adds to striped counters.
 */
public final class HookMeter {
    private final Histogram.Child duration;
    private final Counter.Child errors;

    HookMeter(Histogram.Child duration, Counter.Child errors) {
        this.duration = duration;
        this.errors = errors;
    }

    /** One call of the hook, whatever came of it. */
    public void took(double seconds) {
        duration.observe(seconds);
    }

    /** The call threw, ran out of time or answered garbage. */
    public void failed() {
        errors.inc();
    }
}
