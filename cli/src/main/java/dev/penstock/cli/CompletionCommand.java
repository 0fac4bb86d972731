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
    enum Shell {
        BASH,
        ZSH,
        FISH
    }

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
    private Shell shell = Shell.BASH;

    private final Surroundings surroundings;

    CompletionCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        CommandLine tree = CommandTree.of(surroundings);
        surroundings.print(
                switch (shell) {
                    case BASH, ZSH -> AutoComplete.bash("penstock", tree); // the script serves both
                    case FISH -> FishCompletion.script(tree.getCommandSpec());
                });
        return ExitCode.OK;
    }
}
