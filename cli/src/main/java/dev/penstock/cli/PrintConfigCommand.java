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
        abbreviateSynopsis = true,
        description = {
            "Print the configuration in force, every value with its origin.",
            "Flags, environment, file and defaults are laid over each other, and secrets are masked."
        })
final class PrintConfigCommand implements Callable<Integer>, Configured {

    @Mixin
    private final ConfigInput input = new ConfigInput();

    @Option(names = "--format", paramLabel = "FORMAT", description = "text (YAML) or json.")
    private OutputFormat format = OutputFormat.TEXT;

    private final Shell shell;

    PrintConfigCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public ConfigInput input() {
        return input;
    }

    @Override
    public Integer call() {
        EffectiveConfig effective = input.load(shell.environment()).effective();
        shell.print(
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
