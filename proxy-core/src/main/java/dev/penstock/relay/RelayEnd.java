// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

/** How a relay came to its end without an exception of either side. Immutable. */
public sealed interface RelayEnd {
    /** The answer is whole: its terminal event was relayed, or its framing ended and it has none. */
    record Complete() implements RelayEnd {}

    /** The framing ended properly, but the dialect's terminal event never came. */
    record Truncated() implements RelayEnd {}

    /** The upstream reported an error inside the stream, and then ended without more; the client has it, verbatim. */
    record UpstreamError() implements RelayEnd {}

    /** The upstream reported an error inside the stream, and then ended it as its dialect asks; the client has all of it. */
    record CompleteWithError() implements RelayEnd {}

    /** The upstream's first event was an error, and the client has nothing of it. */
    record ErrorWithheld() implements RelayEnd {}

    /** A limit was crossed. */
    record LimitExceeded(String message) implements RelayEnd {}

    /** A plugin ended the stream; the client has its farewell. */
    record StoppedByPlugin() implements RelayEnd {}

    /** A plugin failed, and is configured to end the stream with it. */
    record PluginFailed() implements RelayEnd {}
}
