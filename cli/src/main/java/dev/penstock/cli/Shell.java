// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import dev.penstock.cli.log.LogOutput;
import java.io.PrintWriter;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * What a command sees of the process it runs in; tests give it another one. Immutable.
 *
 * @param input what is typed or piped in
 * @param out where data goes
 * @param err where talk goes
 * @param accessLog where lines about requests go; whether it is a terminal decides about colour too
 * @param eventLog where the log of the application goes
 * @param halt ends the process at once with this exit code
 */
record Shell(
        Map<String, String> environment,
        Input input,
        PrintWriter out,
        PrintWriter err,
        LogOutput accessLog,
        LogOutput eventLog,
        Signals signals,
        IntConsumer halt) {

    Shell {
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
