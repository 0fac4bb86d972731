// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import dev.penstock.config.ConfigLoader;
import dev.penstock.config.ConfigOverride;
import dev.penstock.config.LoadedConfig;
import dev.penstock.launch.ConfigFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The file and the flags from which a command takes its configuration. A flag beats the environment, which beats the file, which
 * beats the default. Confined to the main thread.
 */
final class ConfigInput {

    private static final String VARIABLE = "PENSTOCK_CONFIG";

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The same, for those who look for a flag.")
    private Optional<Path> option = Optional.empty();

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The configuration. (env: " + VARIABLE + ")")
    private Optional<Path> positional = Optional.empty();

    private final Map<ConfigFlag, String> flags = new EnumMap<>(ConfigFlag.class);

    /** Gives the command an option for every flag; help says which variable stands in for it, and its value if it is set. */
    void addFlagsTo(CommandLine command, Map<String, String> environment) {
        for (ConfigFlag flag : ConfigFlag.values()) {
            String set = environment.containsKey(flag.variable()) ? "=" + environment.get(flag.variable()) : "";
            OptionSpec.Builder option = OptionSpec.builder(flag.option())
                    .description(flag.description(), "(env: " + flag.variable() + set + ")")
                    .arity(flag.parameter().isEmpty() ? "0..1" : "1")
                    .fallbackValue("true")
                    .paramLabel(flag.parameter().isEmpty() ? "true|false" : flag.parameter())
                    .type(String.class)
                    .setter(setter(flag));
            command.getCommandSpec().addOption(option.build());
        }
    }

    private CommandLine.Model.ISetter setter(ConfigFlag flag) {
        return new CommandLine.Model.ISetter() {
            @Override
            public <T> T set(T value) {
                if (value instanceof String text) {
                    flags.put(flag, text);
                } else {
                    flags.remove(flag); // the initial value, before the arguments are read
                }
                return value;
            }
        };
    }

    /** The file that was named. */
    Path file(Map<String, String> environment) {
        if (option.isPresent() && positional.isPresent()) {
            throw new Failure(ExitCode.USAGE, "two configurations: " + option.get() + " and " + positional.get());
        }
        return option.or(() -> positional)
                .or(() -> Optional.ofNullable(environment.get(VARIABLE))
                        .filter(name -> !name.isEmpty())
                        .map(Path::of))
                .orElseThrow(() -> new Failure(
                        ExitCode.USAGE,
                        "no configuration: name a file, or set " + VARIABLE + "; penstock init writes one"));
    }

    /** Loads the file with the flags and the environment laid over it. */
    LoadedConfig load(Map<String, String> environment) {
        return new ConfigLoader(environment).load(file(environment), overrides(environment));
    }

    /** The same again and again, for a command that goes on while the file changes. */
    ConfigFile source(Map<String, String> environment) {
        return new ConfigFile(file(environment), environment, overrides(environment));
    }

    /** Later ones win. */
    List<ConfigOverride> overrides(Map<String, String> environment) {
        List<ConfigOverride> overrides = new ArrayList<>();
        for (ConfigFlag flag : ConfigFlag.values()) {
            String value = environment.getOrDefault(flag.variable(), "");
            if (!value.isEmpty()) {
                overrides.add(ConfigOverride.environment(flag.path(), flag.value(value), flag.variable()));
            }
        }
        flags.forEach(
                (flag, value) -> overrides.add(ConfigOverride.flag(flag.path(), flag.value(value), flag.option())));
        return overrides;
    }
}
