// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

/**
 * Whether the request of an attempt may be tried again. Asked before anything of the attempt is given up: an answer that nobody
 * may try again is the client's to see.
 *
 * <p>Confined to the stream thread.
 */
interface Retries {
    /** Whether attempts, time and clusters are left, as far as it can be said before the price is paid. */
    boolean arePossible();

    /** Whether there is anybody to ask who has not been asked yet. */
    boolean haveOthers();

    /** Takes one more attempt out of the budget; true is a promise that the request will be tried again. */
    boolean grant(String reason);
}
