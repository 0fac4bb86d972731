// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

/** Who a request is counted against. Immutable. */
public sealed interface ConsumerConfig {
    /** The address of the peer, or the client behind a trusted proxy. */
    @Variant("peer")
    record Peer() implements ConsumerConfig {}

    /** The value of a request header; the peer's address where a request does not carry it. */
    @Variant(value = "header", inline = true)
    record Header(
            @Doc(value = "Name of the request header; only for networks that set it themselves.", example = "x-team")
            HeaderName name)
            implements ConsumerConfig {}
}
