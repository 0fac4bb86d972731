// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.time.Duration;

/** What happens to the upstream call when the client has left. Immutable. */
public sealed interface ClientAbort {
    /** Close the upstream connection at once. */
    @Variant("abort")
    record Abort() implements ClientAbort {}

    /** Read on for the usage report, up to a time and a byte bound. */
    @Variant("drain")
    record Drain(
            @Doc(value = "Longest time to read on.", standard = "10s")
            Duration time,

            @Doc(value = "Most bytes to read on.", standard = "1MiB")
            ByteSize bytes)
            implements ClientAbort {}
}
