// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** All commands, wired to their shell. Immutable. */
final class CommandTree {

    private CommandTree() {}

    static CommandLine of(Shell shell) {
        PenstockCommand root = new PenstockCommand(shell);
        CommandLine tree = new CommandLine(root)
                .addSubcommand(configured(new RunCommand(shell), shell))
                .addSubcommand(new DemoCommand(shell))
                .addSubcommand(configured(new CheckCommand(shell), shell))
                .addSubcommand(configured(new PrintConfigCommand(shell), shell))
                .addSubcommand(configured(new ExplainCommand(shell), shell))
                .addSubcommand(new PluginsCommand(shell))
                .addSubcommand(new SchemaCommand(shell))
                .addSubcommand(new MockCommand(shell))
                .addSubcommand(new CommandLine(new KeysCommand()).addSubcommand(new KeysHashCommand(shell)))
                .addSubcommand(new InitCommand(shell))
                .addSubcommand(new VersionCommand(shell))
                .addSubcommand(new CompletionCommand(shell))
                .addSubcommand(new CommandLine.HelpCommand());
        tree.getSubcommands()
                .values()
                .forEach(command -> command.getCommandSpec().versionProvider(new Build.Provider()));
        FailurePrinter failures = new FailurePrinter(shell, root);
        return tree.setOut(shell.out())
                .setErr(shell.err())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setColorScheme(Help.defaultColorScheme(Ansi.OFF))
                .setExecutionStrategy(result -> execute(tree, root, result))
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures);
    }

    private static CommandLine configured(Configured command, Shell shell) {
        CommandLine line = new CommandLine(command);
        command.input().addFlagsTo(line, shell.environment());
        return line;
    }

    /** Colour is known once the arguments are parsed, and before any help is printed. */
    private static int execute(CommandLine tree, PenstockCommand root, ParseResult result) {
        tree.setColorScheme(Help.defaultColorScheme(root.colour() ? Ansi.ON : Ansi.OFF));
        return new RunLast().execute(result);
    }
}
