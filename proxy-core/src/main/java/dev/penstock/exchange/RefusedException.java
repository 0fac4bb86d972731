// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

/** Unwinds an exchange to the place where refusals are answered. Never leaves this package. Immutable. */
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Refusal refusal;

    RefusedException(Refusal refusal) {
        super(refusal.message(), null, false, false);
        this.refusal = refusal;
    }

    Refusal refusal() {
        return refusal;
    }
}
