// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code penstock version}. Confined to the main thread. */
@Command(
        name = "version",
        mixinStandardHelpOptions = true,
        description = "Print the version of Penstock and of what it runs on.")
final class VersionCommand implements Callable<Integer> {

    @Option(names = "--format", paramLabel = "FORMAT", description = "text or json.")
    private OutputFormat format = OutputFormat.TEXT;

    private final Shell shell;

    VersionCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        switch (format) {
            case JSON -> shell.print(Json.text(Build.read()));
            case TEXT -> shell.print(String.join(System.lineSeparator(), new Build.Provider().getVersion()));
        }
        return ExitCode.OK;
    }
}
