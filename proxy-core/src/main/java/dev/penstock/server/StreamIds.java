// SPDX-License-Identifier: Apache-2.0
package dev.penstock.server;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Our ids of streams: short, unique in the process, and different from process to process, so that logs of several workers can
 * be read together.
 *
 * <p>Thread-safe: an atomic counter.
 */
final class StreamIds {
    private final String prefix = Integer.toString(new SecureRandom().nextInt(36 * 36 * 36 * 36), 36);
    private final AtomicLong next = new AtomicLong();

    String next() {
        return prefix + "-" + Long.toString(next.incrementAndGet(), 36);
    }
}
