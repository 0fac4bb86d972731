// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.config.RetryCondition;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether the request of an attempt may be tried again. Asked before anything of the attempt is given up: an answer that nobody
 * may try again is the client's to see.
 *
 * <p>Confined to the stream thread, but for {@link #areOn} and {@link #areOnStatus}, which only read the configuration.
 */
interface Retries {
    /** Whether the configuration wants another attempt after this failure. */
    boolean areOn(RetryCondition.Failure failure);

    /** Whether the configuration wants another attempt after an answer with this status. */
    boolean areOnStatus(int status);

    /** Whether attempts, time and clusters are left, as far as it can be said before the price is paid. */
    boolean arePossible();

    /**
     * How long to wait before another attempt after an answer that says no: not at all where somebody else can be asked, as long as
     * the only one to ask has asked for where there is time, and empty where another attempt is not worth making.
     */
    Optional<Duration> pauseAfter(Optional<Duration> asked);

    /** Takes one more attempt out of the budget; true is a promise that the request will be tried again. */
    boolean grant(String reason);
}
