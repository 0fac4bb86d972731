// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * What this room needs from outside: a ticker for reckoning, a wall clock for people, randomness from zero to one, and
 * somebody to tell. Immutable; its parts are used by many threads at once.
 */
public record Surroundings(LongSupplier nanoTime, InstantSource wall, DoubleSupplier random, HealthListener listener) {

    public Surroundings {
        requireNonNull(nanoTime, "nanoTime");
        requireNonNull(wall, "wall");
        requireNonNull(random, "random");
        requireNonNull(listener, "listener");
    }

    /** The machine's own clocks and randomness. */
    public static Surroundings ofSystem(HealthListener listener) {
        return new Surroundings(
                System::nanoTime,
                InstantSource.system(),
                () -> ThreadLocalRandom.current().nextDouble(),
                listener);
    }

    Moment now() {
        return new Moment(nanoTime.getAsLong(), wall.instant());
    }
}
