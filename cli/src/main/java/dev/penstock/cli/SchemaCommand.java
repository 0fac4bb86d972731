// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import dev.penstock.config.JsonSchema;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code penstock schema}. Confined to the main thread. */
@Command(
        name = "schema",
        mixinStandardHelpOptions = true,
        description = "Print the JSON Schema of the configuration, for editors.",
        footer = {
            "",
            "  penstock schema > penstock.schema.json",
            "and as the first line of the configuration:",
            "  # yaml-language-server: $schema=penstock.schema.json"
        })
final class SchemaCommand implements Callable<Integer> {

    private final Shell shell;

    SchemaCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        shell.print(JsonSchema.text().stripTrailing());
        return ExitCode.OK;
    }
}
