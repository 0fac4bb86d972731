// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

/**
 * How an admitted exchange is to end towards the client. It is carried out after the permits, the lease and the call have been
 * given back, so a client that asks again at once finds the capacity that it has just freed. Immutable.
 */
sealed interface Ending {
    /** The answer is whole. */
    record Whole(Outcome outcome) implements Ending {}

    /**
     * The answer is not whole. Before the commit the client gets the refusal as an answer; after it, in a stream, an error event
     * and an abortive end.
     */
    record Broken(Outcome outcome, Refusal refusal) implements Ending {}

    /** The client has the upstream's own error event; nothing is added, and the end is abortive. */
    record Told(Outcome outcome) implements Ending {}

    /** Nobody is there to be told. */
    record Gone(Outcome outcome) implements Ending {}

    Outcome outcome();
}
