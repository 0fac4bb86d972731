// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

/** How a probe ended. Immutable. */
public sealed interface ProbeResult {

    record Passed() implements ProbeResult {}

    /** The reason is for logs and operators. */
    record Failed(String why) implements ProbeResult {}
}
