// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Writes the completion script for fish, which picocli does not. Immutable. */
final class FishCompletion {

    private FishCompletion() {}

    static String script(CommandSpec root) {
        List<String> lines = new ArrayList<>();
        lines.add("# fish completion for " + root.name());
        lines.add("complete -c " + root.name() + " -f -n __fish_use_subcommand");
        for (CommandLine command : root.subcommands().values()) {
            CommandSpec spec = command.getCommandSpec();
            lines.add("complete -c " + root.name() + " -f -n __fish_use_subcommand -a " + spec.name() + " -d "
                    + quoted(spec.usageMessage().description()));
            String condition = " -n '__fish_seen_subcommand_from " + spec.name() + "'";
            spec.options().forEach(option -> lines.add("complete -c " + root.name() + condition + option(option)));
        }
        return String.join(System.lineSeparator(), lines);
    }

    private static String option(OptionSpec option) {
        StringBuilder words = new StringBuilder();
        for (String name : option.names()) {
            words.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
        }
        words.append(option.arity().max() > 0 ? " -r" : "").append(" -d ");
        return words.append(quoted(option.description())).toString();
    }

    private static String quoted(String[] description) {
        String text = description.length == 0 ? "" : description[0];
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
