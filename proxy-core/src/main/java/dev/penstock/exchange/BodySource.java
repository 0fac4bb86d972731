// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import java.time.Duration;
import java.util.Optional;

/** Where a request's body comes from. A port, implemented by the server over the client's connection. */
public interface BodySource {
    /** Reads the body whole, blocking, within a bound on its size and a clock over all of it. Called once. */
    Body read(long limit, Optional<Duration> clock);

    /**
     * Throws away what has come of a body that nobody will read, if it is not too much. Never blocks, and asks for nothing.
     *
     * @return whether that was the end of it, so that the connection can be used again
     */
    boolean discard();

    /** What came of reading. */
    sealed interface Body permits Body.Whole, Body.TooLarge, Body.TooSlow, Body.Malformed, Body.Abandoned {
        /** All of it. Immutable: nobody writes into the bytes. */
        final class Whole implements Body {
            private final byte[] bytes;
            private final Duration took;

            /** Takes the array over; it must not be changed afterwards. */
            public Whole(byte[] bytes, Duration took) {
                this.bytes = bytes;
                this.took = took;
            }

            public byte[] bytes() {
                return bytes;
            }

            /** From the beginning of the reading to the last byte. */
            public Duration took() {
                return took;
            }
        }

        /** Larger than the limit; the rest was not read. */
        record TooLarge() implements Body {}

        /** Not whole in time. */
        record TooSlow() implements Body {}

        /** Its framing is broken, so that nobody can tell where it ends. */
        record Malformed() implements Body {}

        /** The client left in the middle. */
        record Abandoned() implements Body {}
    }
}
