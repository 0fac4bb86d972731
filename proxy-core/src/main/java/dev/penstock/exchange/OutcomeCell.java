// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The one outcome of a stream: whoever is first decides, and it never changes.
 *
 * <p>Thread-safe: one atomic reference.
 */
final class OutcomeCell {
    private final AtomicReference<Optional<Outcome>> outcome = new AtomicReference<>(Optional.empty());

    /** True when this call decided. */
    boolean settle(Outcome candidate) {
        Optional<Outcome> before = outcome.get();
        return before.isEmpty() && outcome.compareAndSet(before, Optional.of(candidate));
    }

    Optional<Outcome> get() {
        return outcome.get();
    }
}
