// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.time.Duration;

/** Following a DNS name. Immutable. */
@Shorthand("refresh")
public record DnsConfig(
        @Doc(value = "Time between two look-ups.", standard = "30s")
        Duration refresh) {}
