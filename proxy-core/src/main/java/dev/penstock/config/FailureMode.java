// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

/** What a failing filter does to its stream. Immutable. */
public enum FailureMode {
    /** The stream fails with it. */
    CLOSED,
    /** The stream goes on without it. */
    OPEN
}
