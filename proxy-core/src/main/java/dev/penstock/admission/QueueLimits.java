// SPDX-License-Identifier: Apache-2.0
package dev.penstock.admission;

import java.time.Duration;

/** The bounds of the queue, in number and in time. A queue of zero refuses at once whatever cannot be admitted. Immutable. */
public record QueueLimits(int maxWaiting, Duration maxWait) {

    public QueueLimits {
        if (maxWaiting < 0 || maxWait.isNegative()) {
            throw new IllegalArgumentException("a queue of " + maxWaiting + " waiting " + maxWait);
        }
    }
}
