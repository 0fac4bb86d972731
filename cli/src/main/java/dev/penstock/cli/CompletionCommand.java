// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code penstock completion}. Confined to the main thread. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = "Print a completion script for a shell.",
        footer = {
            "",
            "  bash   source <(penstock completion bash)",
            "  zsh    source <(penstock completion zsh)",
            "  fish   penstock completion fish | source"
        })
final class CompletionCommand implements Callable<Integer> {

    /** Shells that have one. */
    enum ShellName {
        BASH,
        ZSH,
        FISH
    }

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
    private ShellName name = ShellName.BASH;

    private final Shell shell;

    CompletionCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        CommandLine tree = CommandTree.of(shell);
        shell.print(
                switch (name) {
                    case BASH, ZSH -> AutoComplete.bash("penstock", tree); // the script serves both
                    case FISH -> FishCompletion.script(tree.getCommandSpec());
                });
        return ExitCode.OK;
    }
}
