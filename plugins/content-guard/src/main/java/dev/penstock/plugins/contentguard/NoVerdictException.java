// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.contentguard;

/** The moderation service has not said whether a text may pass. */
final class NoVerdictException extends Exception {
    private static final long serialVersionUID = 1L;

    NoVerdictException(String message) {
        super(message);
    }

    NoVerdictException(String message, Throwable cause) {
        super(message, cause);
    }
}
