// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import dev.penstock.cli.log.Logging;
import dev.penstock.config.LoadedConfig;
import dev.penstock.launch.ConfigFile;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code penstock run}. Confined to the main thread. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        description = "Start the proxy.",
        footer = {
            "",
            "A flag beats its environment variable, which beats the file, which beats the default.",
            "The first SIGTERM or Ctrl-C drains: no new streams, live ones may finish within drain.deadline, exit 0.",
            "A second one ends the process at once.",
            "SIGHUP, a change of the file (unless --watch=false), or POST /reload at the admin address reloads it: all"
                    + " of",
            "the new configuration or, if there is anything wrong with it, nothing. Live streams go on.",
            "",
            "  penstock run penstock.yaml --max-streams 200"
        })
final class RunCommand implements Callable<Integer>, Configured {

    @Mixin
    private final ConfigInput input = new ConfigInput();

    private final Shell shell;

    RunCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public ConfigInput input() {
        return input;
    }

    @Override
    public Integer call() throws InterruptedException {
        ConfigFile source = input.source(shell.environment());
        LoadedConfig loaded = source.load();
        StartLine.warnings(loaded).forEach(warning -> shell.say("warning: " + warning));
        try (Logging log = Logging.start(loaded.config().log(), shell.accessLog(), shell.eventLog());
                ServedProxy proxy = ServedProxy.start(loaded, source, log, log::dropped)) {
            Stop stop = Stop.on(shell);
            String file = input.file(shell.environment()).toString();
            proxy.followFile(
                    loaded.config(),
                    shell.signals(),
                    next -> log.level(next.log().level()));
            shell.say(StartLine.of(loaded.config(), file, proxy));
            stop.await();
            proxy.drain();
        }
        return ExitCode.OK;
    }
}
