// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

/** What came of a reload. Immutable. */
public sealed interface ReloadResult {
    /** The configuration in force is a new one. */
    record Applied(long generation) implements ReloadResult {}

    /** The old one stays in force; the report says why, with every place. */
    record Refused(Why why, String report) implements ReloadResult {}

    /** What kind of obstacle there was. */
    enum Why {
        /** The new configuration is wrong. */
        INVALID,
        /** It is right, and changes what cannot change while the proxy runs. */
        NEEDS_RESTART,
        /** Another reload is on its way, or the proxy is going down. */
        NOT_NOW
    }
}
