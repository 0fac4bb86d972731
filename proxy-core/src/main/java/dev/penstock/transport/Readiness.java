// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

/** What waiting for input came to. Immutable. */
public enum Readiness {
    /** There are bytes to take. */
    READY,
    /** The peer has closed or reset the connection, or we have closed it. */
    ENDED,
    /** Nothing came in time; the connection is as it was. */
    TIMEOUT
}
