// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

/** When (nanoTime) and how a peer left. Immutable. */
public record Departure(How how, long atNanos) {
    /** FIN: it closed in order. RESET: it sent RST, or a write to it failed. */
    public enum How {
        FIN,
        RESET
    }
}
