// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import dev.penstock.cli.log.LogOutput;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The process: arguments in, exit code out. Confined to the main thread. */
public final class Main {

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        Shell shell = new Shell(
                System.getenv(),
                new ProcessInput(),
                out,
                err,
                LogOutput.stdout(),
                LogOutput.stderr(),
                new ProcessSignals(),
                Runtime.getRuntime()::halt);
        System.exit(CommandTree.of(shell).execute(arguments));
    }
}
