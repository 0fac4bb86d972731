// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

/**
 * The bytes {@code [start, end)} of a request body.
 *
 * <p>Immutable.
 */
public record ByteSpan(int start, int end) {
    /** Checks the order. */
    public ByteSpan {
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("no span: " + start + " to " + end);
        }
    }
}
