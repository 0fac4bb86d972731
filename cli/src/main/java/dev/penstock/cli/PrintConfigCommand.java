// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import dev.penstock.config.EffectiveConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code penstock print-config}. Confined to the main thread. */
@Command(
        name = "print-config",
        mixinStandardHelpOptions = true,
        description = {
            "Print the configuration in force, secrets masked: every value after defaults, file, environment and"
                    + " flags,",
            "and where it came from."
        })
final class PrintConfigCommand implements Callable<Integer>, Configured {

    @Mixin
    private final ConfigInput input = new ConfigInput();

    @Option(names = "--format", paramLabel = "FORMAT", description = "text (YAML) or json.")
    private OutputFormat format = OutputFormat.TEXT;

    private final Surroundings surroundings;

    PrintConfigCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public ConfigInput input() {
        return input;
    }

    @Override
    public Integer call() {
        EffectiveConfig effective = input.load(surroundings.environment()).effective();
        surroundings.print(
                switch (format) {
                    case TEXT -> effective.yaml().stripTrailing();
                    case JSON -> json(effective);
                });
        return ExitCode.OK;
    }

    private static String json(EffectiveConfig effective) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("config", effective.tree());
        document.put("origins", effective.origins());
        return Json.text(document);
    }
}
