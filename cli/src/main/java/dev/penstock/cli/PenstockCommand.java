// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command without a sub-command, and the options that all of them have. Confined to the main thread. */
@Command(
        name = "penstock",
        description = "A proxy for LLM streams.",
        mixinStandardHelpOptions = true,
        versionProvider = Build.Provider.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footer = {
            "",
            "Exit codes: 0 ok, 1 unexpected, 2 usage, 69 an address or file is not available,",
            "70 internal, 78 configuration, 130 second Ctrl-C.",
            "",
            "Try it, no key needed:  penstock demo --once"
        })
final class PenstockCommand implements Callable<Integer> {

    /** When to print in colour. */
    enum Colour {
        AUTO,
        ALWAYS,
        NEVER
    }

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Show stack traces, and the command line of the JVM.")
    private boolean verbose;

    @Option(
            names = "--color",
            scope = ScopeType.INHERIT,
            paramLabel = "WHEN",
            description = "Colour: auto (on a terminal, unless NO_COLOR is set), always, never.")
    private Colour colour = Colour.AUTO;

    private final Shell shell;

    PenstockCommand(Shell shell) {
        this.shell = shell;
    }

    boolean verbose() {
        return verbose;
    }

    boolean colour() {
        return switch (colour) {
            case ALWAYS -> true;
            case NEVER -> false;
            case AUTO ->
                shell.accessLog().terminal()
                        && shell.environment().getOrDefault("NO_COLOR", "").isEmpty();
        };
    }

    @Override
    public Integer call() {
        shell.print("""
            Penstock is a proxy for LLM streams.

              penstock demo --once            one streamed answer through the proxy, no key needed
              penstock init                   writes penstock.yaml, with comments
              penstock run penstock.yaml      starts the proxy

            penstock --help lists everything.\
            """);
        return ExitCode.OK;
    }
}
