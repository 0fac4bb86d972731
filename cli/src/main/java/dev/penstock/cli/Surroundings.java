// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * What a command sees of the process it runs in; tests give it another one. Immutable.
 *
 * @param out where data goes
 * @param err where talk goes
 * @param halt ends the process at once with this exit code
 */
record Surroundings(
        Map<String, String> environment, PrintWriter out, PrintWriter err, Signals signals, IntConsumer halt) {

    Surroundings {
        environment = Map.copyOf(environment);
    }

    /** Prints one line of talk. */
    void say(String line) {
        err.println("penstock: " + line);
        err.flush();
    }

    /** Prints one line of data. */
    void print(String line) {
        out.println(line);
        out.flush();
    }
}
