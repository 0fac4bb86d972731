// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import dev.penstock.config.ConfigException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into one line on standard error and an exit code; a stack trace only with {@code -v}. Immutable. */
final class FailurePrinter implements IParameterExceptionHandler, IExecutionExceptionHandler {

    private final Shell shell;
    private final PenstockCommand root;

    FailurePrinter(Shell shell, PenstockCommand root) {
        this.shell = shell;
        this.root = root;
    }

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        shell.say(lowerCase(failure) + suggestion(failure) + "; see "
                + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult result) {
        if (root.verbose()) {
            failure.printStackTrace(shell.err());
        }
        return switch (failure) {
            case Failure ours -> {
                shell.say(lowerCase(ours));
                yield ours.exitCode();
            }
            case ConfigException config -> {
                shell.err().println(config.getMessage());
                shell.err().flush();
                yield ExitCode.CONFIG;
            }
            default -> {
                shell.say("internal error, please report it with the output of -v: " + failure);
                yield ExitCode.INTERNAL;
            }
        };
    }

    private static String suggestion(ParameterException failure) {
        if (!(failure instanceof UnmatchedArgumentException unmatched)
                || unmatched.getSuggestions().isEmpty()) {
            return "";
        }
        return ", did you mean " + unmatched.getSuggestions().getFirst() + "?";
    }

    private static String lowerCase(Exception failure) {
        String message = String.valueOf(failure.getMessage());
        return message.isEmpty() ? message : Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }
}
