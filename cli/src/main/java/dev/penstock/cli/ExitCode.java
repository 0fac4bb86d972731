// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

/** What the process tells its parent; the numbers are those of {@code sysexits.h} where it has one. Immutable. */
final class ExitCode {

    static final int OK = 0;
    /** Something failed that is not on this list, such as a demonstration that did not complete. */
    static final int UNEXPECTED = 1;
    /** The command line could not be understood. */
    static final int USAGE = 2;
    /** Something needed is not available: an address that is taken, a file that cannot be written. */
    static final int UNAVAILABLE = 69;
    /** A bug of ours. */
    static final int INTERNAL = 70;
    /** The configuration cannot be used. */
    static final int CONFIG = 78;
    /** A second Ctrl-C cut the draining short. */
    static final int INTERRUPTED = 130;
    /** A second SIGTERM cut the draining short. */
    static final int TERMINATED = 143;

    private ExitCode() {}
}
