// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How an admitted request ended: exactly one of these, the same words in metrics, access log, plugins and errors. A closed
 * list. Immutable.
 */
public enum Outcome {
    /** The client got a whole answer, whatever it says. */
    COMPLETED(Side.UPSTREAM),
    /** The client left. */
    CLIENT_DISCONNECT(Side.CLIENT),
    /** The model server failed: a reset, an error status of its own, an error event inside a stream, not HTTP. */
    UPSTREAM_ERROR(Side.UPSTREAM),
    /** The answer ended without its end. */
    UPSTREAM_TRUNCATED(Side.UPSTREAM),
    /** No instance could be connected to. */
    CONNECT_FAILED(Side.UPSTREAM),
    /** Nothing came from the model server in time. */
    FIRST_BYTE_TIMEOUT(Side.UPSTREAM),
    /** The model server fell silent in the middle. */
    IDLE_TIMEOUT(Side.UPSTREAM),
    /** The stream outlived its total clock. */
    MAX_DURATION(Side.PROXY),
    /** A limit on bytes was crossed. */
    LIMIT_EXCEEDED(Side.PROXY),
    /** The client did not read. */
    SLOW_CLIENT(Side.CLIENT),
    /** A plugin ended the stream, as it may. */
    STOPPED_BY_PLUGIN(Side.PLUGIN),
    /** A plugin failed, and is configured to take its stream along. */
    PLUGIN_ERROR(Side.PLUGIN),
    /** The proxy is going down, or an operator ended the stream. */
    SHUTDOWN(Side.OPERATOR),
    /** Our own bug. */
    INTERNAL_ERROR(Side.PROXY);

    private final Side side;

    Outcome(Side side) {
        this.side = side;
    }

    /** The word used in metrics, logs and errors. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Which side ended the stream: client, upstream, proxy, plugin or operator. */
    String endedBy() {
        return side.name().toLowerCase(Locale.ROOT);
    }

    /** All words, for metrics that exist at zero from the start. */
    public static List<String> words() {
        return Stream.of(values()).map(Outcome::word).toList();
    }

    private enum Side {
        CLIENT,
        UPSTREAM,
        PROXY,
        PLUGIN,
        OPERATOR
    }
}
