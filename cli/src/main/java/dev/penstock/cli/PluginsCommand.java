// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import dev.penstock.config.ConfigProblem;
import dev.penstock.config.ConfigProblems;
import dev.penstock.launch.PluginCatalog;
import dev.penstock.plugin.PluginListing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code penstock plugins}. Confined to the main thread. */
@Command(
        name = "plugins",
        mixinStandardHelpOptions = true,
        description = {
            "List the plugins in a folder: id, version, hooks, configuration keys.",
            "Exit 78 if a file in it is no plugin."
        })
final class PluginsCommand implements Callable<Integer> {

    @Option(
            names = "--plugins",
            paramLabel = "FOLDER",
            defaultValue = "${env:PENSTOCK_PLUGINS:-plugins}",
            description = "The folder; default: plugins, here or in the installation. (env: PENSTOCK_PLUGINS)")
    private Path folder = Path.of("plugins");

    @Option(names = "--format", paramLabel = "FORMAT", description = "text or json.")
    private OutputFormat format = OutputFormat.TEXT;

    private final Shell shell;

    PluginsCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        ConfigProblems problems = new ConfigProblems();
        List<PluginListing> found = new PluginCatalog(ServedProxy.home()).list(folder, problems);
        switch (format) {
            case JSON -> shell.print(Json.text(json(found, problems)));
            case TEXT -> text(found, problems);
        }
        return problems.errors().isEmpty() ? ExitCode.OK : ExitCode.CONFIG;
    }

    private void text(List<PluginListing> found, ConfigProblems problems) {
        for (PluginListing plugin : found) {
            shell.print(plugin.id() + " " + plugin.version() + "  (" + plugin.file() + ", SPI " + plugin.spiVersion()
                    + ")");
            shell.print("  hooks: " + words(plugin.hooks()));
            shell.print("  configuration: " + words(plugin.configKeys()));
        }
        if (found.isEmpty()) {
            shell.print("no plugin in " + folder);
        }
        all(problems).forEach(problem -> shell.say(problem.summary()));
    }

    private static String words(List<String> words) {
        return words.isEmpty() ? "none" : String.join(", ", words);
    }

    private static List<ConfigProblem> all(ConfigProblems problems) {
        List<ConfigProblem> all = new ArrayList<>(problems.errors());
        all.addAll(problems.warnings());
        return all;
    }

    private static Map<String, Object> json(List<PluginListing> found, ConfigProblems problems) {
        List<Map<String, Object>> plugins = new ArrayList<>();
        for (PluginListing plugin : found) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("id", plugin.id());
            one.put("version", plugin.version());
            one.put("spi_version", plugin.spiVersion());
            one.put("file", plugin.file());
            one.put("hooks", plugin.hooks());
            one.put("config_keys", plugin.configKeys());
            plugins.add(one);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("plugins", plugins);
        document.put(
                "problems", all(problems).stream().map(ConfigProblem::summary).toList());
        return document;
    }
}
