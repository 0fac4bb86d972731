// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

/** A command that cannot go on, with the one line its user should read. */
final class Failure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /** A failure whose message says what, where, and what to do, in lower case. */
    Failure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    Failure(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
