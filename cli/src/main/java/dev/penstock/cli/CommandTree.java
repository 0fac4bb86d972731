// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** All commands, wired to their surroundings. Immutable. */
final class CommandTree {

    private CommandTree() {}

    static CommandLine of(Surroundings surroundings) {
        PenstockCommand root = new PenstockCommand(surroundings);
        CommandLine tree = new CommandLine(root)
                .addSubcommand(configured(new CheckCommand(surroundings), surroundings))
                .addSubcommand(configured(new PrintConfigCommand(surroundings), surroundings))
                .addSubcommand(new SchemaCommand(surroundings))
                .addSubcommand(new MockCommand(surroundings))
                .addSubcommand(new InitCommand(surroundings))
                .addSubcommand(new VersionCommand(surroundings))
                .addSubcommand(new CompletionCommand(surroundings))
                .addSubcommand(new CommandLine.HelpCommand());
        FailurePrinter failures = new FailurePrinter(surroundings, root);
        return tree.setOut(surroundings.out())
                .setErr(surroundings.err())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setColorScheme(Help.defaultColorScheme(Ansi.OFF))
                .setExecutionStrategy(result -> execute(tree, root, result))
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures);
    }

    private static CommandLine configured(Configured command, Surroundings surroundings) {
        CommandLine line = new CommandLine(command);
        command.input().addFlagsTo(line, surroundings.environment());
        return line;
    }

    /** Colour is known once the arguments are parsed, and before any help is printed. */
    private static int execute(CommandLine tree, PenstockCommand root, ParseResult result) {
        tree.setColorScheme(Help.defaultColorScheme(root.colour() ? Ansi.ON : Ansi.OFF));
        return new RunLast().execute(result);
    }
}
